// One host of a lab: a stack, and an application that does what it is told.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/lab/action.hpp"
#include "apps/lab/wire.hpp"
#include "stack/core/stack.hpp"

namespace fourtuple::lab {

class Host {
 public:
  // `settings` are those of apps/laboratory/settings.hpp. `wire` and `sink` outlive it.
  Host(int index, const StackConfig& config, std::size_t mtu, std::uint64_t seed, Wire& wire, trace::Sink& sink);

  static constexpr Ipv4Address address(int host) { return {0x0a000001U + static_cast<std::uint32_t>(host)}; }

  [[nodiscard]] Stack& stack() { return stack_; }
  [[nodiscard]] const Stack& stack() const { return stack_; }
  [[nodiscard]] Instant next_deadline() const { return stack_.next_deadline(); }

  void receive(PacketBuffer frame, Instant now);
  void advance(Instant now);
  // An error is a sentence about why it could not be done.
  Result<void, std::string> act(const Action& action, Instant now);

 private:
  struct Socket {
    tcp::ConnectionId id;
    std::uint64_t to_send = 0;  // octets that found no room yet
    std::uint64_t sent = 0;
    bool then_closes = false;
    bool is_over = false;
  };

  // Whatever the application does of its own accord: it accepts, reads, echoes and goes on sending.
  void work(Instant now);
  void accept_all(Instant now);
  void work(Socket& socket, Instant now);
  void read_all(Socket& socket, Instant now);
  void send_rest(Socket& socket, Instant now);
  void drain_datagrams();
  [[nodiscard]] Result<Socket*, std::string> socket_of(const Action& action);
  Result<void, std::string> listen(const Action& action, Instant now);
  Result<void, std::string> connect(const Action& action, Instant now);
  Result<void, std::string> read(const Action& action, Instant now);
  Result<void, std::string> set(const Action& action, Instant now);
  Result<void, std::string> ping(const Action& action, Instant now);
  Result<void, std::string> send_datagram(const Action& action, Instant now);
  Result<void, std::string> apply_option(const Action& action, tcp::ConnectionOptions& options) const;
  Result<void, std::string> end(const Action& action, Instant now);

  int index_;
  Stack stack_;
  tcp::ConnectionOptions options_;  // of sockets that are opened from now on
  std::vector<tcp::ListenerId> listeners_;
  std::vector<Socket> sockets_;
  bool auto_read_ = true;
  bool auto_close_ = false;
  bool echo_ = false;
  std::uint64_t serve_ = 0;
  std::optional<UdpId> udp_;
  std::optional<RawId> raw_;
  std::uint16_t pings_ = 0;
};

}  // namespace fourtuple::lab
