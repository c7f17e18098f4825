// Calls that make, name and end sockets.
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include "apps/drill/calls.hpp"
#include "apps/drill/outcome.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::drill {
namespace {

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

Answer descriptor_answer(std::int64_t value, int type) {
  Answer given = answer(value);
  given.is_descriptor = true;
  given.type = type;
  return given;
}

Answer do_socket(Desk&, const Call& call) {
  const Expression& domain = argument(call, 0);
  const int type = integer(argument(call, 1));
  const int live = ft_socket(domain.is_ellipsis() ? AF_INET : integer(domain), type, integer(argument(call, 2)));
  return descriptor_answer(live, type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC));
}

Answer do_bind(Desk& desk, const Call& call) {
  sockaddr_in address = socket_address(argument(call, 1), desk.bind_address());
  const Expression& size = argument(call, 2);
  const int live = desk.live(argument(call, 0));
  const Answer given = answer(ft_bind(
      live, generic(address), size.is_ellipsis() ? socklen_t{sizeof address} : static_cast<socklen_t>(integer(size))));
  if (given.value == 0) desk.note_datagrams(live);
  return given;
}

bool is_listening(int live) {
  int value = 0;
  socklen_t size = sizeof value;
  return ft_getsockopt(live, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

// A listener that only changes its backlog goes on with the conversation that it has.
Answer do_listen(Desk& desk, const Call& call) {
  const int live = desk.live(argument(call, 0));
  if (is_listening(live)) return answer(ft_listen(live, integer(argument(call, 1))));
  const Answer given = answer(ft_listen(live, integer(argument(call, 1))));
  sockaddr_in local{};
  socklen_t size = sizeof local;
  if (given.value == 0 && ft_getsockname(live, generic(local), &size) == 0) desk.flows().listen_on(to_endpoint(local));
  return given;
}

// The address that came is not compared: ports of the far end are ours to choose.
Answer accept_with(Desk& desk, const Call& call, int flags) {
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const bool wants_name = !is_null(argument(call, 1));
  const int live = ft_accept4(desk.live(argument(call, 0)), wants_name ? generic(from) : nullptr,
                              wants_name ? &size : nullptr, flags);
  Answer given = descriptor_answer(live, SOCK_STREAM);
  if (live >= 0 && wants_name && (from.sin_family != AF_INET || size != sizeof from))
    given.differences.emplace_back("no name of the other end came");
  return given;
}
Answer do_accept(Desk& desk, const Call& call) { return accept_with(desk, call, 0); }
Answer do_accept4(Desk& desk, const Call& call) { return accept_with(desk, call, integer(argument(call, 3))); }

Answer do_connect(Desk& desk, const Call& call) {
  sockaddr_in address = socket_address(argument(call, 1), desk.connect_address());
  const Expression& size = argument(call, 2);
  const int live = desk.live(argument(call, 0));
  desk.flows().connect_from();
  const Answer given = answer(ft_connect(
      live, generic(address), size.is_ellipsis() ? socklen_t{sizeof address} : static_cast<socklen_t>(integer(size))));
  if (given.value == 0) desk.note_datagrams(live);
  return given;
}

Answer do_close(Desk& desk, const Call& call) {
  const Expression& descriptor = argument(call, 0);
  const Answer given = answer(ft_close(desk.live(descriptor)));
  if (given.value == 0) desk.close(number(descriptor));
  return given;
}

Answer do_shutdown(Desk& desk, const Call& call) {
  return answer(ft_shutdown(desk.live(argument(call, 0)), integer(argument(call, 1))));
}

Answer do_dup(Desk& desk, const Call& call) {
  return descriptor_answer(ft_dup(desk.live(argument(call, 0))), SOCK_STREAM);
}

Answer do_fcntl(Desk& desk, const Call& call) {
  const int live = desk.live(argument(call, 0));
  const int command = integer(argument(call, 1));
  if (call.arguments.size() < 3) return answer(ft_fcntl(live, command));
  return answer(ft_fcntl(live, command, integer(argument(call, 2))));
}

// ioctl(4, SIOCINQ, [1000]) = 0: the number is what must come out, except for FIONBIO, where it goes in.
Answer do_ioctl(Desk& desk, const Call& call) {
  const int live = desk.live(argument(call, 0));
  const auto request = static_cast<unsigned long>(number(argument(call, 1)));
  const bool has_value = call.arguments.size() > 2 && !argument(call, 2).is_ellipsis() && !is_null(argument(call, 2));
  const int wanted = has_value ? integer(argument(call, 2)) : 0;
  int value = request == FIONBIO ? wanted : 0;
  Answer given = answer(ft_ioctl(live, request, &value));
  if (given.value == 0 && has_value && value != wanted)
    given.differences.push_back(fmt::format("value {} instead of {}", value, wanted));
  return given;
}

constexpr std::array kOpeningCalls{
    CallName{"socket", do_socket}, CallName{"bind", do_bind},         CallName{"listen", do_listen},
    CallName{"accept", do_accept}, CallName{"accept4", do_accept4},   CallName{"connect", do_connect},
    CallName{"close", do_close},   CallName{"shutdown", do_shutdown}, CallName{"dup", do_dup},
    CallName{"fcntl", do_fcntl},   CallName{"ioctl", do_ioctl},
};

}  // namespace

std::span<const CallName> opening_calls() { return kOpeningCalls; }

}  // namespace fourtuple::drill
