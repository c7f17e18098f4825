// The object as packetdrill works on it: loaded with its flags, time only from gettimeofday, calls that block on a
// second thread, descriptors left open closed by the kernel's close(2), a reset for each connection, then free().
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "apps/packetdrill/interface.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::stock {

// Whether the object can be loaded with RTLD_DEEPBIND, as packetdrill does.
[[nodiscard]] bool can_bind_deeply();
using Init = void (*)(const char*, packetdrill_interface*);
// Null, with the reason in `why_not`, where the object cannot be loaded.
[[nodiscard]] Init load(std::string& why_not);

constexpr Ipv4Address kLocal = Ipv4Address::from_octets(192, 168, 0, 1);
constexpr Ipv4Address kRemote = Ipv4Address::from_octets(192, 0, 2, 1);
constexpr Port kLocalPort = 8080;
constexpr Port kRemotePort = 49152;

[[nodiscard]] sockaddr_in name_of(Ipv4Address address, Port port);
[[nodiscard]] inline const sockaddr* as_name(const sockaddr_in& name) {
  return reinterpret_cast<const sockaddr*>(&name);
}

// A TCP segment that the stack sent.
struct Seen {
  long long time = 0;  // microseconds of gettimeofday
  std::vector<std::uint8_t> octets;
  wire::Ipv4Header ip;
  Segment segment;  // points into `octets`
};

// A call on a second thread, as packetdrill makes those with a time span. Its end is read from the clock right behind
// it, before anything else happens.
class BlockingCall {
 public:
  BlockingCall(const packetdrill_interface& stack, std::function<long long()> call);
  ~BlockingCall();
  BlockingCall(const BlockingCall&) = delete;
  BlockingCall& operator=(const BlockingCall&) = delete;

  // Waits until the kernel says that the thread sleeps; false where the call ended instead.
  [[nodiscard]] bool blocks() const;
  [[nodiscard]] bool has_ended() const { return !blocks(); }
  [[nodiscard]] long long result() const { return result_; }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] long long ended_at() const { return ended_at_; }

 private:
  std::atomic<int> thread_id_{0};
  std::atomic<bool> ended_{false};
  long long result_ = 0;
  int error_ = 0;
  long long ended_at_ = 0;
  std::thread thread_;
};

// One script.
class Script {
 public:
  explicit Script(const char* flags = nullptr);
  ~Script();
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  packetdrill_interface stack{};
  void* self = nullptr;  // stack.userdata, which every call begins with

  // --- Time, in microseconds.
  [[nodiscard]] long long now() const;
  // As packetdrill waits: sleeps until shortly before, then asks for the time again and again.
  void wait_until(long long moment) const;

  // --- Packets. The peer's sequence numbers begin at 0; the stack's are learned.
  Port remote_port = kRemotePort;
  Port local_port = kLocalPort;
  Ipv4Address local = kLocal;
  void give(TcpFlags flags, std::uint32_t seq, std::uint32_t ack, std::size_t size = 0,
            const SegmentOptions& options = {}) const;
  void give_octets(const std::vector<std::uint8_t>& octets) const;
  // The next segment to leave; time moves on until there is one.
  [[nodiscard]] Seen next() const;
  // The next datagram as it is; empty when there is silence.
  [[nodiscard]] std::vector<std::uint8_t> next_octets(long long* time = nullptr) const;

  // --- Sockets. Descriptors are remembered, to be closed as packetdrill does.
  int socket(int type = SOCK_STREAM);
  int accept(int listener);
  int keep(int descriptor);
  int close(int descriptor);
  void forget(int descriptor) { open_.erase(descriptor); }
  int listener(Ipv4Address address = {}, int backlog = 1);
  // A connection from the peer: its segments begin at 1, the stack's at `first`.
  struct Connection {
    int listener = -1;
    int fd = -1;
    std::uint32_t first = 0;
  };
  Connection passive_open(std::uint16_t mss = 1460);

 private:
  std::set<int> open_;
};

constexpr TcpFlags kSyn{TcpFlags::kSyn};
constexpr TcpFlags kSynAck{TcpFlags::kSyn | TcpFlags::kAck};
constexpr TcpFlags kAck{TcpFlags::kAck};
constexpr TcpFlags kData{TcpFlags::kPsh | TcpFlags::kAck};
constexpr TcpFlags kFinAck{TcpFlags::kFin | TcpFlags::kAck};
constexpr TcpFlags kRstAck{TcpFlags::kRst | TcpFlags::kAck};
constexpr TcpFlags kRst{TcpFlags::kRst};

}  // namespace fourtuple::stock
