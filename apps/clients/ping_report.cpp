#include "apps/clients/ping_report.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::apps {
namespace {
double in_milliseconds(Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }
}  // namespace

std::string PingReport::head() const {
  return fmt::format("PING {0} ({0}) {1}({2}) bytes of data.\n", to_string(host_), payload_bytes_,
                     payload_bytes_ + wire::kIcmpHeaderSize + wire::kIpv4HeaderSize);
}

std::string PingReport::answered(const EchoReply& reply, Duration round_trip, bool duplicate) {
  const double ms = in_milliseconds(round_trip);
  if (duplicate) {
    ++duplicates_;
  } else {
    least_ms_ = answers_ == 0 ? ms : std::min(least_ms_, ms);
    most_ms_ = std::max(most_ms_, ms);
    sum_ms_ += ms;
    sum_of_squares_ += ms * ms;
    ++answers_;
  }
  return fmt::format("{} bytes from {}: icmp_seq={} ttl={} time={:.3f} ms{}{}\n", reply.message_bytes,
                     to_string(reply.from), reply.sequence, reply.ttl, ms, duplicate ? " (DUP!)" : "",
                     reply.is_intact ? "" : " (wrong data!)");
}

std::string PingReport::failed(std::uint16_t sequence, const std::string& why) const {
  return fmt::format("to {}: icmp_seq={} {}\n", to_string(host_), sequence, why);
}

std::string PingReport::summary(Duration elapsed) const {
  const std::uint32_t lost = sent_ == 0 ? 0 : (sent_ - std::min(sent_, answers_)) * 100 / sent_;
  std::string text = fmt::format(
      "\n--- {} ping statistics ---\n{} packets transmitted, {} received{}, {}% packet loss, time {:.0f}ms\n",
      to_string(host_), sent_, answers_, duplicates_ == 0 ? "" : fmt::format(", +{} duplicates", duplicates_), lost,
      in_milliseconds(elapsed));
  if (answers_ == 0) return text;
  const double mean = sum_ms_ / answers_;
  const double deviation = std::sqrt(std::max(0.0, sum_of_squares_ / answers_ - mean * mean));
  return text +
         fmt::format("rtt min/avg/max/mdev = {:.3f}/{:.3f}/{:.3f}/{:.3f} ms\n", least_ms_, mean, most_ms_, deviation);
}

}  // namespace fourtuple::apps
