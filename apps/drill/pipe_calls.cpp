// pipe() and splice(), and what else a script does with the ends of a pipe. Where a pipe would make its caller wait the
// answer is EAGAIN: nobody else could fill or empty it meanwhile.
#include <array>
#include <cerrno>
#include <fcntl.h>

#include "apps/drill/calls.hpp"
#include "apps/drill/outcome.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::drill {
namespace {

Answer refused(int error) {
  errno = error;
  return answer(-1);
}

// pipe([5, 6]) = 0: the script chooses the numbers, the reading end first.
Answer do_pipe(Desk& desk, const Call& call) {
  const Expression& ends = argument(call, 0);
  if (ends.parts.size() != 2) throw ScriptFailure(ends.position, "the two ends of a pipe are written [5, 6]");
  desk.open_pipe(number(ends.parts[0]), number(ends.parts[1]));
  return answer(0);
}

Answer from_empty(const Pipe& pipe) { return pipe.is_written ? refused(EAGAIN) : answer(0); }

Answer between_pipes(Pipe& from, Pipe& to, std::size_t size) {
  if (&from == &to) return refused(EINVAL);
  if (!to.is_read) return refused(EPIPE);
  if (from.octets.empty()) return from_empty(from);
  const std::size_t moved = to.put(from.front(size));
  from.drop(moved);
  return moved == 0 ? refused(EAGAIN) : answer(static_cast<std::int64_t>(moved));
}

Answer into_pipe(Desk& desk, const Expression& socket, Pipe& pipe, std::size_t size, int flags) {
  if (!pipe.is_read) return refused(EPIPE);
  if (pipe.room() == 0) return refused(EAGAIN);
  std::vector<std::uint8_t> octets(std::min(size, pipe.room()));
  const Answer given = answer(ft_recv(desk.live(socket), octets.data(), octets.size(), flags));
  if (given.value <= 0) return given;
  octets.resize(static_cast<std::size_t>(given.value));
  desk.received(socket, octets, true);
  pipe.put(octets);
  return given;
}

Answer out_of_pipe(Desk& desk, Pipe& pipe, const Expression& socket, std::size_t size, int flags) {
  const auto octets = pipe.front(size);
  if (octets.empty()) return from_empty(pipe);
  desk.note_foreign_text();
  const Answer given = answer(ft_send(desk.live(socket), octets.data(), octets.size(), flags));
  if (given.value > 0) pipe.drop(static_cast<std::size_t>(given.value));
  desk.sent(socket, given.value);
  return given;
}

// splice(4, NULL, 6, NULL, 1000, SPLICE_F_NONBLOCK) = 1000
Answer do_splice(Desk& desk, const Call& call) {
  const Expression& from = argument(call, 0);
  const Expression& to = argument(call, 2);
  const std::size_t size = buffer_size(argument(call, 4));
  const int flags = integer(argument(call, 5));
  if (!is_null(argument(call, 1)) || !is_null(argument(call, 3))) return refused(ESPIPE);
  const PipeEnd* const source = desk.pipe_end(from);
  const PipeEnd* const target = desk.pipe_end(to);
  const bool is_backwards = (source != nullptr && source->writes) || (target != nullptr && !target->writes);
  if (is_backwards || (source == nullptr && desk.live(from) < 0) || (target == nullptr && desk.live(to) < 0))
    return refused(EBADF);
  if (source == nullptr && target == nullptr) return refused(EINVAL);
  if (size == 0) return answer(0);
  if (source != nullptr && target != nullptr) return between_pipes(*source->pipe, *target->pipe, size);
  const int wait = (flags & SPLICE_F_NONBLOCK) != 0 ? MSG_DONTWAIT : 0;
  const int more = (flags & SPLICE_F_MORE) != 0 ? MSG_MORE : 0;
  if (target != nullptr) return into_pipe(desk, from, *target->pipe, size, wait);
  return out_of_pipe(desk, *source->pipe, to, size, wait | more);
}

Answer read_end(const PipeEnd& end, std::size_t size) {
  if (end.writes) return refused(EBADF);
  if (size == 0) return answer(0);
  if (end.pipe->octets.empty()) return from_empty(*end.pipe);
  const std::size_t count = std::min(size, end.pipe->octets.size());
  end.pipe->drop(count);
  return answer(static_cast<std::int64_t>(count));
}

Answer write_end(const PipeEnd& end, std::size_t size) {
  if (!end.writes) return refused(EBADF);
  if (!end.pipe->is_read) return refused(EPIPE);
  if (size == 0) return answer(0);
  const std::size_t count = end.pipe->put(std::vector<std::uint8_t>(std::min(size, end.pipe->room())));
  return count == 0 ? refused(EAGAIN) : answer(static_cast<std::int64_t>(count));
}

constexpr std::array kPipeCalls{CallName{"pipe", do_pipe}, CallName{"splice", do_splice}};

}  // namespace

std::span<const CallName> pipe_calls() { return kPipeCalls; }

std::optional<Answer> carry_out_on_pipe(Desk& desk, const Call& call) {
  const bool is_known = call.name == "read" || call.name == "write" || call.name == "close";
  if (!is_known || call.arguments.empty()) return std::nullopt;
  const PipeEnd* const end = desk.pipe_end(argument(call, 0));
  if (end == nullptr) return std::nullopt;
  if (call.name == "read") return read_end(*end, buffer_size(argument(call, 2)));
  if (call.name == "write") return write_end(*end, buffer_size(argument(call, 2)));
  desk.close_pipe_end(number(argument(call, 0)));
  return answer(0);
}

}  // namespace fourtuple::drill
