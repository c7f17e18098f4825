// Where a capture was taken. What is sent at once on arrival of something shows, by its gap, the way there and back.
#include <algorithm>

#include "apps/capture/conversation.hpp"

namespace fourtuple::capture {
namespace {

// The first three segments of an ordinary handshake, each seen once.
struct HandshakeTimes {
  std::optional<CaptureTime> syn;
  std::optional<CaptureTime> syn_ack;
  std::optional<CaptureTime> ack;
  bool is_ambiguous = false;  // something was repeated: nobody knows which was answered

  void take(const TcpFrame& frame) {
    const TcpFlags flags = frame.segment.flags;
    std::optional<CaptureTime>& when = flags.syn() ? (flags.ack() ? syn_ack : syn) : ack;
    const Host expected = flags.syn() && flags.ack() ? Host::kServer : Host::kClient;
    is_ambiguous |= flags.rst() || frame.from != expected || when.has_value();
    when = frame.time;
  }
};

// Below this a host has answered from where we stood, or the path is too short to matter.
constexpr Duration kNoDistance = 200us;
// Beyond this nobody was on his way; somebody waited.
constexpr Duration kLongestRoundTrip = 10s;

Duration one_way(Duration there_and_back, Duration whole) {
  return there_and_back < kNoDistance || there_and_back < whole / 50 ? Duration{} : there_and_back / 2;
}

}  // namespace

Vantage estimate_vantage(const Conversation& conversation) {
  HandshakeTimes times;
  for (const TcpFrame& frame : conversation.frames) {
    if (times.ack || times.is_ambiguous) break;
    if (!frame.odd.exact_duplicate) times.take(frame);
  }
  if (times.is_ambiguous || !times.syn || !times.syn_ack || !times.ack) return {};
  const Duration to_server_and_back = *times.syn_ack - *times.syn;
  const Duration to_client_and_back = *times.ack - *times.syn_ack;
  const Duration whole = to_server_and_back + to_client_and_back;
  if (whole > kLongestRoundTrip) return {};
  return {.to_client = one_way(to_client_and_back, whole),
          .to_server = one_way(to_server_and_back, whole),
          .is_known = true};
}

}  // namespace fourtuple::capture
