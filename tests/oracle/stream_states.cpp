// What each call answers in each state of a TCP socket.
#include <netinet/tcp.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {

ORACLE(FreshSocket, RefusesWhatNeedsAConnectionOrAListener) {
  const int fd = s.socket("fresh");
  s.accept(fd, "none");
  s.recv(fd);
  s.send(fd, "x");
  s.poll(fd);
  s.select(fd);
  s.shutdown(fd, SHUT_RD);
  s.shutdown(fd, SHUT_WR);
  s.shutdown(fd, SHUT_RDWR);
  s.getpeername(fd);
  s.getsockname(fd);
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  s.close(fd);
  s.close(fd);
}

ORACLE(BoundSocket, IsBoundOnce) {
  const int fd = s.socket("bound");
  s.bind(fd, "127.0.0.1:4000");
  s.bind(fd, "127.0.0.1:4001");
  s.bind(fd, "127.0.0.1:4000");
  s.getsockname(fd);
  s.getpeername(fd);
  s.poll(fd);
  s.send(fd, "x");
  s.recv(fd);
  s.accept(fd, "none");
}

ORACLE(BoundSocket, GetsAPortWhenItNamesNone) {
  const int fd = s.socket("bound");
  s.bind(fd, "127.0.0.1:0");
  s.getsockname(fd);
  const int other = s.socket("other");
  s.bind(other, "0.0.0.0:0");
  s.getsockname(other);
}

ORACLE(BoundSocket, NeedsAnAddressOfThisHost) {
  const int fd = s.socket("bound");
  s.bind(fd, "192.0.2.1:4000");
  s.bind(fd, "127.0.0.5:4000");
  s.getsockname(fd);
}

ORACLE(Listener, CarriesNoConversation) {
  const int fd = s.listener("listener");
  s.poll(fd);
  s.send(fd, "x");
  s.recv(fd);
  s.connect(fd, "127.0.0.1:4001");
  s.connect(fd, "127.0.0.1:4000");
  s.getpeername(fd);
  s.getsockname(fd);
  s.bind(fd, "127.0.0.1:4002");
  s.listen(fd, 3);
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
  s.set_non_blocking(fd);
  s.accept(fd, "none");
}

ORACLE(Listener, IsAssignedANameWhenItHasNone) {
  const int fd = s.socket("listener");
  s.listen(fd, 5);
  s.getsockname(fd);
}

ORACLE(ConnectingSocket, IsRefusedByAClosedPortAndMayTryAgain) {
  const int fd = s.socket("client");
  s.connect(fd, "127.0.0.1:4000");
  s.poll(fd);
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  s.getpeername(fd);
  s.send(fd, "x");
  s.recv(fd);
  s.connect(fd, "127.0.0.1:4000");
  s.listener("listener");
  s.connect(fd, "127.0.0.1:4000");
  s.getpeername(fd);
  s.connect(fd, "127.0.0.1:4000");
}

ORACLE(ConnectedSocket, CannotBindListenOrConnectAgain) {
  const auto pair = s.connected();
  s.connect(pair.client, "127.0.0.1:4000");
  s.connect(pair.server, "127.0.0.1:4000");
  s.listen(pair.client, 1);
  s.listen(pair.server, 1);
  s.bind(pair.client, "0.0.0.0:0");
  s.bind(pair.server, "0.0.0.0:0");
  s.accept(pair.client, "none");
  s.poll(pair.client);
  s.getsockname(pair.client);
  s.getpeername(pair.client);
  s.getsockname(pair.server);
  s.getpeername(pair.server);
}

ORACLE(ConnectedSocket, ReadsTheEndAfterThePeersFin) {
  const auto pair = s.connected();
  s.send(pair.server, "last words");
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  s.poll(pair.client);
  s.select(pair.client);
  s.recv(pair.client);
  s.recv(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "still here");
  s.await(pair.server, POLLIN);
  s.recv(pair.server);
  s.send(pair.server, "no");
  s.poll(pair.server);
}

ORACLE(ConnectedSocket, IsAsClosedWhenBothHaveFinished) {
  const auto pair = s.connected();
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.server, POLLHUP);
  for (const int fd : {pair.client, pair.server}) {
    s.poll(fd);
    s.select(fd);
    s.getpeername(fd);
    s.getsockname(fd);
    s.shutdown(fd, SHUT_RDWR);
    s.send(fd, "x");
    s.recv(fd);
    s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  }
}

ORACLE(ConnectedSocket, IsResetWhenThePeerClosesWithUnreadData) {
  const auto pair = s.connected();
  s.send(pair.client, "unread");
  s.await(pair.server, POLLIN);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.poll(pair.client);
  s.select(pair.client);
  s.recv(pair.client);
  s.poll(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "x");
  s.getpeername(pair.client);
  s.shutdown(pair.client, SHUT_RDWR);
}

}  // namespace fourtuple::oracle
