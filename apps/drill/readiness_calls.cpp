// poll and epoll.
#include <array>
#include <cerrno>
#include <fmt/format.h>

#include "apps/drill/calls.hpp"
#include "apps/drill/outcome.hpp"
#include "apps/drill/symbols.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::drill {
namespace {

constexpr std::size_t kMaxEvents = 4096;

const Expression& needed_field(const Expression& structure, std::string_view name) {
  if (const Expression* const value = field(structure, name)) return *value;
  throw ScriptFailure(structure.position, fmt::format("the field '{}' is missing", name));
}

// poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1
Answer do_poll(Desk& desk, const Call& call) {
  const Expression& list = argument(call, 0);
  std::vector<pollfd> descriptors;
  for (const Expression& one : list.parts) {
    const auto events = static_cast<short>(number(needed_field(one, "events")));
    descriptors.push_back({desk.live(needed_field(one, "fd")), events, 0});
  }
  const auto count = static_cast<std::size_t>(number(argument(call, 1)));
  if (count > descriptors.size())
    throw ScriptFailure(list.position,
                        fmt::format("{} descriptors are announced and {} written", count, descriptors.size()));
  Answer given = answer(ft_poll(descriptors.data(), count, integer(argument(call, 2))));
  for (std::size_t i = 0; i < count; ++i) {
    const Expression* const wanted = field(list.parts[i], "revents");
    if (given.value < 0 || wanted == nullptr || wanted->is_ellipsis()) continue;
    const auto came = static_cast<std::uint16_t>(descriptors[i].revents);
    const auto expected = static_cast<std::uint16_t>(number(*wanted));
    if (came != expected) {
      given.differences.push_back(fmt::format("revents of descriptor {}: {} instead of {}",
                                              number(needed_field(list.parts[i], "fd")), poll_names(came),
                                              poll_names(expected)));
    }
  }
  return given;
}

Answer epoll_answer(int live) {
  Answer given = answer(live);
  given.is_descriptor = true;
  return given;
}

Answer do_epoll_create(Desk&, const Call& call) {
  if (integer(argument(call, 0)) > 0) return epoll_answer(ft_epoll_create1(0));
  errno = EINVAL;
  return epoll_answer(-1);
}
Answer do_epoll_create1(Desk&, const Call& call) { return epoll_answer(ft_epoll_create1(integer(argument(call, 0)))); }

// What the program keeps with a descriptor, under any of its names.
std::int64_t data_of(const Expression& event) {
  for (const std::string_view name : {"fd", "u32", "u64", "ptr", "data"}) {
    const Expression* const value = field(event, name);
    if (value != nullptr && !value->is_ellipsis()) return number(*value);
  }
  return 0;
}

Answer do_epoll_ctl(Desk& desk, const Call& call) {
  epoll_event event{};
  const bool has_event = call.arguments.size() > 3 && argument(call, 3).kind == Expression::Kind::kStruct;
  if (has_event) {
    event.events = static_cast<std::uint32_t>(number(needed_field(argument(call, 3), "events")));
    event.data.u64 = static_cast<std::uint64_t>(data_of(argument(call, 3)));
  }
  return answer(ft_epoll_ctl(desk.live(argument(call, 0)), integer(argument(call, 1)), desk.live(argument(call, 2)),
                             has_event ? &event : nullptr));
}

void compare_event(Answer& given, const Expression& wanted, const epoll_event& came, std::size_t index) {
  if (wanted.kind != Expression::Kind::kStruct) return;
  const Expression* const events = field(wanted, "events");
  const std::uint32_t bits = came.events;
  if (events != nullptr && !events->is_ellipsis() && bits != static_cast<std::uint32_t>(number(*events))) {
    given.differences.push_back(fmt::format("events[{}] {} instead of {}", index, epoll_names(bits),
                                            epoll_names(static_cast<std::uint32_t>(number(*events)))));
  }
  const std::int64_t data = data_of(wanted);
  const std::uint64_t kept = came.data.u64;
  if (data != 0 && kept != static_cast<std::uint64_t>(data))
    given.differences.push_back(fmt::format("events[{}] is of descriptor {} instead of {}", index, kept, data));
}

// epoll_wait(4, {events=EPOLLIN, fd=5}, 1, 0) = 1, or a list of such events.
Answer do_epoll_wait(Desk& desk, const Call& call) {
  const Expression& wanted = argument(call, 1);
  const int count = integer(argument(call, 2));
  std::array<epoll_event, kMaxEvents> events{};
  if (count > static_cast<int>(kMaxEvents))
    throw ScriptFailure(wanted.position, fmt::format("{} events at once are too many", count));
  Answer given = answer(ft_epoll_wait(desk.live(argument(call, 0)), events.data(), count, integer(argument(call, 3))));
  const bool is_list = wanted.kind == Expression::Kind::kList;
  for (std::size_t i = 0; given.value > 0 && i < static_cast<std::size_t>(given.value); ++i) {
    if (is_list && i < wanted.parts.size()) compare_event(given, wanted.parts[i], events[i], i);
    if (!is_list && i == 0) compare_event(given, wanted, events[i], i);
  }
  return given;
}

constexpr std::array kReadinessCalls{
    CallName{"poll", do_poll},
    CallName{"epoll_create", do_epoll_create},
    CallName{"epoll_create1", do_epoll_create1},
    CallName{"epoll_ctl", do_epoll_ctl},
    CallName{"epoll_wait", do_epoll_wait},
};

}  // namespace

std::span<const CallName> readiness_calls() { return kReadinessCalls; }

}  // namespace fourtuple::drill
