// Multicast on the loopback interface: membership, whom a socket hears, where it sends.
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr Option kJoin = ORACLE_OPTION(IPPROTO_IP, IP_ADD_MEMBERSHIP);
constexpr Option kLeave = ORACLE_OPTION(IPPROTO_IP, IP_DROP_MEMBERSHIP);

void change(Script& s, int fd, Option option, const char* group, const char* interface) {
  ip_mreq request{{::inet_addr(group)}, {::inet_addr(interface)}};
  s.note(std::string(group) + " at " + interface);
  s.set_bytes(fd, option, &request, sizeof request);
}
void change_source(Script& s, int fd, Option option, const char* source) {
  ip_mreq_source request{};
  request.imr_multiaddr.s_addr = ::inet_addr("239.1.1.1");
  request.imr_interface.s_addr = ::inet_addr("127.0.0.1");
  request.imr_sourceaddr.s_addr = ::inet_addr(source);
  s.note(source);
  s.set_bytes(fd, option, &request, sizeof request);
}
constexpr Option kAdd = ORACLE_OPTION(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP);
constexpr Option kDrop = ORACLE_OPTION(IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP);
constexpr Option kBlock = ORACLE_OPTION(IPPROTO_IP, IP_BLOCK_SOURCE);
constexpr Option kUnblock = ORACLE_OPTION(IPPROTO_IP, IP_UNBLOCK_SOURCE);

int sender_on_loopback(Script& s) {
  const int fd = s.socket("sender", SOCK_DGRAM);
  const in_addr loopback{::inet_addr("127.0.0.1")};
  s.set_bytes(fd, ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_IF), &loopback, sizeof loopback);
  return fd;
}
int receiver_at(Script& s, const std::string& name) {
  const int fd = s.socket(name, SOCK_DGRAM);
  s.set(fd, ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR), 1);
  s.bind(fd, "0.0.0.0:5000");
  s.set_non_blocking(fd);
  return fd;
}

}  // namespace

ORACLE(Multicast, Membership) {
  const int fd = s.socket("udp", SOCK_DGRAM);
  change(s, fd, kJoin, "239.1.1.1", "127.0.0.1");
  change(s, fd, kJoin, "239.1.1.1", "127.0.0.1");
  change(s, fd, kJoin, "10.0.0.1", "127.0.0.1");
  change(s, fd, kJoin, "239.1.1.2", "9.9.9.9");
  change(s, fd, kLeave, "239.9.9.9", "127.0.0.1");
  change(s, fd, kLeave, "10.0.0.1", "127.0.0.1");
  change(s, fd, kLeave, "239.1.1.1", "127.0.0.1");
  change(s, fd, kLeave, "239.1.1.1", "127.0.0.1");
  s.set_bytes(fd, kJoin, "1234567", 7);
  ip_mreqn by_number{{::inet_addr("239.1.1.3")}, {}, 1};
  s.set_bytes(fd, kJoin, &by_number, sizeof by_number);
  by_number.imr_ifindex = 77;
  s.set_bytes(fd, kJoin, &by_number, sizeof by_number);
  const int tcp = s.socket("tcp");
  change(s, tcp, kJoin, "239.1.1.1", "127.0.0.1");
}

ORACLE(Multicast, TwentyGroupsASocket) {
  const int fd = s.socket("udp", SOCK_DGRAM);
  for (int i = 0; i < 22; ++i) change(s, fd, kJoin, ("239.1.2." + std::to_string(i)).c_str(), "127.0.0.1");
}

ORACLE(Multicast, Sources) {
  const int fd = s.socket("udp", SOCK_DGRAM);
  change_source(s, fd, kBlock, "10.0.0.9");
  change_source(s, fd, kDrop, "10.0.0.9");
  change_source(s, fd, kAdd, "10.0.0.9");
  change_source(s, fd, kAdd, "10.0.0.9");
  change_source(s, fd, kAdd, "10.0.0.8");
  change_source(s, fd, kBlock, "10.0.0.8");
  change(s, fd, kJoin, "239.1.1.1", "127.0.0.1");
  change_source(s, fd, kDrop, "10.0.0.7");
  change_source(s, fd, kDrop, "10.0.0.9");
  change_source(s, fd, kDrop, "10.0.0.8");
  change_source(s, fd, kDrop, "10.0.0.8");
  change(s, fd, kJoin, "239.1.1.1", "127.0.0.1");
  change_source(s, fd, kUnblock, "10.0.0.9");
  change_source(s, fd, kBlock, "10.0.0.9");
  change_source(s, fd, kBlock, "10.0.0.9");
  change_source(s, fd, kAdd, "10.0.0.8");
  change_source(s, fd, kUnblock, "10.0.0.9");
  change_source(s, fd, kUnblock, "10.0.0.9");
}

// S28
ORACLE(Multicast, ReachesNoneOneOrThreeMembers) {
  const int sender = sender_on_loopback(s);
  s.sendto(sender, "nobody", "239.1.1.1:5000");
  const int a = receiver_at(s, "a");
  s.sendto(sender, "still nobody", "239.1.1.1:5000");
  s.recv(a);
  change(s, a, kJoin, "239.1.1.1", "127.0.0.1");
  s.sendto(sender, "one", "239.1.1.1:5000");
  s.recv(a);
  const int b = receiver_at(s, "b");
  const int c = receiver_at(s, "c");
  change(s, b, kJoin, "239.1.1.1", "127.0.0.1");
  change(s, c, kJoin, "239.1.1.1", "127.0.0.1");
  s.sendto(sender, "three", "239.1.1.1:5000");
  for (const int fd : {a, b, c}) s.recv(fd);
}

ORACLE(Multicast, WhoHears) {
  const int sender = sender_on_loopback(s);
  const int member = s.socket("member", SOCK_DGRAM);
  change(s, member, kJoin, "239.1.1.1", "127.0.0.1");
  const int fd = receiver_at(s, "receiver");
  s.note("another socket of the host is a member");
  s.sendto(sender, "all", "239.1.1.1:5000");
  s.recv(fd);
  s.set(fd, ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_ALL), 0);
  s.sendto(sender, "not all", "239.1.1.1:5000");
  s.recv(fd);
  change(s, fd, kJoin, "239.1.1.1", "127.0.0.1");
  s.sendto(sender, "joined", "239.1.1.1:5000");
  s.recv(fd);
  change_source(s, fd, kBlock, "127.0.0.1");
  s.sendto(sender, "blocked", "239.1.1.1:5000");
  s.recv(fd);
  change_source(s, fd, kUnblock, "127.0.0.1");
  s.set(sender, ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_LOOP), 0);
  s.sendto(sender, "loopback is the way itself", "239.1.1.1:5000");
  s.recv(fd);
}

ORACLE(Multicast, SendsNowhereWithoutARoute) {
  const int fd = s.socket("udp", SOCK_DGRAM);
  s.sendto(fd, "x", "239.1.1.1:5000");
  s.connect(fd, "239.1.1.1:5000");
  const in_addr stranger{::inet_addr("9.9.9.9")};
  s.set_bytes(fd, ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_IF), &stranger, sizeof stranger);
  const int tcp = s.socket("tcp");
  s.connect(tcp, "239.1.1.1:5000");
}

}  // namespace fourtuple::oracle
