#include "apps/record/app_log.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>

namespace fourtuple::record {
namespace {

constexpr int kNextNumber = 1000;
constexpr std::int64_t kSecond = 1'000'000'000;

// Who and which: the two sides' sockets are numbered apart.
using SocketName = std::pair<std::string, std::uint64_t>;
SocketName socket_of(const HeardCall& call) { return {call.who, call.socket}; }

bool is_close(const HeardCall& call) { return call.name == "close"; }
bool is_error(const HeardCall& call) { return call.result.starts_with("\"ERR"); }

// 0 for other values.
std::uint64_t number_in(std::string_view value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size() ? number : 0;
}

void leave_out_closes_that_did_not_end(std::vector<HeardCall>& calls) {
  std::map<SocketName, std::int64_t> last_end;
  for (const HeardCall& call : calls) {
    std::int64_t& last = last_end[socket_of(call)];
    last = std::max(last, call.end());
  }
  std::erase_if(calls, [&](const HeardCall& call) { return is_close(call) && call.end() < last_end[socket_of(call)]; });
}

// Connections by the socket that they are: who opened it, under which descriptor, and whether somebody closed it.
struct Opened {
  int fd = -1;
  bool is_closed = false;
};

std::map<SocketName, Opened> connections_of(const std::vector<HeardCall>& calls) {
  std::map<SocketName, Opened> opened;
  for (const HeardCall& call : calls) {
    if (call.name == "accept" && call.opened != 0) opened[{call.who, call.opened}].fd = call.opened_fd;
    if (call.name == "connect" && !is_error(call)) opened[socket_of(call)].fd = call.fd;
    const auto found = is_close(call) ? opened.find(socket_of(call)) : opened.end();
    if (found != opened.end()) found->second.is_closed = true;
  }
  return opened;
}

void close_what_ended(std::vector<HeardCall>& calls, const std::vector<Ending>& endings) {
  for (const auto& [name, connection] : connections_of(calls)) {
    const auto ending = std::find_if(endings.begin(), endings.end(),
                                     [&who = name.first](const Ending& candidate) { return candidate.who == who; });
    if (connection.is_closed || ending == endings.end()) continue;
    HeardCall close{.start = ending->time,
                    .who = name.first,
                    .socket = name.second,
                    .fd = connection.fd,
                    .name = "close",
                    .argument = "\"exit\"",
                    .result = "null"};
    calls.push_back(std::move(close));
  }
}

// The numbers that the sockets of one side have in the story.
class Numbers {
 public:
  int of(std::uint64_t socket, int fd) {
    const auto known = numbers_.find(socket);
    if (known != numbers_.end()) return known->second;
    int number = fd;
    while (taken_.contains(number)) number += kNextNumber;
    numbers_[socket] = number;
    taken_[number] = socket;
    return number;
  }

  // The number may be another socket's from now on; the story goes on to call this one so.
  void release(std::uint64_t socket) {
    const auto known = numbers_.find(socket);
    if (known != numbers_.end()) taken_.erase(known->second);
  }

 private:
  std::unordered_map<std::uint64_t, int> numbers_;
  std::unordered_map<int, std::uint64_t> taken_;
};

// Precondition: in order of time. A number is free for what begins after its close: who reads the log from the front by
// descriptors then meets one socket after the other.
void number_descriptors(std::vector<HeardCall>& calls) {
  std::map<std::string, Numbers> sides;
  for (HeardCall& call : calls) {
    Numbers& numbers = sides[call.who];
    call.fd = numbers.of(call.socket, call.fd);
    if (call.opened != 0) call.opened_fd = numbers.of(call.opened, call.opened_fd);
    if (is_close(call)) numbers.release(call.socket);
  }
}

void sort_by_time(std::vector<HeardCall>& calls) {
  std::stable_sort(calls.begin(), calls.end(),
                   [](const HeardCall& a, const HeardCall& b) { return a.start < b.start; });
}

std::string seconds(std::int64_t nanoseconds) {
  return fmt::format("{}.{:09}", nanoseconds / kSecond, nanoseconds % kSecond);
}

// An accept's result names the peer and the new descriptor; what the kernel counted until a close was for us.
std::string result_of(const HeardCall& call) {
  if (is_close(call) && !is_error(call)) return "null";
  if (call.opened == 0 || call.result.size() < 2) return call.result;
  return fmt::format("{} fd={}\"", std::string_view(call.result).substr(0, call.result.size() - 1), call.opened_fd);
}

void append_call(std::string& text, const HeardCall& call, std::int64_t t0) {
  const std::int64_t since = std::max<std::int64_t>(call.start - t0, 0);
  fmt::format_to(std::back_inserter(text), R"({{"t":{},"dt":{},"who":"{}","fd":{},"call":"{}","arg":{},"res":{})",
                 seconds(since), seconds(call.took), call.who, call.fd, call.name, call.argument, result_of(call));
  if (call.local != "null") text += ",\"local\":" + call.local;
  text += '}';
}

}  // namespace

std::size_t half_heard_connections(const std::vector<HeardCall>& calls, std::string_view who) {
  struct Octets {
    std::uint64_t heard = 0;
    std::uint64_t written = 0;
  };
  std::unordered_map<std::uint64_t, Octets> sockets;
  for (const HeardCall& call : calls) {
    if (call.who != who) continue;
    if (call.name == "send") sockets[call.socket].heard += number_in(call.result);
    if (is_close(call)) sockets[call.socket].written = number_in(call.result);
  }
  return static_cast<std::size_t>(std::count_if(
      sockets.begin(), sockets.end(), [](const auto& entry) { return entry.second.written > entry.second.heard; }));
}

std::vector<HeardCall> as_one_story(std::vector<HeardCall> calls, const std::vector<Ending>& endings) {
  sort_by_time(calls);
  leave_out_closes_that_did_not_end(calls);
  close_what_ended(calls, endings);
  sort_by_time(calls);
  number_descriptors(calls);
  return calls;
}

std::string to_json(const std::vector<HeardCall>& story, std::int64_t t0) {
  std::string text = fmt::format("{{\"t0_epoch\":{},\"calls\":[", seconds(t0));
  std::string_view separator = "\n";
  for (const HeardCall& call : story) {
    text += separator;
    append_call(text, call, t0);
    separator = ",\n";
  }
  return text + "\n]}\n";
}

}  // namespace fourtuple::record
