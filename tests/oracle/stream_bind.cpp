// Who may have which name: bind() and listen() beside each other.
#include <array>
#include <cerrno>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr Option kReuseAddress = ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR);
constexpr Option kReusePort = ORACLE_OPTION(SOL_SOCKET, SO_REUSEPORT);

struct Reuse {
  const char* name;
  bool address;
  bool port;
};
constexpr std::array<Reuse, 4> kReuses{
    {{"plain", false, false}, {"REUSEADDR", true, false}, {"REUSEPORT", false, true}, {"both", true, true}}};

int quiet_socket(Script& s, const Reuse& reuse) {
  const int fd = s.sockets().socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  if (reuse.address) s.sockets().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (reuse.port) s.sockets().setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  return fd;
}

int quiet_bind(Script& s, int fd, const char* host, int port) {
  const sockaddr_in name = address(host, port);
  return s.sockets().bind(fd, static_cast<const sockaddr*>(static_cast<const void*>(&name)), sizeof name);
}

std::string answer_of(int result) { return result == 0 ? "0" : errno_name(errno); }

// One line: what a second socket is answered beside the first, in bind() and then in listen().
void second_beside_first(Script& s, const char* first_host, bool listening, const char* second_host, int port) {
  s.note(std::string(first_host) + (listening ? " listens, " : " is bound, ") + second_host + " comes");
  for (const Reuse& first_reuse : kReuses) {
    for (const Reuse& second_reuse : kReuses) {
      const int first = quiet_socket(s, first_reuse);
      const int second = quiet_socket(s, second_reuse);
      quiet_bind(s, first, first_host, port);
      if (listening) s.sockets().listen(first, 4);
      std::string line = std::string(first_reuse.name) + " beside " + second_reuse.name + ": bind ";
      line += answer_of(quiet_bind(s, second, second_host, port));
      line += ", listen " + answer_of(s.sockets().listen(second, 4));
      if (!listening) line += ", first's listen " + answer_of(s.sockets().listen(first, 4));
      s.say(line);
      s.sockets().close(first);
      s.sockets().close(second);
    }
  }
}

}  // namespace

ORACLE(BindMatrix, WildcardBesideWildcard) {
  second_beside_first(s, "0.0.0.0", false, "0.0.0.0", 4000);
  second_beside_first(s, "0.0.0.0", true, "0.0.0.0", 4000);
}

ORACLE(BindMatrix, SpecificBesideWildcard) {
  second_beside_first(s, "0.0.0.0", false, "127.0.0.1", 4000);
  second_beside_first(s, "0.0.0.0", true, "127.0.0.1", 4000);
}

ORACLE(BindMatrix, WildcardBesideSpecific) {
  second_beside_first(s, "127.0.0.1", false, "0.0.0.0", 4000);
  second_beside_first(s, "127.0.0.1", true, "0.0.0.0", 4000);
}

ORACLE(BindMatrix, SpecificBesideTheSame) {
  second_beside_first(s, "127.0.0.1", false, "127.0.0.1", 4000);
  second_beside_first(s, "127.0.0.1", true, "127.0.0.1", 4000);
}

ORACLE(BindMatrix, SpecificBesideAnother) {
  second_beside_first(s, "127.0.0.1", false, "127.0.0.2", 4000);
  second_beside_first(s, "127.0.0.1", true, "127.0.0.2", 4000);
}

ORACLE(BindMatrix, TcpBesideUdp) {
  const int tcp = s.socket("tcp");
  const int udp = s.socket("udp", SOCK_DGRAM);
  s.bind(tcp, "0.0.0.0:7005");
  s.bind(udp, "0.0.0.0:7005");
}

ORACLE(Bind, AThirdWithoutReusePortIsRefused) {
  for (const char* name : {"first", "second"}) {
    const int fd = s.socket(name);
    s.set(fd, kReusePort, 1);
    s.bind(fd, "0.0.0.0:4000");
    s.listen(fd, 4);
  }
  const int third = s.socket("third");
  s.bind(third, "0.0.0.0:4000");
  s.set(third, kReuseAddress, 1);
  s.bind(third, "0.0.0.0:4000");
  s.set(third, kReusePort, 1);
  s.bind(third, "0.0.0.0:4000");
  s.listen(third, 4);
}

ORACLE(Bind, ReuseMayBeSetAfterwards) {
  const int first = s.socket("first");
  const int second = s.socket("second");
  s.bind(first, "0.0.0.0:4000");
  s.set(first, kReuseAddress, 1);
  s.set(second, kReuseAddress, 1);
  s.bind(second, "0.0.0.0:4000");
  s.listen(second, 4);
  s.listen(first, 4);
}

ORACLE(Bind, ReuseTakenBackBeforeTheOtherComes) {
  const int first = s.socket("first");
  const int second = s.socket("second");
  s.set(first, kReuseAddress, 1);
  s.bind(first, "0.0.0.0:4000");
  s.set(first, kReuseAddress, 0);
  s.set(second, kReuseAddress, 1);
  s.bind(second, "0.0.0.0:4000");
}

ORACLE(Bind, ANameIsFreeAgainWhenItsSocketIsClosed) {
  const int first = s.socket("first");
  const int second = s.socket("second");
  s.bind(first, "127.0.0.1:4000");
  s.bind(second, "127.0.0.1:4000");
  s.close(first);
  s.bind(second, "127.0.0.1:4000");
  s.listen(second, 1);
  s.close(second);
  const int third = s.socket("third");
  s.bind(third, "0.0.0.0:4000");
}

ORACLE(Bind, WantsAWholeAddressOfTheFamily) {
  const int fd = s.socket("fresh");
  sockaddr_in name = address("127.0.0.1:4000");
  const auto* const pointer = static_cast<const sockaddr*>(static_cast<const void*>(&name));
  for (const socklen_t size : {socklen_t{0}, socklen_t{1}, socklen_t{2}, socklen_t{8}, socklen_t{15}}) {
    s.say("bind of " + std::to_string(size) + " octets", s.sockets().bind(fd, pointer, size));
  }
  s.say("bind of null", s.sockets().bind(fd, nullptr, sizeof name));
  name.sin_family = AF_INET6;
  s.say("bind of another family", s.sockets().bind(fd, pointer, sizeof name));
  name.sin_family = AF_UNSPEC;
  s.say("bind of AF_UNSPEC with an address", s.sockets().bind(fd, pointer, sizeof name));
  name.sin_addr.s_addr = INADDR_ANY;
  s.say("bind of AF_UNSPEC with the wildcard", s.sockets().bind(fd, pointer, sizeof name));
  s.getsockname(fd);
  const int other = s.socket("other");
  struct {
    sockaddr_in name = address("127.0.0.1:4001");
    char more[16]{};
  } longer;
  s.say("bind of more than an address",
        s.sockets().bind(other, static_cast<const sockaddr*>(static_cast<const void*>(&longer)), sizeof longer));
  s.getsockname(other);
}

ORACLE(Bind, RefusesAddressesThatAreNobodysOwn) {
  for (const char* name : {"192.0.2.1:4000", "255.255.255.255:4000", "224.0.0.1:4000", "127.255.255.255:4001"}) {
    const int fd = s.socket("fresh");
    s.bind(fd, name);
    s.listen(fd, 1);
  }
}

ORACLE(Bind, MayTryAgainAfterARefusal) {
  const int first = s.socket("first");
  s.bind(first, "0.0.0.0:4000");
  const int second = s.socket("second");
  s.bind(second, "127.0.0.1:4000");
  s.getsockname(second);
  s.bind(second, "127.0.0.1:4001");
  s.getsockname(second);
}

ORACLE(Bind, AnAcceptedSocketHoldsItsPort) {
  const auto pair = s.connected();
  s.close(pair.listener);
  const int again = s.socket("again");
  s.bind(again, "0.0.0.0:4000");
  s.set(again, kReuseAddress, 1);
  s.bind(again, "0.0.0.0:4000");
}

ORACLE(Bind, AListenerWithReuseAddressComesBackBesideItsConnections) {
  const int listener = s.socket("listener");
  s.set(listener, kReuseAddress, 1);
  s.bind(listener, "0.0.0.0:4000");
  s.listen(listener, 4);
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.accept(listener, "server");
  s.close(listener);
  const int plain = s.socket("plain");
  s.bind(plain, "0.0.0.0:4000");
  const int again = s.socket("again");
  s.set(again, kReuseAddress, 1);
  s.bind(again, "0.0.0.0:4000");
  s.listen(again, 4);
  const int second = s.socket("second");
  s.connect(second, "127.0.0.1:4000");
  s.accept(again, "another");
}

ORACLE(Bind, TimeWaitHoldsThePortButNotAgainstReuseAddress) {
  const auto pair = s.connected();
  s.close(pair.listener);
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.server, POLLHUP);
  s.close(pair.server);
  s.close(pair.client);
  const int again = s.socket("again");
  s.bind(again, "0.0.0.0:4000");
  s.set(again, kReuseAddress, 1);
  s.bind(again, "0.0.0.0:4000");
  s.listen(again, 4);
}

ORACLE(Bind, AnAbortedConnectionLeavesThePortFree) {
  const auto pair = s.connected();
  s.close(pair.listener);
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  const int again = s.socket("again");
  s.bind(again, "0.0.0.0:4000");
}

ORACLE(Bind, ABoundSocketConnectsFromItsName) {
  s.listener("listener");
  const int client = s.socket("client");
  s.bind(client, "127.0.0.5:4100");
  s.connect(client, "127.0.0.1:4000");
  s.getsockname(client);
  const int other = s.socket("other");
  s.bind(other, "0.0.0.0:4101");
  s.connect(other, "127.0.0.9:4000");
  s.getsockname(other);
  s.getpeername(other);
}

ORACLE(Bind, TheSameFourTupleIsNotAvailableTwice) {
  s.listener("listener");
  for (const char* name : {"first", "second"}) {
    const int fd = s.socket(name);
    s.set(fd, kReuseAddress, 1);
    s.bind(fd, "127.0.0.1:4100");
    s.connect(fd, "127.0.0.1:4000");
    s.getsockname(fd);
    s.poll(fd);
  }
}

ORACLE(Bind, TheMostSpecificListenerGetsTheConnection) {
  const int wildcard = s.socket("wildcard");
  const int specific = s.socket("specific");
  for (const int fd : {wildcard, specific}) s.set(fd, kReusePort, 1);
  s.bind(wildcard, "0.0.0.0:4000");
  s.bind(specific, "127.0.0.1:4000");
  for (const int fd : {wildcard, specific}) {
    s.listen(fd, 4);
    s.set_non_blocking(fd);
  }
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(specific, POLLIN);
  s.accept(wildcard, "none");
  s.accept(specific, "server");
  const int other = s.socket("other");
  s.connect(other, "127.0.0.2:4000");
  s.await(wildcard, POLLIN);
  s.accept(specific, "none");
  s.accept(wildcard, "another");
}

ORACLE(Bind, AcceptedNamesAreTheOnesThatTheClientUsed) {
  const int listener = s.listener("listener");
  for (const char* host : {"127.0.0.1:4000", "127.0.0.5:4000"}) {
    const int client = s.socket("client");
    s.connect(client, host);
    const int server = s.accept(listener, "server");
    s.getsockname(server);
    s.getpeername(server);
    s.getsockname(client);
    s.getpeername(client);
  }
  s.getsockname(listener);
}

}  // namespace fourtuple::oracle
