// A conversation while its frames are still coming in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/capture/decoded.hpp"
#include "apps/capture/splitter.hpp"

namespace fourtuple::capture {

class Recording {
 public:
  // `first` is the frame that it will begin with; add it too.
  Recording(std::uint32_t stream, const DecodedSegment& first, const Limits& limits);

  // A SYN that no conversation that is going on can explain: this one is over, or was never seen to begin. A SYN on a
  // live one is taken in first; answers() tells whether it was the beginning of another.
  [[nodiscard]] bool is_succeeded_by(const DecodedSegment& segment) const;
  // This SYN,ACK answers a SYN that was taken in while the conversation lived.
  [[nodiscard]] bool answers_another_syn(const DecodedSegment& segment) const;
  // The conversation that the answered SYN began, with all frames from it on, which leave this one.
  [[nodiscard]] std::unique_ptr<Recording> split_off(std::uint32_t stream);

  void add(const DecodedSegment& segment, std::uint32_t number, CaptureTime time);
  // False where there are too many already.
  [[nodiscard]] bool add(const IcmpFrame& message);
  // The first reason of all that come is kept.
  void refuse(Refusal refusal, std::uint32_t number);
  void cut() { conversation_->is_cut = true; }

  [[nodiscard]] Host host_at(const Endpoint& endpoint) const;
  [[nodiscard]] bool is_closed() const;
  [[nodiscard]] CaptureTime last_activity() const { return last_; }
  [[nodiscard]] std::uint32_t stream() const { return conversation_->stream; }
  // Memory, about.
  [[nodiscard]] std::size_t octets() const;

  // The prepared conversation. The recording is of no more use then.
  [[nodiscard]] std::shared_ptr<Conversation> finish();

 private:
  struct Side {
    std::optional<SeqNum> initial;  // ISN, from the first SYN
    bool has_finished = false;
    bool has_reset = false;
    bool has_spoken = false;  // more than SYN
  };
  // A SYN on a live conversation, which may turn out to be the beginning of the next.
  struct OtherSyn {
    std::size_t index = 0;
    Host from = Host::kClient;
    SeqNum seq;
  };

  [[nodiscard]] const Side& side(Host host) const { return sides_[index_of(host)]; }
  [[nodiscard]] bool may_be_another_syn(Host from, const Segment& segment) const;
  void note_state(Host from, const Segment& segment);
  [[nodiscard]] bool has_room_for(const Segment& segment) const;
  void mend_order();
  void keep(TcpFrame&& frame, const FrameFacts& facts);
  [[nodiscard]] ByteView keep_octets(ByteView octets);

  Limits limits_;
  std::shared_ptr<Conversation> conversation_ = std::make_shared<Conversation>();
  std::vector<FrameFacts> facts_;  // beside conversation_->frames
  std::array<Side, 2> sides_{};
  std::optional<OtherSyn> other_syn_;
  CaptureTime last_{};
  std::size_t payload_octets_ = 0;
  std::size_t reserved_octets_ = 0;
};

}  // namespace fourtuple::capture
