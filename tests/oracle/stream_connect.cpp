// connect(): waiting, twice, refused, dissolved, to oneself.
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr Option kError = ORACLE_OPTION(SOL_SOCKET, SO_ERROR);

// A listener that admits nobody any more: who connects now gets no answer.
int full_listener(Script& s) {
  const int listener = s.socket("listener");
  s.bind(listener, "0.0.0.0:4000");
  s.listen(listener, 0);
  const int first = s.socket("first");
  s.connect(first, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  return listener;
}

int waiting_client(Script& s) {
  const int client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
  s.connect(client, "127.0.0.1:4000");
  return client;
}

}  // namespace

ORACLE(ConnectingSocket, WaitsForItsAnswer) {
  full_listener(s);
  const int client = waiting_client(s);
  s.connect(client, "127.0.0.1:4000");
  s.connect(client, "127.0.0.1:4001");
  s.poll(client);
  s.select(client);
  s.send(client, "x");
  s.recv(client);
  s.recv(client, 1, MSG_PEEK);
  s.recv(client, 1, MSG_OOB);
  s.getpeername(client);
  s.getsockname(client);
  s.get(client, kError);
  s.ask(client, Named{FIONREAD, "FIONREAD"});
  s.accept(client, "none");
}

ORACLE(ConnectingSocket, CannotBindOrListen) {
  full_listener(s);
  const int client = waiting_client(s);
  s.bind(client, "127.0.0.1:4100");
  s.listen(client, 1);
  s.get(client, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
}

ORACLE(ConnectingSocket, IsAdmittedWhenThereIsRoom) {
  const int listener = full_listener(s);
  const int client = waiting_client(s);
  s.connect(client, "127.0.0.1:4000");
  s.accept(listener, "server");
  s.await(client, POLLOUT);
  s.poll(client);
  s.connect(client, "127.0.0.1:4000");
  s.connect(client, "127.0.0.1:4000");
  s.getpeername(client);
  s.accept(listener, "another");
}

ORACLE(ConnectingSocket, ConnectsAtOnceWhereTheListenerHasRoom) {
  s.listener("listener");
  const int client = waiting_client(s);
  s.await(client, POLLOUT);
  s.poll(client);
  s.get(client, kError);
  s.getpeername(client);
  s.connect(client, "127.0.0.1:4000");
  s.connect(client, "127.0.0.1:4000");
  s.connect(client, "127.0.0.1:4001");
}

ORACLE(ConnectingSocket, GivesUpItsPatienceButGoesOn) {
  const int listener = full_listener(s);
  const int client = s.socket("client");
  s.set_time(client, ORACLE_OPTION(SOL_SOCKET, SO_SNDTIMEO), 100);
  s.timed(100, [&] { s.connect(client, "127.0.0.1:4000"); });
  s.timed(100, [&] { s.connect(client, "127.0.0.1:4000"); });
  s.poll(client);
  s.accept(listener, "server");
  s.await(client, POLLOUT);
  s.connect(client, "127.0.0.1:4000");
  s.connect(client, "127.0.0.1:4000");
}

ORACLE(ConnectingSocket, TimesOutAfterItsRetries) {
  full_listener(s);
  const int client = s.socket("client");
  s.set(client, ORACLE_OPTION(IPPROTO_TCP, TCP_SYNCNT), 1);
  s.timed(3000, [&] { s.connect(client, "127.0.0.1:4000"); });
  s.poll(client);
  s.get(client, kError);
  s.recv(client);
  s.send(client, "x");
}

ORACLE(ConnectingSocket, TimesOutInTheBackground) {
  full_listener(s);
  const int client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
  s.set(client, ORACLE_OPTION(IPPROTO_TCP, TCP_SYNCNT), 1);
  s.connect(client, "127.0.0.1:4000");
  s.await(client, POLLERR);
  s.poll(client);
  s.connect(client, "127.0.0.1:4000");
  s.poll(client);
  s.get(client, kError);
}

ORACLE(ConnectingSocket, IsRefusedInTheBackground) {
  const int client = waiting_client(s);
  s.await(client, POLLERR);
  s.poll(client);
  s.select(client);
  s.get(client, kError);
  s.get(client, kError);
  s.poll(client);
  s.getpeername(client);
  s.getsockname(client);
  s.recv(client);
  s.send(client, "x");
}

ORACLE(ConnectingSocket, HearsOfTheRefusalFromTheSecondCall) {
  const int client = waiting_client(s);
  s.await(client, POLLERR);
  s.connect(client, "127.0.0.1:4000");
  s.poll(client);
  s.get(client, kError);
  s.connect(client, "127.0.0.1:4000");
  s.await(client, POLLERR);
}

ORACLE(ConnectingSocket, HearsOfTheRefusalFromRecv) {
  const int client = waiting_client(s);
  s.await(client, POLLERR);
  s.recv(client);
  s.recv(client);
  s.get(client, kError);
  s.poll(client);
  s.connect(client, "127.0.0.1:4000");
}

ORACLE(ConnectingSocket, HearsOfTheRefusalFromSend) {
  const int client = waiting_client(s);
  s.await(client, POLLERR);
  s.send(client, "x");
  s.send(client, "x");
  s.get(client, kError);
}

ORACLE(ConnectingSocket, AfterItsErrorWasTakenTheNextCallSaysAborted) {
  const int client = waiting_client(s);
  s.await(client, POLLERR);
  s.get(client, kError);
  s.connect(client, "127.0.0.1:4000");
  s.poll(client);
  s.listener("listener");
  s.connect(client, "127.0.0.1:4000");
  s.await(client, POLLOUT);
  s.poll(client);
}

ORACLE(ConnectingSocket, KeepsItsBoundNameWhenRefused) {
  const int client = s.socket("client");
  s.bind(client, "127.0.0.1:4100");
  s.connect(client, "127.0.0.1:4000");
  s.getsockname(client);
  s.listener("listener");
  s.connect(client, "127.0.0.1:4000");
  s.getsockname(client);
}

ORACLE(ConnectingSocket, LosesAPortThatItDidNotBindWhenRefused) {
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.getsockname(client);
  s.poll(client);
  s.listen(client, 1);
  s.poll(client);
}

ORACLE(ConnectingSocket, IsGivenUpByShutdown) {
  full_listener(s);
  const int client = waiting_client(s);
  s.shutdown(client, SHUT_RDWR);
  s.poll(client);
  s.get(client, kError);
  s.connect(client, "127.0.0.1:4001");
  s.getpeername(client);
}

ORACLE(ConnectingSocket, IsGivenUpByShutdownOfWriting) {
  full_listener(s);
  const int client = waiting_client(s);
  s.shutdown(client, SHUT_WR);
  s.poll(client);
  s.send(client, "x");
  s.recv(client);
  s.shutdown(client, SHUT_WR);
}

ORACLE(ConnectingSocket, IsGivenUpByAnUnspecifiedAddress) {
  full_listener(s);
  const int client = waiting_client(s);
  s.disconnect(client);
  s.poll(client);
  s.get(client, kError);
  s.connect(client, "127.0.0.1:4001");
}

ORACLE(Connect, ToPortZeroOrNowhere) {
  for (const char* to : {"127.0.0.1:0", "192.0.2.1:80", "255.255.255.255:80", "224.0.0.1:80"}) {
    const int client = s.socket("client");
    s.connect(client, to);
    s.poll(client);
    s.close(client);
  }
}

ORACLE(Connect, ToTheWildcardMeansThisHost) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "0.0.0.0:4000");
  s.getpeername(client);
  s.getsockname(client);
  s.accept(listener, "server");
}

ORACLE(Connect, WantsAWholeAddressOfTheFamily) {
  s.listener("listener");
  const int fd = s.socket("client");
  sockaddr_in name = address("127.0.0.1:4000");
  const auto* const pointer = static_cast<const sockaddr*>(static_cast<const void*>(&name));
  for (const socklen_t size : {socklen_t{0}, socklen_t{1}, socklen_t{2}, socklen_t{8}, socklen_t{15}}) {
    s.say("connect with " + std::to_string(size) + " octets", s.sockets().connect(fd, pointer, size));
  }
  s.say("connect to null", s.sockets().connect(fd, nullptr, sizeof name));
  name.sin_family = AF_INET6;
  s.say("connect to another family", s.sockets().connect(fd, pointer, sizeof name));
  name.sin_family = AF_INET;
  s.say("connect to all of it", s.sockets().connect(fd, pointer, sizeof name));
  name.sin_family = AF_INET6;
  s.say("connected: another family", s.sockets().connect(fd, pointer, sizeof name));
  s.say("connected: 2 octets", s.sockets().connect(fd, pointer, 2));
}

ORACLE(Connect, ToOneselfWorksAndEchoes) {
  const int fd = s.socket("self");
  s.bind(fd, "127.0.0.1:4000");
  s.connect(fd, "127.0.0.1:4000");
  s.getsockname(fd);
  s.getpeername(fd);
  s.send(fd, "echo");
  s.await(fd, POLLIN);
  s.recv(fd);
  s.poll(fd);
  s.shutdown(fd, SHUT_WR);
  s.await(fd, POLLHUP);
  s.poll(fd);
  s.recv(fd);
}

ORACLE(Connect, ToOneselfWithoutBlocking) {
  const int fd = s.socket("self", SOCK_STREAM | SOCK_NONBLOCK);
  s.bind(fd, "127.0.0.1:4000");
  s.connect(fd, "127.0.0.1:4000");
  s.await(fd, POLLOUT);
  s.connect(fd, "127.0.0.1:4000");
  s.connect(fd, "127.0.0.1:4000");
}

ORACLE(Disconnect, AFreshOrBoundSocketHasNothingToLose) {
  const int fd = s.socket("fresh");
  s.disconnect(fd);
  s.bind(fd, "127.0.0.1:4000");
  s.disconnect(fd);
  s.getsockname(fd);
}

ORACLE(Disconnect, TellsThePeerAndFreesTheSocket) {
  const auto pair = s.connected();
  s.disconnect(pair.client);
  s.getpeername(pair.client);
  s.poll(pair.client);
  s.send(pair.client, "x");
  s.recv(pair.client);
  s.await(pair.server, POLLERR);
  s.poll(pair.server);
  s.recv(pair.server);
  s.connect(pair.client, "127.0.0.1:4000");
  s.getpeername(pair.client);
  s.accept(pair.listener, "another");
}

ORACLE(Disconnect, ForgetsUnreadData) {
  const auto pair = s.connected();
  s.send(pair.server, "unread");
  s.await(pair.client, POLLIN);
  s.disconnect(pair.client);
  s.poll(pair.client);
  s.recv(pair.client);
  s.connect(pair.client, "127.0.0.1:4000");
  const int again = s.accept(pair.listener, "another");
  s.send(again, "new");
  s.await(pair.client, POLLIN);
  s.recv(pair.client);
}

ORACLE(Disconnect, KeepsABoundAddressAndPort) {
  s.listener("listener");
  const int client = s.socket("client");
  s.bind(client, "127.0.0.1:4100");
  s.connect(client, "127.0.0.1:4000");
  s.disconnect(client);
  s.getsockname(client);
  s.connect(client, "127.0.0.1:4001");
  s.getsockname(client);
}

ORACLE(Disconnect, OfAListenerMakesItActiveAgain) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  s.disconnect(listener);
  s.get(listener, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
  s.poll(listener);
  s.accept(listener, "none");
  s.await(client, POLLERR);
  s.recv(client);
  s.getsockname(listener);
  const int other = s.socket("other");
  s.connect(other, "127.0.0.1:4000");
  s.listen(listener, 4);
  s.connect(other, "127.0.0.1:4000");
  s.accept(listener, "server");
}

ORACLE(Disconnect, AfterBothHaveFinishedTheSocketIsNew) {
  const auto pair = s.connected();
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.client, POLLHUP);
  s.connect(pair.client, "127.0.0.1:4000");
  s.disconnect(pair.client);
  s.poll(pair.client);
  s.connect(pair.client, "127.0.0.1:4000");
  s.accept(pair.listener, "another");
}

ORACLE(ConnectedSocket, ConnectsAnewOnlyAfterDisconnecting) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.connect(pair.client, "127.0.0.1:4000");
  s.get(pair.client, kError);
  s.connect(pair.client, "127.0.0.1:4000");
  s.disconnect(pair.client);
  s.connect(pair.client, "127.0.0.1:4000");
}

}  // namespace fourtuple::oracle
