// Traces in the notation of packet scripts, good and bad, for the rules that judge them.
//
//   const Trace trace(R"(
//     +0   listen()
//     +0   < S 0:0(0) win 65535 <mss 1460>
//     +.01 > S. 0:0(0) ack 1 win 65535 <mss 1460>
//     +.01 < . 1:1(0) ack 1 win 65535
//     +0   write(100)
//     +0   > P. 1:101(100) ack 1 win 65535
//   )");
//   EXPECT_EQ(judged_by("ack-goes-back", trace), "");
//
// `>` was sent by the endpoint, `<` came to it; [ect0] and [ce] are the IP header's marks. Calls are listen(),
// connect(), write(N), read(N), shutdown(), close(), abort(), nodelay(), keepalive() and pushurgent(N). Numbers count
// from the initial sequence numbers, which lie just below 2^32; octets are the pattern of their direction,
// retransmitted or not.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/judge/judge.hpp"

namespace fourtuple::test {

class Trace {
 public:
  static constexpr SeqNum kOwnInitial{4'294'967'000U};
  static constexpr SeqNum kPeerInitial{4'294'960'000U};

  // A script that cannot be read fails the test.
  explicit Trace(std::string_view script);
  Trace(const Trace&) = delete;  // the segments view its octets
  Trace& operator=(const Trace&) = delete;

  // What the notation has no words for: the segment of that index (calls do not count), to be altered.
  [[nodiscard]] judge::TracedSegment& segment(std::size_t index);
  // An octet of its payload.
  [[nodiscard]] std::uint8_t& octet(std::size_t index, std::size_t at);

  // A near trace of exact order with known calls, unless altered.
  judge::Circumstances circumstances;
  // How long nothing happens after the last line.
  Duration quiet_end = std::chrono::minutes(10);

  [[nodiscard]] std::vector<judge::Finding> findings() const;
  // The model after the last line.
  [[nodiscard]] judge::Endpoint endpoint() const;

 private:
  [[nodiscard]] judge::Judge judge() const;

  using Line = std::variant<judge::TracedSegment, judge::Call>;
  std::vector<Line> lines_;
  std::vector<std::size_t> segments_;  // indices into lines_
  std::deque<std::vector<std::uint8_t>> octets_;
  Instant end_;
};

// What the rule of that name says about the trace: "#5: SENTENCE" in lines, where 5 counts segments from 0; empty where
// it is silent. "no such rule" where there is none.
[[nodiscard]] std::string judged_by(std::string_view rule, const Trace& trace);
[[nodiscard]] std::string judged_by(std::string_view rule, std::string_view script);
// What all rules say: "#5 RULE: SENTENCE" in lines.
[[nodiscard]] std::string judged(const Trace& trace);

}  // namespace fourtuple::test
