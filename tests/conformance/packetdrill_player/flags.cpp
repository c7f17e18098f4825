#include <fmt/format.h>

#include "tests/conformance/packetdrill_player/object_world.hpp"

namespace fourtuple::player {
namespace {

long long milliseconds(Duration span) { return std::chrono::duration_cast<std::chrono::milliseconds>(span).count(); }

// As the flag counts: 0 never, 1 asked for and granted, 2 granted.
int ecn_number(tcp::EcnUse use) {
  if (use == tcp::EcnUse::kOff) return 0;
  return use == tcp::EcnUse::kAsk ? 1 : 2;
}

// What a script may change and the object has no flag for.
bool can_be_told(const StackConfig& stack) {
  const StackConfig usual;
  return stack.ip.ttl == usual.ip.ttl && stack.tcp.max_syn_backlog == usual.tcp.max_syn_backlog &&
         stack.tcp.retries_r1 == usual.tcp.retries_r1 &&
         stack.tcp.challenge_acks_per_second == usual.tcp.challenge_acks_per_second;
}

}  // namespace

std::optional<std::string> flags_of(const laboratory::Setup& setup) {
  if (!can_be_told(setup.stack)) return std::nullopt;
  const tcp::TcpConfig& tcp = setup.stack.tcp;
  std::string flags = fmt::format("rcvbuf={},sndbuf={},delack_ms={},timestamps={:d},sack={:d},wscale={:d},ecn={}",
                                  tcp.receive_buffer_bytes, tcp.send_buffer_bytes, milliseconds(tcp.delayed_ack),
                                  tcp.timestamps, tcp.sack, tcp.window_scaling, ecn_number(tcp.ecn));
  flags += fmt::format(",initcwnd={},min_rto_ms={},initial_rto_ms={},time_wait_ms={}", tcp.initial_window_segments,
                       milliseconds(tcp.min_rto), milliseconds(tcp.initial_rto), milliseconds(tcp.time_wait));
  flags += fmt::format(",syn_ack_retries={},retries={},orphan_retries={}", tcp.syn_ack_retries, tcp.retries_r2,
                       tcp.orphan_retries);
  return flags + fmt::format(",local={}/{},mtu={},seed={}", to_string(setup.address.address), setup.address.length,
                             setup.mtu, setup.seed);
}

}  // namespace fourtuple::player
