// listen() and accept().
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {

ORACLE(Listener, WithBacklogZeroAdmitsOne) {
  const int listener = s.socket("listener", SOCK_STREAM | SOCK_NONBLOCK);
  s.bind(listener, "0.0.0.0:4000");
  s.listen(listener, 0);
  int clients[3];
  for (int& client : clients) {
    client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
    s.connect(client, "127.0.0.1:4000");
  }
  s.await(clients[0], POLLOUT);
  s.poll(clients[0]);
  s.poll(clients[1]);
  s.poll(clients[2]);
  s.accept(listener, "server");
  s.accept(listener, "none");
}

ORACLE(Listener, WithBacklogOneAdmitsTwo) {
  const int listener = s.socket("listener", SOCK_STREAM | SOCK_NONBLOCK);
  s.bind(listener, "0.0.0.0:4000");
  s.listen(listener, 1);
  int clients[3];
  for (int& client : clients) {
    client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
    s.connect(client, "127.0.0.1:4000");
  }
  for (const int client : clients) s.poll(client);
  s.accept(listener, "first");
  s.accept(listener, "second");
  s.accept(listener, "none");
}

ORACLE(Listener, WithNegativeBacklogAdmitsMany) {
  const int listener = s.socket("listener", SOCK_STREAM | SOCK_NONBLOCK);
  s.bind(listener, "0.0.0.0:4000");
  s.listen(listener, -1);
  for (int i = 0; i < 20; ++i) {
    const int client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
    s.connect(client, "127.0.0.1:4000");
    s.await(client, POLLOUT);
  }
  for (int i = 0; i < 20; ++i) s.accept(listener, "server");
  s.accept(listener, "none");
}

ORACLE(Listener, ChangesItsBacklogByListeningAgain) {
  const int listener = s.socket("listener", SOCK_STREAM | SOCK_NONBLOCK);
  s.bind(listener, "0.0.0.0:4000");
  s.listen(listener, 0);
  s.listen(listener, 2);
  int clients[4];
  for (int& client : clients) {
    client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
    s.connect(client, "127.0.0.1:4000");
  }
  for (const int client : clients) s.poll(client);
}

ORACLE(Listener, IsReadableWhileSomebodyWaits) {
  const int listener = s.listener("listener");
  s.set_non_blocking(listener);
  s.poll(listener);
  s.select(listener);
  s.accept(listener, "none");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  s.poll(listener);
  s.poll(listener, POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLRDBAND | POLLPRI);
  s.select(listener);
  s.accept(listener, "server");
  s.poll(listener);
}

ORACLE(Listener, AnswersInTheOrderOfArrival) {
  const int listener = s.listener("listener");
  for (const char* name : {"127.0.0.11:5001", "127.0.0.12:5002", "127.0.0.13:5003"}) {
    const int client = s.socket("client");
    s.bind(client, name);
    s.connect(client, "127.0.0.1:4000");
  }
  for (int i = 0; i < 3; ++i) s.accept(listener, "server");
}

ORACLE(Listener, WaitsNoLongerThanItsTimeout) {
  const int listener = s.listener("listener");
  s.set_time(listener, ORACLE_OPTION(SOL_SOCKET, SO_RCVTIMEO), 100);
  s.timed(100, [&] { s.accept(listener, "none"); });
}

ORACLE(Accept, TakesFlagsAndNoOthers) {
  const int listener = s.listener("listener");
  for (const int flags : {0, int{SOCK_NONBLOCK}, int{SOCK_CLOEXEC}, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
    const int client = s.socket("client");
    s.connect(client, "127.0.0.1:4000");
    const int server = s.accept(listener, "server", flags);
    s.fcntl(server, ORACLE_NAMED(F_GETFL));
    s.fcntl(server, ORACLE_NAMED(F_GETFD));
  }
  s.accept(listener, "none", 1);
  s.accept(listener, "none", SOCK_STREAM | 0x10000);
}

ORACLE(Accept, WritesAsMuchOfTheNameAsThereIsRoomFor) {
  const int listener = s.listener("listener");
  const auto call = [&](const char* what, sockaddr* name, socklen_t* size) {
    const int client = s.socket("client");
    s.bind(client, "127.0.0.1:0");
    s.connect(client, "127.0.0.1:4000");
    s.say(std::string("accept with ") + what, s.sockets().accept4(listener, name, size, 0) >= 0 ? 0 : -1);
  };
  sockaddr_in name{};
  auto* const pointer = static_cast<sockaddr*>(static_cast<void*>(&name));
  socklen_t size = 0;
  call("no room", pointer, &size);
  s.say("size " + std::to_string(size) + " family " + std::to_string(name.sin_family));
  size = 2;
  call("two octets", pointer, &size);
  s.say("size " + std::to_string(size) + " family " + std::to_string(name.sin_family) + " port " +
        std::to_string(name.sin_port));
  size = 100;
  call("more than needed", pointer, &size);
  s.say("size " + std::to_string(size));
  call("nothing", nullptr, nullptr);
  size = 50;
  call("only a size", nullptr, &size);
  s.say("size " + std::to_string(size));
  call("only a name", pointer, nullptr);
  size = static_cast<socklen_t>(-1);
  call("a negative size", pointer, &size);
  s.set_non_blocking(listener);
  s.accept(listener, "what is left");
  s.accept(listener, "what is left");
}

ORACLE(Accept, GivesAConnectionWhosePeerHasFinished) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.send(client, "before");
  s.close(client);
  s.await(listener, POLLIN);
  const int server = s.accept(listener, "server");
  s.getpeername(server);
  s.await(server, POLLRDHUP);
  s.poll(server);
  s.recv(server);
  s.recv(server);
}

ORACLE(Accept, GivesAConnectionThatWasResetMeanwhile) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.send(client, "before");
  s.set_linger(client, 1, 0);
  s.close(client);
  s.await(listener, POLLIN);
  s.set_non_blocking(listener);
  const int server = s.accept(listener, "server");
  s.poll(server);
  s.getpeername(server);
  s.recv(server);
  s.recv(server);
  s.send(server, "x");
}

ORACLE(Listener, ResetsWhoWaitsWhenItCloses) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  s.close(listener);
  s.await(client, POLLERR);
  s.poll(client);
  s.recv(client);
  s.recv(client);
  s.send(client, "x");
}

ORACLE(Listener, StopsWhenReadingIsShutDown) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  s.shutdown(listener, SHUT_RD);
  s.poll(listener);
  s.get(listener, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
  s.accept(listener, "none");
  s.await(client, POLLERR);
  s.recv(client);
  s.getsockname(listener);
  const int other = s.socket("other");
  s.connect(other, "127.0.0.1:4000");
  s.shutdown(listener, SHUT_RD);
  s.listen(listener, 4);
  s.connect(other, "127.0.0.1:4000");
}

ORACLE(Listener, GoesOnWhenOnlyWritingIsShutDown) {
  const int listener = s.listener("listener");
  s.shutdown(listener, SHUT_WR);
  s.poll(listener);
  s.get(listener, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.accept(listener, "server");
  s.shutdown(listener, 17);
  s.shutdown(listener, -1);
}

ORACLE(Listener, StopsWhenBothAreShutDown) {
  const int listener = s.listener("listener");
  s.shutdown(listener, SHUT_RDWR);
  s.poll(listener);
  s.accept(listener, "none");
  s.send(listener, "x");
  s.recv(listener);
  s.connect(listener, "127.0.0.1:4001");
}

ORACLE(Listener, AnswersNoQuestionsAboutData) {
  const int listener = s.listener("listener");
  s.ask(listener, ORACLE_NAMED(FIONREAD));
  s.ask(listener, Named{SIOCOUTQ, "SIOCOUTQ"});
  s.ask(listener, Named{SIOCOUTQNSD, "SIOCOUTQNSD"});
  s.sockatmark(listener);
  s.get(listener, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  s.recv(listener, 0);
  s.send(listener, "");
  s.recv(listener, 1, MSG_OOB);
  s.recv(listener, 1, MSG_PEEK);
}

ORACLE(Listener, GivesNoDescriptorWhereThereIsNone) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  s.sockets().limit_descriptors(client + 1);
  s.accept(listener, "none");
  s.socket("none");
  s.dup(client, "none");
  s.dup2(client, client + 1);
  s.epoll_create("none");
  s.fcntl(client, ORACLE_NAMED(F_DUPFD));
  s.poll(listener);
  s.sockets().limit_descriptors(client + 2);
  s.accept(listener, "server");
}

}  // namespace fourtuple::oracle
