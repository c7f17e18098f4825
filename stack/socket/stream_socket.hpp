// A TCP socket: fresh, connecting, connected, refused, listening, in the order that a program meets them.
#pragma once

#include <optional>

#include "stack/socket/socket.hpp"
#include "stack/tcp/layer.hpp"

namespace fourtuple::sockets {

// The handshake has begun and not ended.
[[nodiscard]] constexpr bool is_opening(TcpState state) {
  return state == TcpState::kSynSent || state == TcpState::kSynReceived;
}

class StreamSocket final : public Socket {
 public:
  explicit StreamSocket(Turn& turn);

  Result<void> bind(const Endpoint& local, Turn& turn) override;
  Result<void> listen(int backlog, Turn& turn) override;
  Result<std::shared_ptr<Socket>> accept(Turn& turn) override;
  Result<void> may_connect(Turn& turn) override;
  Result<void> connect(const Endpoint& remote, Turn& turn) override;
  Result<void> finish_connect(Turn& turn) override;
  Result<void> disconnect(Turn& turn) override;
  Result<Received> receive(std::span<const ByteSpan> pieces, int flags, Turn& turn) override;
  Result<std::size_t> send(std::span<const ByteView> pieces, int flags, const Endpoint* to, Turn& turn) override;
  Result<void> shutdown(int how, Turn& turn) override;
  [[nodiscard]] Result<Endpoint> local_name(Turn& turn) const override;
  [[nodiscard]] Result<Endpoint> remote_name(Turn& turn) const override;
  [[nodiscard]] Endpoint accepted_from(Turn& turn) const override;
  [[nodiscard]] unsigned poll_bits(Turn& turn) const override;
  std::errc take_error(Turn& turn) override;
  [[nodiscard]] Result<int> ask(unsigned long request, Turn& turn) const override;
  [[nodiscard]] bool has_delivered(Turn& turn) const override;

 protected:
  Result<void> apply_settings(Turn& turn) override;
  [[nodiscard]] Result<void> get_special(int level, int name, std::span<std::byte> value, std::size_t& size,
                                         Turn& turn) override;
  Result<void> set_special(int level, int name, std::span<const std::byte> value, Turn& turn) override;
  void release(Turn& turn) override;

 private:
  enum class Phase : std::uint8_t {
    kIdle,        // no connection: fresh, bound, or after a failure that was reported
    kConnecting,  // connect() was called and has not been answered yet
    kConnected,   // the connection may be over, but the program has not been told that by close()
    kListening,
  };

  [[nodiscard]] std::optional<tcp::Layer::Status> status(Turn& turn) const;
  [[nodiscard]] unsigned connection_bits(const tcp::Layer::Status& status, std::size_t low_water) const;
  [[nodiscard]] Result<Endpoint> source_towards(const IpAddress& remote, Turn& turn, tcp::PathInfo& path) const;
  Result<void> open_connection(const Endpoint& remote, Turn& turn);
  void adopt(tcp::ConnectionId connection, const Settings& inherited, Turn& turn);
  void forget_connection(Turn& turn);
  void stop_listening(Turn& turn);
  Result<Received> receive_urgent(std::span<const ByteSpan> pieces, int flags, Turn& turn);

  Result<void> bind_now(const Endpoint& local, Turn& turn);
  // A free port of IP_LOCAL_PORT_RANGE, bound; address_in_use where there is none.
  Result<tcp::Layer::Binding> bind_within_range(const IpAddress& address, Turn& turn);
  void apply_segment_rules(Turn& turn);
  [[nodiscard]] wire::IpOptions ip_options(Turn& turn) const;
  Result<void> get_saved_syn(std::span<std::byte> value, std::size_t& size, Turn& turn);

  Phase phase_ = Phase::kIdle;
  bool options_chosen_ = false;  // IP_OPTIONS was set on this very socket
  bool receive_shut_ = false;
  bool options_changed_ = false;  // since listen(): connections that wait have the old ones
  std::errc lost_{};              // a connection that was given up by disconnect(): told once, as Linux does
  tcp::Layer::Binding binding_;
  std::optional<IpAddress> bound_address_;  // IP_BIND_ADDRESS_NO_PORT: bound, but for the port
  tcp::ConnectionId connection_;
  tcp::ListenerId listener_;
};

}  // namespace fourtuple::sockets
