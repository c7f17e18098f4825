// When ICMP may be sent, and what is in it (RFC 1122 3.2.2, RFC 1812 4.3.2).
#pragma once

#include <optional>
#include <system_error>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/rate_limiter.hpp"
#include "stack/ip/config.hpp"
#include "stack/ip/receive.hpp"
#include "stack/wire/icmp.hpp"

namespace fourtuple::ip {

// An error about a packet that arrived, before the packet is quoted.
struct IcmpError {
  std::uint8_t type = wire::icmp_type::kUnreachable;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;
};

class IcmpPolicy {
 public:
  explicit IcmpPolicy(const Ipv4Config& config)
      : errors_(config.icmp_errors_per_second, config.icmp_errors_per_second),
        echoes_(config.icmp_echoes_per_second, config.icmp_echoes_per_second) {}

  enum class Verdict : std::uint8_t { kSend, kForbidden, kRateLimited };
  // Never about an error, a packet to a group, a fragment other than the first, or a source that is nobody.
  // [RFC1122 3.2.2]
  [[nodiscard]] Verdict may_report(const Arrival& arrival, ByteView packet, Instant now);
  [[nodiscard]] bool may_echo(Instant now) { return echoes_.allow(now); }

 private:
  RateLimiter errors_;
  RateLimiter echoes_;
};

// The ICMP message that reports `error` about `packet`, quoting as much of it as keeps the whole within 576 octets
// [RFC1812 4.3.2.3]. Nothing when the pool is exhausted.
[[nodiscard]] std::optional<PacketBuffer> make_error(const IcmpError& error, ByteView packet, BufferPool& pool);

// The reply to an echo request: all of it comes back. `message` is the ICMP message of the request.
[[nodiscard]] std::optional<PacketBuffer> make_echo_reply(const wire::IcmpHeader& request, ByteView message,
                                                          BufferPool& pool);

// What an unreachable (or other error) means to a socket.
struct ErrorMeaning {
  std::errc error{};
  bool is_hard = false;  // RFC 1122 4.2.3.9: soft ones may pass
};
[[nodiscard]] ErrorMeaning meaning_of(const wire::IcmpHeader& error);

}  // namespace fourtuple::ip
