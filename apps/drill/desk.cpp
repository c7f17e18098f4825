#include "apps/drill/desk.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

#include "apps/drill/outcome.hpp"
#include "apps/drill/payload.hpp"
#include "fourtuple/socket.h"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::drill {

Answer answer(std::int64_t value) {
  Answer given;
  given.value = value;
  given.error = value == -1 ? errno : 0;
  return given;
}

std::size_t buffer_size(const Expression& expression) {
  const std::int64_t size = number(expression);
  if (size >= 0 && size <= Desk::kMaxBuffer) return static_cast<std::size_t>(size);
  throw ScriptFailure(expression.position, fmt::format("a buffer of {} octets is more than a script may have", size));
}

Desk::Descriptor* Desk::find(const Expression& expression) {
  const auto found = descriptors_.find(number(expression));
  return found == descriptors_.end() ? nullptr : &found->second;
}

int Desk::live(const Expression& expression) const {
  const auto found = descriptors_.find(number(expression));
  return found == descriptors_.end() ? -1 : found->second.live;
}

void Desk::open(std::int64_t number, int live, int type) {
  descriptors_[number] = {.live = live, .type = type, .written = 0, .read = 0};
  if (type == 0) return;
  newest_ = live;
  for (const SocketDefault& one : defaults_) {
    const bool fits = one.level != IPPROTO_TCP || type == SOCK_STREAM;
    if (fits) ft_setsockopt(live, one.level, one.name, &one.value, sizeof one.value);
  }
}

void Desk::close_all() {
  for (const auto& [number, descriptor] : descriptors_) {
    // What remains is not waited for: the script is over.
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ft_setsockopt(descriptor.live, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ft_close(descriptor.live);
  }
  descriptors_.clear();
}

void Desk::open_pipe(std::int64_t reading, std::int64_t writing) {
  const auto pipe = std::make_shared<Pipe>();
  pipe_ends_[reading] = {pipe, false};
  pipe_ends_[writing] = {pipe, true};
}

const PipeEnd* Desk::pipe_end(const Expression& expression) const {
  const auto found = pipe_ends_.find(number(expression));
  return found == pipe_ends_.end() ? nullptr : &found->second;
}

void Desk::close_pipe_end(std::int64_t number) {
  const auto found = pipe_ends_.find(number);
  if (found == pipe_ends_.end()) return;
  (found->second.writes ? found->second.pipe->is_written : found->second.pipe->is_read) = false;
  pipe_ends_.erase(found);
}

void Desk::note_datagrams(int live) {
  sockaddr_in local{};
  sockaddr_in remote{};
  socklen_t size = sizeof local;
  int type = 0;
  socklen_t type_size = sizeof type;
  if (ft_getsockopt(live, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_DGRAM) return;
  if (ft_getsockname(live, reinterpret_cast<sockaddr*>(&local), &size) != 0) return;
  size = sizeof remote;
  FourTuple name{to_endpoint(local), connect_address()};
  if (ft_getpeername(live, reinterpret_cast<sockaddr*>(&remote), &size) == 0) name.remote = to_endpoint(remote);
  if (name.local.address.is_any()) name.local.address = names_.local;
  flows_.datagrams_on(wire::ip_protocol::kUdp, name);
}

std::vector<std::uint8_t> Desk::outgoing(const Expression& expression, const Expression& text, std::size_t size) {
  std::vector<std::uint8_t> octets(size);
  const Descriptor* const descriptor = find(expression);
  const bool is_stream = descriptor != nullptr && descriptor->type == SOCK_STREAM;
  fill_from(is_stream ? descriptor->written : 0, octets);
  if (text.kind != Expression::Kind::kString) return octets;
  note_foreign_text();
  std::copy_n(text.text.begin(), std::min(size, text.text.size()), octets.begin());
  return octets;
}

void Desk::sent(const Expression& expression, std::int64_t count) {
  Descriptor* const descriptor = find(expression);
  if (descriptor != nullptr && count > 0) descriptor->written += static_cast<std::uint64_t>(count);
}

void Desk::received(const Expression& expression, ByteView octets, bool moves) {
  Descriptor* const descriptor = find(expression);
  if (descriptor == nullptr || octets.empty()) return;
  const std::uint64_t offset = descriptor->type == SOCK_STREAM ? descriptor->read : 0;
  if (is_comparable_ && payload_fault_.empty() && !is_from(offset, octets)) {
    payload_fault_ =
        fmt::format("the {} octets delivered from {} on are not those that were sent there", octets.size(), offset + 1);
  }
  if (moves) descriptor->read += octets.size();
}

void Desk::skipped(const Expression& expression, std::size_t count) {
  Descriptor* const descriptor = find(expression);
  if (descriptor != nullptr) descriptor->read += count;
}

}  // namespace fourtuple::drill
