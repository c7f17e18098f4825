// UDP and raw sockets: sizes, peers, errors, what happens to what does not fit.
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

int bound_udp(Script& s, const std::string& name, std::string_view at) {
  const int fd = s.socket(name, SOCK_DGRAM);
  s.bind(fd, at);
  s.set_non_blocking(fd);
  return fd;
}

// One datagram of so many octets, to a receiver that says how large it was.
void send_large(Script& s, int sender, std::size_t size) {
  const std::string text(size, 'x');
  const sockaddr_in to = address("127.0.0.1:5000");
  s.say("send " + std::to_string(size),
        s.sockets().sendto(sender, text.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
}

}  // namespace

ORACLE(Datagram, Sizes) {
  const int receiver = bound_udp(s, "receiver", "127.0.0.1:5000");
  const int sender = s.socket("sender", SOCK_DGRAM);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1472}, std::size_t{65507}}) {
    send_large(s, sender, size);
    s.ask(receiver, ORACLE_NAMED(FIONREAD));
    s.say("recv", s.sockets().recvfrom(receiver, nullptr, 0, MSG_TRUNC, nullptr, nullptr));
  }
  send_large(s, sender, 65508);
  send_large(s, sender, 65536);
}

ORACLE(Datagram, ShortReadLosesTheRest) {
  const int receiver = bound_udp(s, "receiver", "127.0.0.1:5000");
  const int sender = s.socket("sender", SOCK_DGRAM);
  s.sendto(sender, "0123456789", "127.0.0.1:5000");
  s.sendto(sender, "abc", "127.0.0.1:5000");
  s.sendto(sender, "defg", "127.0.0.1:5000");
  s.recv(receiver, 4, MSG_PEEK);
  s.recv(receiver, 4);
  s.recv(receiver, 2, MSG_TRUNC);
  s.recv(receiver, 100, MSG_WAITALL);
  s.recv(receiver, 100, MSG_OOB);
  s.recv(receiver, 100, MSG_DONTWAIT);
  s.sendto(sender, "x", "127.0.0.1:5000", MSG_OOB);
}

ORACLE(Datagram, Peers) {
  const int fd = bound_udp(s, "fd", "127.0.0.1:5000");
  const int friendly = bound_udp(s, "friend", "127.0.0.1:5001");
  const int stranger = bound_udp(s, "stranger", "127.0.0.1:5002");
  s.send(fd, "to whom?");
  s.connect(fd, "127.0.0.1:5001");
  s.sendto(stranger, "not heard", "127.0.0.1:5000");
  s.sendto(friendly, "heard", "127.0.0.1:5000");
  s.recvfrom(fd);
  s.recvfrom(fd);
  s.send(fd, "to my peer");
  s.recvfrom(friendly);
  s.sendto(fd, "to another", "127.0.0.1:5002");
  s.recvfrom(stranger);
  s.getpeername(fd);
  s.disconnect(fd);
  s.getpeername(fd);
  s.getsockname(fd);
  s.sendto(stranger, "heard now", "127.0.0.1:5000");
  s.recvfrom(fd);
  s.connect(fd, "127.0.0.1:0");
  s.send(fd, "port 0");
  s.sendto(fd, "port 0", "127.0.0.1:0");
  s.listen(fd, 1);
  s.accept(fd, "never");
}

ORACLE(Datagram, RefusalIsToldOnce) {
  const int fd = s.socket("fd", SOCK_DGRAM);
  s.set_non_blocking(fd);
  s.connect(fd, "127.0.0.1:9");
  s.send(fd, "one");
  s.poll(fd);
  s.send(fd, "two");
  s.send(fd, "three");
  s.recv(fd);
  s.recv(fd);
  s.send(fd, "four");
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  s.note("who is not connected is not told");
  const int other = s.socket("other", SOCK_DGRAM);
  s.set_non_blocking(other);
  s.sendto(other, "x", "127.0.0.1:9");
  s.poll(other);
  s.recv(other);
  s.note("unless it asks for it");
  s.set(other, ORACLE_OPTION(IPPROTO_IP, IP_RECVERR), 1);
  s.sendto(other, "x", "127.0.0.1:9");
  s.poll(other);
  s.recv(other);
  s.recv(other, 100, MSG_ERRQUEUE);
  s.recv(other, 100, MSG_ERRQUEUE);
  s.poll(other);
}

ORACLE(Datagram, BroadcastNeedsLeave) {
  const int fd = s.socket("fd", SOCK_DGRAM);
  s.sendto(fd, "x", "127.255.255.255:5000");
  s.connect(fd, "127.255.255.255:5000");
  s.set(fd, ORACLE_OPTION(SOL_SOCKET, SO_BROADCAST), 1);
  s.sendto(fd, "x", "127.255.255.255:5000");
}

ORACLE(Datagram, NamesAreShared) {
  const auto pair = [&](Option option, bool both) {
    s.note(std::string(option.text) + (both ? " on both" : " on the second"));
    const int first = s.socket("first", SOCK_DGRAM);
    const int second = s.socket("second", SOCK_DGRAM);
    if (both) s.set(first, option, 1);
    s.set(second, option, 1);
    s.bind(first, "127.0.0.1:5000");
    s.bind(second, "127.0.0.1:5000");
    s.close(first);
    s.close(second);
  };
  pair(ORACLE_OPTION(SOL_SOCKET, SO_BROADCAST), true);
  pair(ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR), true);
  pair(ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR), false);
  pair(ORACLE_OPTION(SOL_SOCKET, SO_REUSEPORT), true);
  pair(ORACLE_OPTION(SOL_SOCKET, SO_REUSEPORT), false);
}

ORACLE(Datagram, FreeBinding) {
  const int fd = s.socket("fd", SOCK_DGRAM);
  s.bind(fd, "9.9.9.9:5000");
  s.set(fd, ORACLE_OPTION(IPPROTO_IP, IP_FREEBIND), 1);
  s.bind(fd, "9.9.9.9:5000");
  s.getsockname(fd);
  s.sendto(fd, "x", "127.0.0.1:5001");
  const int group = s.socket("group", SOCK_DGRAM);
  s.bind(group, "239.1.1.1:6000");
  s.getsockname(group);
}

ORACLE(Datagram, Cork) {
  const int receiver = bound_udp(s, "receiver", "127.0.0.1:5000");
  const int sender = s.socket("sender", SOCK_DGRAM);
  s.connect(sender, "127.0.0.1:5000");
  s.send(sender, "one ", MSG_MORE);
  s.recv(receiver);
  s.send(sender, "two");
  s.recv(receiver);
  s.set(sender, ORACLE_OPTION(IPPROTO_UDP, UDP_CORK), 1);
  s.send(sender, "three ");
  s.send(sender, "four");
  s.recv(receiver);
  s.set(sender, ORACLE_OPTION(IPPROTO_UDP, UDP_CORK), 0);
  s.recv(receiver);
  s.set(sender, ORACLE_OPTION(IPPROTO_UDP, UDP_SEGMENT), 3);
  s.send(sender, "abcdefgh");
  for (int i = 0; i < 4; ++i) s.recv(receiver);
}

ORACLE(Datagram, PeekOffset) {
  const int receiver = bound_udp(s, "receiver", "127.0.0.1:5000");
  const int sender = s.socket("sender", SOCK_DGRAM);
  const Option offset = ORACLE_OPTION(SOL_SOCKET, SO_PEEK_OFF);
  s.set(receiver, offset, 0);
  s.sendto(sender, "abcdef", "127.0.0.1:5000");
  s.recv(receiver, 2, MSG_PEEK);
  s.recv(receiver, 2, MSG_PEEK);
  s.get(receiver, offset);
  s.recv(receiver, 3);
  s.get(receiver, offset);
  s.recv(receiver, 3);
}

ORACLE(Datagram, Shutdown) {
  const int fd = bound_udp(s, "fd", "127.0.0.1:5000");
  s.shutdown(fd, SHUT_WR);
  s.connect(fd, "127.0.0.1:5000");
  s.send(fd, "to myself");
  s.shutdown(fd, SHUT_WR);
  s.poll(fd);
  s.send(fd, "no more");
  s.recv(fd);
  s.shutdown(fd, SHUT_RD);
  s.poll(fd);
  s.recv(fd);
}

// S73
ORACLE(RawIcmp, HearsItsOwnRequestAndTheReply) {
  const int fd = s.socket("raw", SOCK_RAW, IPPROTO_ICMP);
  s.set_non_blocking(fd);
  const std::string_view request("\x08\x00\xf7\xf7\x00\x07\x00\x01", 8);
  s.sendto(fd, request, "127.0.0.1:0");
  for (int i = 0; i < 3; ++i) {
    std::array<unsigned char, 100> packet{};
    const ssize_t size = s.sockets().recvfrom(fd, packet.data(), packet.size(), 0, nullptr, nullptr);
    s.say("recvfrom", size);
    if (size > 20) s.say("  type " + std::to_string(packet[20]) + ", header " + std::to_string(packet[0]));
  }
  s.note("a filter for echo requests");
  const std::uint32_t filter = 1U << 8;
  s.set_bytes(fd, {SOL_RAW, 1, "ICMP_FILTER"}, &filter, sizeof filter);
  s.sendto(fd, request, "127.0.0.1:0");
  s.recv(fd, 0, MSG_TRUNC);
  s.recv(fd, 0, MSG_TRUNC);
  s.note("connected");
  s.connect(fd, "127.0.0.1:0");
  s.getpeername(fd);
  s.send(fd, request);
  s.recv(fd, 0, MSG_TRUNC);
  s.disconnect(fd);
  s.getpeername(fd);
  s.send(fd, request);
}

}  // namespace fourtuple::oracle
