// A UDP or raw IP socket.
#pragma once

#include <optional>

#include "stack/core/stack.hpp"
#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {

class DatagramSocket final : public Socket {
 public:
  // `type`: SOCK_DGRAM or SOCK_RAW.
  [[nodiscard]] static Result<std::shared_ptr<Socket>> open(int type, int protocol, Turn& turn);
  DatagramSocket(int type, int protocol, Turn& turn) : Socket(type, protocol, turn) {}

  Result<void> bind(const Endpoint& local, Turn& turn) override;
  Result<void> connect(const Endpoint& remote, Turn& turn) override;
  Result<void> disconnect(Turn& turn) override;
  Result<Received> receive(std::span<const ByteSpan> pieces, int flags, Turn& turn) override;
  Result<std::size_t> send(std::span<const ByteView> pieces, int flags, const Endpoint* to, Turn& turn) override;
  Result<std::size_t> send_message(std::span<const ByteView> pieces, int flags, const Endpoint* to,
                                   const MessageDetails& details, Turn& turn) override;
  Result<Received> receive_error(std::span<const ByteSpan> pieces, Turn& turn) override;
  Result<void> shutdown(int how, Turn& turn) override;
  [[nodiscard]] Result<Endpoint> local_name(Turn& turn) const override;
  [[nodiscard]] Result<Endpoint> remote_name(Turn& turn) const override;
  [[nodiscard]] unsigned poll_bits(Turn& turn) const override;
  std::errc take_error(Turn& turn) override;
  [[nodiscard]] Result<int> ask(unsigned long request, Turn& turn) const override;
  [[nodiscard]] Result<Instant> last_arrival() const override {
    if (last_received_at_ == Instant{}) return failure(std::errc::no_such_file_or_directory);
    return last_received_at_;
  }

 protected:
  Result<void> apply_settings(Turn& turn) override;
  [[nodiscard]] Result<void> get_special(int level, int name, std::span<std::byte> value, std::size_t& size,
                                         Turn& turn) override;
  Result<void> set_special(int level, int name, std::span<const std::byte> value, Turn& turn) override;
  void release(Turn& turn) override;

 private:
  [[nodiscard]] bool is_raw() const { return type() == SOCK_RAW; }
  [[nodiscard]] DatagramId id() const;
  [[nodiscard]] DatagramOptions options(Turn& turn) const;
  Result<void> set_multicast(int name, std::span<const std::byte> value, Turn& turn);
  Result<void> set_multicast_interface(std::span<const std::byte> value, Turn& turn);
  Result<void> get_multicast(int name, std::span<std::byte> value, std::size_t& size, Turn& turn);
  // Gives one datagram, or those that UDP_SEGMENT makes of it, to the stack.
  Result<std::size_t> send_whole(std::span<const ByteView> pieces, const std::optional<Endpoint>& to,
                                 const MessageDetails& details, Turn& turn);
  Result<std::size_t> send_one(std::span<const ByteView> pieces, const std::optional<Endpoint>& to,
                               const SendDetails& details, Turn& turn);
  // UDP_CORK and MSG_MORE: what is sent becomes one datagram when the cork is out.
  Result<std::size_t> hold_back(std::span<const ByteView> pieces, const std::optional<Endpoint>& to,
                                const MessageDetails& details, Turn& turn);
  Result<void> uncork(Turn& turn);
  Result<Received> peek(const ReceivedDatagram& waiting, std::span<const ByteSpan> pieces, int flags);
  [[nodiscard]] const ReceivedDatagram* oldest(Turn& turn) const;
  [[nodiscard]] std::errc pending_error(Turn& turn) const;
  Result<ReceivedDatagram> take(Turn& turn);

  UdpId udp_;
  RawId raw_;
  Endpoint raw_local_;  // the stack does not tell a raw socket's names back
  std::optional<Endpoint> raw_remote_;
  struct Corked {
    std::vector<std::uint8_t> octets;
    std::optional<Endpoint> to;
    MessageDetails details;
  };
  std::optional<Corked> corked_;
  Instant last_received_at_{};  // SIOCGSTAMP; the epoch: nothing yet
  bool receive_shut_ = false;
  bool send_shut_ = false;
};

}  // namespace fourtuple::sockets
