// Calls that carry data. Buffers are `...` in a script: what is written tells its place in the stream, and what is read
// is compared with what the far end's packets carried.
#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

#include "apps/drill/calls.hpp"
#include "apps/drill/outcome.hpp"
#include "apps/drill/symbols.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::drill {
namespace {

using Octets = std::vector<std::uint8_t>;

// The pieces of an iovec, as sizes: [{..., 1000}, {"abc", 3}].
std::vector<std::size_t> piece_sizes(const Expression& list) {
  std::vector<std::size_t> sizes;
  for (const Expression& piece : list.parts) {
    const Expression* size = field(piece, "iov_len");
    if (size == nullptr && piece.fields.size() == 2 && !piece.fields[1].value.empty())
      size = &piece.fields[1].value.front();
    if (size == nullptr) throw ScriptFailure(piece.position, "a piece of an iovec is written {..., 1000}");
    sizes.push_back(buffer_size(*size));
  }
  return sizes;
}

struct Pieces {
  Octets octets;
  std::vector<iovec> vectors;
};

Pieces cut(Octets octets, const std::vector<std::size_t>& sizes) {
  Pieces pieces{std::move(octets), {}};
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    pieces.vectors.push_back({pieces.octets.data() + at, size});
    at += size;
  }
  return pieces;
}

std::size_t total(const std::vector<std::size_t>& sizes) {
  std::size_t sum = 0;
  for (const std::size_t size : sizes) sum += size;
  return sum;
}

const Expression& any_text() {
  static const Expression kEllipsis;
  return kEllipsis;
}

// --- reading

Answer note_received(Desk& desk, const Call& call, Answer given, const Octets& octets, int flags) {
  if (given.value <= 0) return given;
  const auto count = static_cast<std::size_t>(given.value);
  const Expression& descriptor = argument(call, 0);
  const ByteView came = ByteView(octets).first(std::min(count, octets.size()));
  if ((flags & MSG_OOB) != 0) {
    desk.note_urgent();
  } else if ((flags & MSG_TRUNC) != 0) {
    desk.skipped(descriptor, count);
  } else {
    desk.received(descriptor, came, (flags & MSG_PEEK) == 0);
  }
  return given;
}

Answer receive(Desk& desk, const Call& call, int flags) {
  const bool is_null_buffer = is_null(argument(call, 1));
  Octets octets(is_null_buffer ? 0 : buffer_size(argument(call, 2)));
  const auto size = static_cast<std::size_t>(number(argument(call, 2)));
  const int live = desk.live(argument(call, 0));
  std::uint8_t nothing = 0;
  void* const to = is_null_buffer ? nullptr : octets.empty() ? &nothing : octets.data();
  const Answer given = answer(ft_recv(live, to, size, flags));
  return note_received(desk, call, given, octets, flags);
}

Answer do_read(Desk& desk, const Call& call) { return receive(desk, call, 0); }
Answer do_recv(Desk& desk, const Call& call) { return receive(desk, call, integer(argument(call, 3))); }

// recvfrom(3, ..., 1000, 0, ..., ...): the sender's address is compared where the script writes one.
Answer do_recvfrom(Desk& desk, const Call& call) {
  const int flags = integer(argument(call, 3));
  const Expression& wanted = argument(call, 4);
  Octets octets(buffer_size(argument(call, 2)));
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const bool wants_name = !is_null(wanted);
  Answer given =
      answer(ft_recvfrom(desk.live(argument(call, 0)), octets.data(), octets.size(), flags,
                         wants_name ? reinterpret_cast<sockaddr*>(&from) : nullptr, wants_name ? &size : nullptr));
  if (given.value >= 0 && wanted.kind == Expression::Kind::kStruct) {
    const Endpoint came = to_endpoint(from);
    const Endpoint expected = to_endpoint(socket_address(wanted, came));
    if (came != expected)
      given.differences.push_back(fmt::format("sender {} instead of {}", to_string(came), to_string(expected)));
  }
  return note_received(desk, call, given, octets, flags);
}

Answer do_readv(Desk& desk, const Call& call) {
  const auto sizes = piece_sizes(argument(call, 1));
  Pieces pieces = cut(Octets(total(sizes)), sizes);
  const Answer given =
      answer(ft_readv(desk.live(argument(call, 0)), pieces.vectors.data(), integer(argument(call, 2))));
  return note_received(desk, call, given, pieces.octets, 0);
}

// Control messages by level and type; their data is the stack's affair.
std::string control_text(msghdr& message) {
  std::string text;
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one))
    text += fmt::format("{}{}/{}", text.empty() ? "" : ", ", one->cmsg_level, one->cmsg_type);
  return text.empty() ? "none" : text;
}
std::string wanted_control_text(const Expression& list) {
  std::string text;
  for (const Expression& one : list.parts) {
    text += fmt::format("{}{}/{}", text.empty() ? "" : ", ", field_number(one, "cmsg_level", 0),
                        field_number(one, "cmsg_type", 0));
  }
  return text.empty() ? "none" : text;
}

void compare_message(Answer& given, const Expression& wanted, msghdr& message) {
  if (const Expression* const flags = field(wanted, "msg_flags"); flags != nullptr && !flags->is_ellipsis()) {
    if (integer(*flags) != message.msg_flags)
      given.differences.push_back(fmt::format("msg_flags {:#x} instead of {:#x}", message.msg_flags, integer(*flags)));
  }
  const Expression* const control = field(wanted, "msg_control");
  if (control == nullptr || control->kind != Expression::Kind::kList) return;
  const std::string came = control_text(message);
  const std::string expected = wanted_control_text(*control);
  if (came != expected) given.differences.push_back(fmt::format("control messages {} instead of {}", came, expected));
}

const Expression& pieces_of(const Expression& message) {
  if (const Expression* const pieces = field(message, "msg_iov")) return *pieces;
  throw ScriptFailure(message.position, "a message needs msg_iov(1)=[{..., 1000}]");
}

Answer do_recvmsg(Desk& desk, const Call& call) {
  const Expression& wanted = argument(call, 1);
  const int flags = integer(argument(call, 2));
  const auto sizes = piece_sizes(pieces_of(wanted));
  Pieces pieces = cut(Octets(total(sizes)), sizes);
  std::array<std::uint8_t, 1024> control{};
  sockaddr_in from{};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = pieces.vectors.data();
  message.msg_iovlen = pieces.vectors.size();
  if (field(wanted, "msg_control") != nullptr) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
  }
  Answer given = answer(ft_recvmsg(desk.live(argument(call, 0)), &message, flags));
  if (given.value >= 0) compare_message(given, wanted, message);
  return note_received(desk, call, given, pieces.octets, flags);
}

// --- writing

Answer note_sent(Desk& desk, const Call& call, const Answer& given) {
  desk.sent(argument(call, 0), given.value);
  return given;
}

Answer send(Desk& desk, const Call& call, int flags) {
  const bool is_null_buffer = is_null(argument(call, 1));
  const std::size_t size = buffer_size(argument(call, 2));
  const Octets octets = desk.outgoing(argument(call, 0), argument(call, 1), size);
  const std::uint8_t nothing = 0;
  const void* const from = is_null_buffer ? nullptr : octets.empty() ? &nothing : octets.data();
  return note_sent(desk, call, answer(ft_send(desk.live(argument(call, 0)), from, size, flags)));
}

Answer do_write(Desk& desk, const Call& call) { return send(desk, call, 0); }
Answer do_send(Desk& desk, const Call& call) { return send(desk, call, integer(argument(call, 3))); }

Answer do_sendto(Desk& desk, const Call& call) {
  const Octets octets = desk.outgoing(argument(call, 0), argument(call, 1), buffer_size(argument(call, 2)));
  const int flags = integer(argument(call, 3));
  const int live = desk.live(argument(call, 0));
  const Expression& target = argument(call, 4);
  if (is_null(target)) return note_sent(desk, call, answer(ft_send(live, octets.data(), octets.size(), flags)));
  sockaddr_in to = socket_address(target, desk.connect_address());
  return note_sent(
      desk, call,
      answer(ft_sendto(live, octets.data(), octets.size(), flags, reinterpret_cast<const sockaddr*>(&to), sizeof to)));
}

Answer do_writev(Desk& desk, const Call& call) {
  const auto sizes = piece_sizes(argument(call, 1));
  const Pieces pieces = cut(desk.outgoing(argument(call, 0), any_text(), total(sizes)), sizes);
  return note_sent(desk, call,
                   answer(ft_writev(desk.live(argument(call, 0)), pieces.vectors.data(), integer(argument(call, 2)))));
}

Answer do_sendmsg(Desk& desk, const Call& call) {
  const Expression& content = argument(call, 1);
  const auto sizes = piece_sizes(pieces_of(content));
  Pieces pieces = cut(desk.outgoing(argument(call, 0), any_text(), total(sizes)), sizes);
  sockaddr_in to{};
  msghdr message{};
  message.msg_iov = pieces.vectors.data();
  message.msg_iovlen = pieces.vectors.size();
  const Expression* const name = field(content, "msg_name");
  if (name != nullptr && name->kind == Expression::Kind::kStruct) {
    to = socket_address(*name, desk.connect_address());
    message.msg_name = &to;
    message.msg_namelen = sizeof to;
  }
  return note_sent(desk, call, answer(ft_sendmsg(desk.live(argument(call, 0)), &message, integer(argument(call, 2)))));
}

constexpr std::array kDataCalls{
    CallName{"read", do_read},       CallName{"recv", do_recv},       CallName{"recvfrom", do_recvfrom},
    CallName{"readv", do_readv},     CallName{"recvmsg", do_recvmsg}, CallName{"write", do_write},
    CallName{"send", do_send},       CallName{"sendto", do_sendto},   CallName{"writev", do_writev},
    CallName{"sendmsg", do_sendmsg},
};

}  // namespace

std::span<const CallName> data_calls() { return kDataCalls; }

}  // namespace fourtuple::drill
