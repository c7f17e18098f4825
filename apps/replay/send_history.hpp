// What one host has sent by when: the recorded host and our stack are asked the same questions.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "stack/base/time.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::replay {

class SendHistory {
 public:
  // A segment's timestamp, and how far the stream reached behind it.
  struct Stamp {
    Instant time{};
    StreamOffset end = 0;
    std::uint32_t value = 0;
  };
  // Octets that had been sent before.
  struct Repeat {
    Instant time{};
    StreamOffset begin = 0;
    StreamOffset end = 0;
  };

  // In order of time. Resets say nothing about the stream.
  void take(const Segment& segment, std::uint32_t octets_cut, Instant time);

  [[nodiscard]] bool is_open() const { return initial_.has_value(); }
  [[nodiscard]] SeqNum initial() const { return initial_.value_or(SeqNum{}); }
  // The offset of a number of this host's, as near as can be to what it sent last.
  [[nodiscard]] StreamOffset offset(SeqNum seq) const { return unwrap(seq, initial(), end_); }
  // One past the highest that was sent; 0: nothing yet.
  [[nodiscard]] StreamOffset end() const { return end_; }
  [[nodiscard]] std::optional<StreamOffset> fin() const { return fin_; }

  // When all below `offset` had been sent for the first time.
  [[nodiscard]] std::optional<Instant> reached(StreamOffset offset) const;
  // The first time that the octet was sent again, not before `since`, and the latest, not behind `until`.
  [[nodiscard]] std::optional<Instant> first_repeat(StreamOffset octet, Instant since) const;
  [[nodiscard]] std::optional<Instant> latest_repeat(StreamOffset octet, Instant until) const;

  [[nodiscard]] const std::vector<Repeat>& repeats() const { return repeats_; }
  [[nodiscard]] const std::vector<Stamp>& stamps() const { return stamps_; }
  // The latest stamp by `until` of a segment that ends at `end` or before; else the first of one that reached it.
  [[nodiscard]] std::optional<std::uint32_t> stamp_for(StreamOffset end, Instant until) const;
  // The first stamp of this value.
  [[nodiscard]] const Stamp* stamp_of(std::uint32_t value) const;

 private:
  void take_stamp(const Segment& segment, StreamOffset end, Instant time);

  struct Reached {
    StreamOffset end = 0;
    Instant time{};
    std::optional<std::uint32_t> stamp;
  };
  [[nodiscard]] const Reached* reaching(StreamOffset offset) const;

  std::optional<SeqNum> initial_;
  StreamOffset end_ = 0;
  std::optional<StreamOffset> fin_;
  std::vector<Reached> reached_;  // ascending in both
  std::vector<Repeat> repeats_;   // ascending in time
  std::vector<Stamp> stamps_;     // ascending in time
  std::map<std::uint32_t, std::size_t> first_stamps_;
};

}  // namespace fourtuple::replay
