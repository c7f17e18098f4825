// The options that only TCP sockets have an answer for.
#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>

#include "stack/socket/options.hpp"
#include "stack/socket/stream_socket.hpp"
#include "stack/socket/tcp_info.hpp"
#include "stack/tcp/congestion/controller.hpp"

#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP 43
#endif

namespace fourtuple::sockets {
namespace {

[[nodiscard]] int clock_in_milliseconds(Instant now) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  return static_cast<int>(static_cast<std::uint32_t>(milliseconds));
}

}  // namespace

// What the core does for this socket's segments: those of its connection, or those that come to its listener.
void StreamSocket::apply_segment_rules(Turn& turn) {
  SegmentRules rules;
  rules.minimum_ttl = settings_.minimum_ttl;
  if (phase_ == Phase::kListening) {
    rules.keeps_syn = settings_.save_syn != 0;
    return turn.stack().set_segment_rules({turn.stack().tcp().bound_name(binding_), {}}, rules);
  }
  const auto now = status(turn);
  if (!now) return;
  if (const SegmentRules* const before = turn.stack().segment_rules(now->name)) {
    rules.options = before->options;
    rules.syn = before->syn;
    rules.is_chosen = before->is_chosen;
  }
  if (options_chosen_) {
    rules.options = settings_.ip_options;
    rules.is_chosen = !rules.options.empty();
  }
  turn.stack().set_segment_rules(now->name, rules);
}

// Of an accepted connection what its SYN has brought; otherwise what was set.
wire::IpOptions StreamSocket::ip_options(Turn& turn) const {
  const auto now = status(turn);
  const SegmentRules* const rules = now ? turn.stack().segment_rules(now->name) : nullptr;
  return rules != nullptr ? rules->options : settings_.ip_options;
}

// The headers of the SYN, once; invalid_argument, with the size that is needed, where there is not enough room.
Result<void> StreamSocket::get_saved_syn(std::span<std::byte> value, std::size_t& size, Turn& turn) {
  size = 0;
  const auto now = status(turn);
  const SegmentRules* const kept = now ? turn.stack().segment_rules(now->name) : nullptr;
  if (kept == nullptr || kept->syn.empty()) return {};
  if (value.size() < kept->syn.size()) return failure(std::errc::invalid_argument);
  SegmentRules rules = *kept;
  write_octets(std::as_bytes(std::span(rules.syn)), value, size);
  rules.syn.clear();
  turn.stack().set_segment_rules(now->name, rules);
  return {};
}

Result<void> StreamSocket::apply_settings(Turn& turn) {
  turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    if (binding_) layer.set_reuse(binding_, settings_.reuse_address, settings_.reuse_port);
    if (listener_) layer.set_options(listener_, settings_.tcp);
    options_changed_ |= phase_ == Phase::kListening;
    if (connection_) layer.set_options(connection_, settings_.tcp, context);
  });
  return {};
}

Result<void> StreamSocket::get_special(int level, int name, std::span<std::byte> value, std::size_t& size, Turn& turn) {
  const auto number = [&](int answer) -> Result<void> {
    write_number(level, answer, value, size);
    return {};
  };
  const tcp::TcpConfig& config = turn.stack().tcp().config();
  if (level == IPPROTO_IP && name == IP_OPTIONS) {
    write_octets(std::as_bytes(ip_options(turn).bytes()), value, size);
    return {};
  }
  if (level == SOL_SOCKET) {
    if (name == SO_ACCEPTCONN) return number(phase_ == Phase::kListening ? 1 : 0);
    // What was never set reads as it is, not doubled; as on Linux.
    if (name == SO_RCVBUF && settings_.tcp.receive_buffer_bytes == 0) {
      const auto now = connection_ ? status(turn) : std::nullopt;
      return number(static_cast<int>(now ? now->receive_buffer_bytes : config.receive_buffer_bytes));
    }
    if (name == SO_SNDBUF && settings_.tcp.send_buffer_bytes == 0) {
      const auto now = connection_ ? status(turn) : std::nullopt;
      return number(static_cast<int>(now ? now->send_buffer_bytes : config.send_buffer_bytes));
    }
    return failure(std::errc::no_protocol_option);
  }
  const auto info = connection_ ? turn.stack().tcp().info(connection_, turn.now()) : std::nullopt;
  if (level == IPPROTO_IP && name == IP_MTU) {
    const auto now = status(turn);
    const auto way = now ? turn.stack().way_to(now->name.remote.address) : failure(std::errc::not_connected);
    if (!way) return failure(std::errc::not_connected);
    return number(static_cast<int>(way->path_mtu));
  }
  if (level != IPPROTO_TCP) return failure(std::errc::no_protocol_option);
  if (name == TCP_MAXSEG && info) return number(static_cast<int>(info->send_mss));
  if (name == TCP_CONGESTION) {
    std::string text(settings_.tcp.congestion.empty() ? config.congestion : settings_.tcp.congestion);
    text.resize(16);  // TCP_CA_NAME_MAX, zero-padded
    write_octets(std::as_bytes(std::span(text)), value, size);
    return {};
  }
  if (name == TCP_SAVED_SYN) return get_saved_syn(value, size, turn);
  if (name == TCP_IS_MPTCP) return number(0);
  if (name == TCP_TIMESTAMP) return number(clock_in_milliseconds(turn.now()));
  if (name == TCP_ULP || name == TCP_CC_INFO || name == TCP_FASTOPEN_KEY) {
    size = 0;  // none
    return {};
  }
  if (name == TCP_INFO) {
    auto filled = fill_tcp_info(info.value_or(tcp::Info{}), phase_ == Phase::kListening);
    filled.max_pacing_rate = settings_.max_pacing_rate;
    if (const auto now = status(turn)) filled.notsent_bytes = static_cast<std::uint32_t>(now->unsent_bytes);
    write_octets(std::as_bytes(std::span(&filled, 1)), value, size);
    return {};
  }
  return failure(std::errc::no_protocol_option);
}

Result<void> StreamSocket::set_special(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (level == IPPROTO_IP && name == IP_OPTIONS) {
    const auto options = read_ip_options(value);
    if (!options) return failure(std::errc::invalid_argument);
    settings_.ip_options = *options;
    options_chosen_ = true;
    apply_segment_rules(turn);
    return {};
  }
  const bool is_rule = (level == IPPROTO_IP && name == IP_MINTTL) || (level == IPPROTO_TCP && name == TCP_SAVE_SYN);
  if (is_rule) apply_segment_rules(turn);
  if (level == IPPROTO_IP && name == IP_ADD_MEMBERSHIP) return failure(std::errc::protocol_error);
  if (level == IPPROTO_IP && name == IP_MULTICAST_IF) return failure(std::errc::invalid_argument);
  if (level != IPPROTO_TCP) return failure(std::errc::no_protocol_option);
  if (name == TCP_ULP) return failure(std::errc::no_such_file_or_directory);
  if (name == TCP_QUICKACK && connection_) {
    turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
      layer.set_quick_ack(connection_, settings_.quick_ack, context);
    });
    return {};
  }
  if (name != TCP_CONGESTION) return failure(std::errc::no_protocol_option);
  if (value.empty()) return failure(std::errc::invalid_argument);
  std::string wanted;
  for (const std::byte octet : value) {
    if (octet == std::byte{0}) break;
    wanted.push_back(static_cast<char>(octet));
  }
  const auto names = tcp::controller_names();
  const auto known = std::find(names.begin(), names.end(), wanted);
  if (known == names.end()) return failure(std::errc::no_such_file_or_directory);
  settings_.tcp.congestion = *known;
  return apply_settings(turn);
}

}  // namespace fourtuple::sockets
