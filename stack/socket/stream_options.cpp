// The options that only TCP sockets have an answer for.
#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>

#include "stack/socket/options.hpp"
#include "stack/socket/stream_socket.hpp"
#include "stack/socket/tcp_info.hpp"
#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::sockets {

Result<void> StreamSocket::apply_settings(Turn& turn) {
  turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    if (binding_) layer.set_reuse(binding_, settings_.reuse_address, settings_.reuse_port);
    if (listener_) layer.set_options(listener_, settings_.tcp);
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
  if (level == SOL_SOCKET) {
    if (name == SO_ACCEPTCONN) return number(phase_ == Phase::kListening ? 1 : 0);
    // What was never set reads as it is, not doubled; as on Linux.
    if (name == SO_RCVBUF && settings_.tcp.receive_buffer_bytes == 0) {
      return number(static_cast<int>(config.receive_buffer_bytes));
    }
    if (name == SO_SNDBUF && settings_.tcp.send_buffer_bytes == 0) {
      return number(static_cast<int>(config.send_buffer_bytes));
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
  if (name == TCP_INFO) {
    const auto filled = fill_tcp_info(info.value_or(tcp::Info{}), phase_ == Phase::kListening);
    write_octets(std::as_bytes(std::span(&filled, 1)), value, size);
    return {};
  }
  return failure(std::errc::no_protocol_option);
}

Result<void> StreamSocket::set_special(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (level != IPPROTO_TCP) return failure(std::errc::no_protocol_option);
  if (name == TCP_QUICKACK && connection_) {
    turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
      layer.set_quick_ack(connection_, settings_.quick_ack, context);
    });
    return {};
  }
  if (name != TCP_CONGESTION) return failure(std::errc::no_protocol_option);
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
