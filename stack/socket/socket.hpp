// A socket: one object behind both faces of the API, with the meanings that POSIX and Linux give to each state.
//
// Every member is used with the token held (a Turn at hand) and none waits: what cannot be done now is answered with
// operation_would_block or operation_in_progress, and the caller leaves a Waiter behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <sys/socket.h>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/runtime/core.hpp"
#include "stack/socket/settings.hpp"
#include "stack/socket/waiter.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/datagram.hpp"

namespace fourtuple::sockets {

// What a receive call got. For a datagram `flags` may say MSG_TRUNC, for urgent data MSG_OOB.
struct Received {
  std::size_t count = 0;
  int flags = 0;
  Endpoint source;
  IpAddress destination;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;
  std::size_t interface_index = 0;
  Port destination_port = 0;
  std::uint32_t lost = 0;  // datagrams that there was no room for, up to this one
  std::size_t unread = 0;  // octets of a stream that wait behind these
  Instant received_at{};
  std::vector<std::uint8_t> ip_options{};  // as they arrived
  std::shared_ptr<NetworkError> error{};   // of the error queue
};

// What one send call says in control messages.
struct MessageDetails : SendDetails {
  std::optional<std::uint16_t> segment = {};  // UDP_SEGMENT
  [[nodiscard]] bool are_given() const {
    return ttl || tos || !source.is_any() || interface_index || ip_options || dont_route || segment;
  }
};

class Socket : public NoticeTarget, public std::enable_shared_from_this<Socket> {
 public:
  // As socket(2), with `type` SOCK_STREAM, SOCK_DGRAM or SOCK_RAW. protocol_not_supported, network_down where the
  // runtime has ended, no_buffer_space.
  [[nodiscard]] static Result<std::shared_ptr<Socket>> open(int type, int protocol, Turn& turn);
  ~Socket() override;

  [[nodiscard]] int type() const { return type_; }
  [[nodiscard]] int protocol() const { return protocol_; }
  [[nodiscard]] const std::shared_ptr<RuntimeCore>& core() const { return core_; }
  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] OwnerId owner() const { return owner_; }

  virtual Result<void> bind(const Endpoint& local, Turn& turn) = 0;
  virtual Result<void> listen(int backlog, Turn& turn);
  // operation_would_block while nobody waits.
  virtual Result<std::shared_ptr<Socket>> accept(Turn& turn);
  // What connect() answers by the socket's state alone, whatever the address; success where there may be an attempt.
  virtual Result<void> may_connect(Turn& turn);
  // operation_in_progress: the answer comes with writability, ask finish_connect().
  virtual Result<void> connect(const Endpoint& remote, Turn& turn) = 0;
  // operation_in_progress while it is open; the failure once.
  virtual Result<void> finish_connect(Turn& turn);
  // connect() to AF_UNSPEC.
  virtual Result<void> disconnect(Turn& turn) = 0;
  // `flags`: MSG_PEEK, MSG_OOB, MSG_TRUNC. 0 octets from a stream are its end.
  virtual Result<Received> receive(std::span<const ByteSpan> pieces, int flags, Turn& turn) = 0;
  // `flags`: MSG_MORE, MSG_OOB. Takes part of a stream's octets, all of a datagram's. `to` may be nullptr.
  virtual Result<std::size_t> send(std::span<const ByteView> pieces, int flags, const Endpoint* to, Turn& turn) = 0;
  // The same with what control messages say; streams do not care.
  virtual Result<std::size_t> send_message(std::span<const ByteView> pieces, int flags, const Endpoint* to,
                                           const MessageDetails& details, Turn& turn);
  // MSG_ERRQUEUE: the oldest queued error; operation_would_block where there is none.
  virtual Result<Received> receive_error(std::span<const ByteSpan> pieces, Turn& turn);
  virtual Result<void> shutdown(int how, Turn& turn) = 0;
  [[nodiscard]] virtual Result<Endpoint> local_name(Turn& turn) const = 0;
  [[nodiscard]] virtual Result<Endpoint> remote_name(Turn& turn) const = 0;
  // The peer of a socket that was just accepted, even if it is gone by now.
  [[nodiscard]] virtual Endpoint accepted_from(Turn& turn) const;
  // POLLIN, POLLOUT, ... as poll(2) would show them, asked for or not.
  [[nodiscard]] virtual unsigned poll_bits(Turn& turn) const = 0;
  // SO_ERROR: answers and clears.
  virtual std::errc take_error(Turn& turn) = 0;
  // FIONREAD, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK; inappropriate_io_control_operation, invalid_argument.
  [[nodiscard]] virtual Result<int> ask(unsigned long request, Turn& turn) const = 0;

  // As getsockopt(2) and setsockopt(2), kernel levels and names. `size` in: room, out: what was written.
  Result<void> set_option(int level, int name, std::span<const std::byte> value, Turn& turn);
  Result<void> get_option(int level, int name, std::span<std::byte> value, std::size_t& size, Turn& turn);
  [[nodiscard]] const Settings& settings() const { return settings_; }
  // SO_RCVLOWAT as it counts: never more than half the receive buffer, which might never come together.
  [[nodiscard]] std::size_t low_water(Turn& turn) const;

  // SIOCGSTAMP: when what was read last had arrived; nothing yet: no_such_file_or_directory.
  [[nodiscard]] virtual Result<Instant> last_arrival() const { return failure(std::errc::no_such_file_or_directory); }
  // True where a lingering close has nothing more to wait for.
  [[nodiscard]] virtual bool has_delivered(Turn& turn) const;
  // Lets go of the stack's object; waiters end with bad_file_descriptor. Repeated calls do nothing.
  void close(Turn& turn);
  // Ends pending asynchronous operations: all, or the one with this number.
  void cancel(Turn& turn);
  void cancel(std::uint64_t number, Turn& turn);
  [[nodiscard]] std::uint64_t next_operation_number() { return ++operations_; }

  [[nodiscard]] bool non_blocking() const { return non_blocking_; }
  void set_non_blocking(bool on) { non_blocking_ = on; }
  // O_ASYNC and F_SETOWN are remembered; nobody is ever sent SIGIO.
  [[nodiscard]] bool asynchronous() const { return asynchronous_; }
  void set_asynchronous(bool on) { asynchronous_ = on; }
  [[nodiscard]] int signal_owner() const { return signal_owner_; }
  void set_signal_owner(int process) { signal_owner_ = process; }

  // --- Waiters.
  void add(Waiter& waiter) { waiters_.push_back(waiter); }
  void wake(std::uint8_t readiness, Turn& turn);

  void on_notice(Readiness changed, Turn& turn) override { wake(changed.bits, turn); }
  void on_shutdown(Turn& turn) override { close(turn); }

 protected:
  Socket(int type, int protocol, Turn& turn);

  // Gives the settings to the stack's object, if there is one. `name`: the option that changed.
  virtual Result<void> apply_settings(Turn& turn) = 0;
  // Options that only one kind of socket has an answer for: TCP_INFO, SO_ACCEPTCONN, membership, ...
  [[nodiscard]] virtual Result<void> get_special(int level, int name, std::span<std::byte> value, std::size_t& size,
                                                 Turn& turn);
  virtual Result<void> set_special(int level, int name, std::span<const std::byte> value, Turn& turn);
  // The object options of all kinds of socket (socket_options.cpp).
  Result<void> set_object(int level, int name, std::span<const std::byte> value, Turn& turn);
  std::optional<int> get_number(int name, Turn& turn);
  Result<void> get_object(int name, std::span<std::byte> value, std::size_t& size, Turn& turn);
  Result<void> get_bound_device(std::span<std::byte> value, std::size_t& size, Turn& turn) const;
  Result<void> set_remembered(int row, std::span<const std::byte> value);
  // The number of an interface among ours; no_such_device.
  [[nodiscard]] std::optional<std::size_t> index_of_interface(int number, Turn& turn) const;
  virtual void release(Turn& turn) = 0;
  void abandon_all(std::errc why, Turn& turn);

  Settings settings_;

 private:
  std::shared_ptr<RuntimeCore> core_;
  OwnerId owner_ = 0;
  std::uint64_t operations_ = 0;
  WaiterList waiters_;
  std::uint8_t type_;
  std::uint8_t protocol_;
  bool closed_ = false;
  std::atomic<bool> non_blocking_{false};  // these three are read without the token
  std::atomic<bool> asynchronous_{false};
  std::atomic<int> signal_owner_{0};
};

}  // namespace fourtuple::sockets
