#include "tests/oracle/differences.hpp"

#include <array>

namespace fourtuple::oracle {
namespace {

// One row for every line of a transcript that differs; rows of one reason stand together.
constexpr const char* kReuse =
    "With SO_REUSEADDR a name may be bound beside connections that hold it, whatever the listener said that they came "
    "from (BSD's rule); Linux wants SO_REUSEADDR there too";
constexpr const char* kNobody =
    "A TCP socket is not bound to a broadcast or multicast address: nobody could connect to it";
constexpr const char* kLeftover =
    "A socket whose connection failed has no port any more and says so; Linux goes on showing the one that it let go";
constexpr const char* kInherit =
    "An accepted socket has the options that its listener has when accept() is called; on Linux the ones that the "
    "listener had when the connection came";
constexpr const char* kNull = "A null pointer where octets shall go is refused before anything else is looked at";
constexpr const char* kPatience = "A receive that ran out of time says so, even where it had room for nothing";
constexpr const char* kSets =
    "ft_ epoll sets hold sockets only: a set in another set, in ft_poll or in ft_select is refused";

constexpr std::array kDifferences = {
    Difference{"Bind.AnAcceptedSocketHoldsItsPort", "bind(again, 0.0.0.0:4000) = EADDRINUSE",
               "bind(again, 0.0.0.0:4000) = 0", kReuse},
    Difference{"Bind.TimeWaitHoldsThePortButNotAgainstReuseAddress", "bind(again, 0.0.0.0:4000) = EADDRINUSE",
               "bind(again, 0.0.0.0:4000) = 0", kReuse},
    Difference{"Bind.RefusesAddressesThatAreNobodysOwn", "bind(fresh, 255.255.255.255:4000) = 0",
               "bind(fresh, 255.255.255.255:4000) = EADDRNOTAVAIL", kNobody},
    Difference{"Bind.RefusesAddressesThatAreNobodysOwn", "bind(fresh, 224.0.0.1:4000) = 0",
               "bind(fresh, 224.0.0.1:4000) = EADDRNOTAVAIL", kNobody},
    Difference{"ConnectingSocket.LosesAPortThatItDidNotBindWhenRefused", "getsockname(client) = 0.0.0.0:port1 (16)",
               "getsockname(client) = 0.0.0.0:0 (16)", kLeftover},
    Difference{"Inheritance.IsTakenWhenTheConnectionComesNotWhenItIsAccepted",
               "getsockopt(server, TCP_NODELAY) = 0 (4)", "getsockopt(server, TCP_NODELAY) = 1 (4)", kInherit},
    Difference{"Inheritance.IsTakenWhenTheConnectionComesNotWhenItIsAccepted",
               "getsockopt(server, SO_KEEPALIVE) = 0 (4)", "getsockopt(server, SO_KEEPALIVE) = 1 (4)", kInherit},
    Difference{"Arguments.NullWhereOctetsShouldBe", "recv to null, nothing there = EAGAIN",
               "recv to null, nothing there = EFAULT", kNull},
    Difference{"Receive.OfNothing", "recv(client, 0) = 0 \"\"", "recv(client, 0) = EAGAIN", kPatience},
    Difference{"Epoll.OfAnotherEpollSet", "epoll_ctl(outer, ADD, inner, IN) = 0",
               "epoll_ctl(outer, ADD, inner, IN) = EINVAL", kSets},
    Difference{"Epoll.OfAnotherEpollSet", "epoll_ctl(inner, ADD, outer, IN) = ELOOP",
               "epoll_ctl(inner, ADD, outer, IN) = EINVAL", kSets},
    Difference{"Epoll.OfAnotherEpollSet", "epoll_wait(outer) = 1 inner:IN", "epoll_wait(outer) = 0", kSets},
    Difference{"Poll.OfAnEpollSet", "poll(set) = nothing", "poll(set) = NVAL", kSets},
    Difference{"Poll.OfAnEpollSet", "await(set, IN)", "await(set, IN) in vain", kSets},
    Difference{"Poll.OfAnEpollSet", "poll(set) = IN", "poll(set) = NVAL", kSets},
    Difference{"Poll.OfAnEpollSet", "select(set) = 1 readable", "select(set) = 0", kSets},
    Difference{"Descriptor.OfAnEpollSetIsNotASocket", "poll(set) = nothing", "poll(set) = NVAL", kSets},
};

}  // namespace

std::span<const Difference> differences() { return kDifferences; }

std::string differences_page() {
  std::string page =
      "# Where our sockets answer otherwise than Linux\n\n"
      "The oracle test (`tests/oracle/`) makes the same socket calls on the kernel and on fourtuple and compares "
      "every\n"
      "answer: results, errno, poll bits, option values, addresses. What differs is listed here, each with its "
      "reason;\n"
      "anything else that differs fails the test, and so does a row that is no longer true. This page is written by\n"
      "`oracle --write-differences` from `tests/oracle/differences.cpp`.\n";
  const char* reason = nullptr;
  for (const Difference& one : kDifferences) {
    if (reason == nullptr || std::string(reason) != one.reason) {
      page += "\n## " + std::string(one.reason) + "\n\n| Test | Linux | fourtuple |\n|---|---|---|\n";
    }
    reason = one.reason;
    page += "| " + std::string(one.test) + " | `" + one.linux_says + "` | `" + one.we_say + "` |\n";
  }
  return page;
}

}  // namespace fourtuple::oracle
