// The event stream as a pcapng capture in which every packet says what it did: Wireshark shows state changes, causes,
// drop reasons and their RFC clauses as packet comments. (draft-ietf-opsawg-pcapng; link type Ethernet, nanoseconds.)
//
// Of a frame that we sent the event stream has the headers; the payload is told by its length only, as in a capture
// with a short snapshot length. Where a driver is at hand that sees the frames leave, complete() fills in the rest. The
// `tee` driver writes whole frames, without comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

struct PcapngOptions {
  std::string interface_name = "ft0";
  std::size_t snap_length = 262144;         // octets kept of a received frame; 0: all
  std::size_t max_comment = 4096;           // octets of one packet's comment; further notes are left out
  bool waits_for_frames = false;            // sent frames will be told again with complete(), whole
  std::chrono::nanoseconds epoch_offset{};  // what to add to the stack's clock to get the time since 1970
};

class PcapngSink final : public trace::Sink {
 public:
  using Write = std::function<void(ByteView block)>;  // takes whole blocks, in order

  // Writes the section header and the interface's description at once.
  PcapngSink(Write write, PcapngOptions options = {});
  // Flushes.
  ~PcapngSink() override;
  PcapngSink(const PcapngSink&) = delete;
  PcapngSink& operator=(const PcapngSink&) = delete;

  void on_event(const trace::Event& event) override;
  // A frame as it leaves, told after its event, in the order of the events: the payload that the event did not have.
  void complete(ByteView frame);
  // A received frame waits for what it causes, a sent one for complete(); this writes them as they are.
  void flush();

 private:
  struct Packet {
    std::vector<std::uint8_t> bytes;
    std::size_t original_size = 0;
    Instant time{};
    bool outbound = false;
    std::string comment;
    bool is_done = false;  // nothing more is to come about it
  };
  // Beyond that the oldest is written as it is.
  static constexpr std::size_t kMostWaiting = 1024;

  void begin(ByteView bytes, std::size_t original_size, bool outbound, Instant time);
  void note(std::string_view text);
  void note_on(const trace::Event& event);
  void end();
  void write_done();
  void write_packet(const Packet& packet);

  Write write_;
  PcapngOptions options_;
  std::deque<Packet> packets_;  // in order; those at the front wait to be completed
  bool open_ = false;           // the last of packets_ takes notes
  std::string comment_;         // of the next packet, while none is open
};

}  // namespace fourtuple::observe
