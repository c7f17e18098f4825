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
  Result<void> shutdown(int how, Turn& turn) override;
  [[nodiscard]] Result<Endpoint> local_name(Turn& turn) const override;
  [[nodiscard]] Result<Endpoint> remote_name(Turn& turn) const override;
  [[nodiscard]] unsigned poll_bits(Turn& turn) const override;
  std::errc take_error(Turn& turn) override;
  [[nodiscard]] Result<int> ask(unsigned long request, Turn& turn) const override;

 protected:
  Result<void> apply_settings(Turn& turn) override;
  Result<void> set_special(int level, int name, std::span<const std::byte> value, Turn& turn) override;
  void release(Turn& turn) override;

 private:
  [[nodiscard]] bool is_raw() const { return type() == SOCK_RAW; }
  [[nodiscard]] DatagramOptions options() const;
  [[nodiscard]] const ReceivedDatagram* oldest(Turn& turn) const;
  [[nodiscard]] std::errc pending_error(Turn& turn) const;
  Result<ReceivedDatagram> take(Turn& turn);

  UdpId udp_;
  RawId raw_;
  Endpoint raw_local_;  // the stack does not tell a raw socket's names back
  std::optional<Endpoint> raw_remote_;
  bool receive_shut_ = false;
  bool send_shut_ = false;
};

}  // namespace fourtuple::sockets
