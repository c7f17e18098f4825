#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "apps/replay/inference.hpp"
#include "apps/replay/sidecar_log.hpp"

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using judge::Call;

constexpr std::uint64_t kOutOfBand = 1;  // MSG_OOB
constexpr std::uint64_t kPeek = 2;       // MSG_PEEK

// The socket of one host in the log: a descriptor of a process, from the call that opened it on.
struct LoggedSocket {
  std::size_t opening = 0;  // the connect or accept, as an index into the log
  std::string who;
  std::int64_t fd = -1;
  bool active = false;
  std::int64_t listening_fd = -1;
};

// "10.77.0.1:35362 fd=5"
struct Accepted {
  std::string_view peer;
  std::int64_t fd = -1;
};
std::optional<Accepted> accepted_by(const LoggedCall& call) {
  const std::size_t mark = call.result.find(" fd=");
  if (call.name != "accept" || mark == std::string::npos) return std::nullopt;
  return Accepted{std::string_view(call.result).substr(0, mark), std::atoll(call.result.c_str() + mark + 4)};
}

class SocketFinder {
 public:
  SocketFinder(const std::vector<LoggedCall>& log, std::string peer, std::chrono::nanoseconds opened)
      : log_(log), peer_(std::move(peer)), opened_(opened) {}

  // Of several that bear the peer's name, the one that was opened closest to the SYN.
  std::optional<LoggedSocket> find() {
    for (std::size_t i = 0; i < log_.size(); ++i) {
      const auto accepted = accepted_by(log_[i]);
      if (accepted && accepted->peer == peer_) {
        offer({i, log_[i].who, accepted->fd, false, log_[i].fd}, log_[i].time + log_[i].duration);
      } else if (log_[i].name == "connect" && log_[i].argument == peer_) {
        offer({i, log_[i].who, log_[i].fd, true, -1}, log_[i].time);
      }
    }
    return best_;
  }
  [[nodiscard]] std::chrono::nanoseconds away() const { return away_; }

 private:
  void offer(const LoggedSocket& socket, std::chrono::nanoseconds time) {
    const auto away = time > opened_ ? time - opened_ : opened_ - time;
    if (!best_ || away < away_) {
      best_ = socket;
      away_ = away;
    }
  }

  const std::vector<LoggedCall>& log_;
  std::string peer_;
  std::chrono::nanoseconds opened_;
  std::optional<LoggedSocket> best_;
  std::chrono::nanoseconds away_{};
};

// Options of the listener that it came from are its own.
bool is_inherited(const LoggedSocket& socket, const std::vector<LoggedCall>& log, std::size_t at) {
  return !socket.active && log[at].fd == socket.listening_fd && log[at].name == "setsockopt" && at < socket.opening;
}

// The calls on that socket: back to the close before it was opened (options may come first), on to its own close.
std::vector<const LoggedCall*> calls_on(const LoggedSocket& socket, const std::vector<LoggedCall>& log) {
  std::vector<const LoggedCall*> calls;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].who != socket.who || (log[i].fd != socket.fd && !is_inherited(socket, log, i))) continue;
    calls.push_back(&log[i]);
    if (log[i].name != "close") continue;
    if (i > socket.opening) break;
    calls.clear();
  }
  return calls;
}

bool is_sending(const std::string& name) {
  return name == "send" || name == "sendall" || name == "write" || name == "writev" || name == "sendmsg" ||
         name == "sendfile";
}
bool is_receiving(const std::string& name) {
  return name == "recv" || name == "read" || name == "readv" || name == "recvmsg" || name == "recvfrom";
}

// "TCP_KEEPIDLE=1" with that name: the number.
std::optional<std::int64_t> option_value(const LoggedCall& call, std::string_view name) {
  if (call.name != "setsockopt" || !call.argument.starts_with(name) || call.argument.size() <= name.size() ||
      call.argument[name.size()] != '=') {
    return std::nullopt;
  }
  return std::atoll(call.argument.c_str() + name.size() + 1);
}

// Writes a socket's calls down as a plan.
class Transcript {
 public:
  Transcript(const HostView& view, std::chrono::nanoseconds capture_start, ApplicationPlan& plan)
      : view_(view), capture_start_(capture_start), plan_(plan) {}

  void add_opening(const LoggedCall& call, bool active) {
    plan_.active = active;
    if (active) {
      push(call, Call::Kind::kConnect);
    } else if (!view_.frames.empty()) {  // it listened long before; what matters is that it did
      PlannedCall listen;
      listen.kind = Call::Kind::kListen;
      listen.time = view_.frames.front().time;
      plan_.calls.push_back(listen);
    }
  }

  void add(const LoggedCall& call) {
    if (call.has_failed()) add_failure(call);
    if (is_sending(call.name)) {
      add_write(call);
    } else if (is_receiving(call.name)) {
      add_read(call);
    } else if (call.name == "shutdown" && !call.has_failed() && call.argument != "RD") {
      push(call, Call::Kind::kShutdown);
      plan_.close = CloseKind::kShutdown;
    } else if (call.name == "close") {
      add_close(call);
    } else if (call.name == "setsockopt") {
      add_option(call);
    }
  }

  // What was written beyond the octets that the capture has never left the host, and nobody knows what it was.
  [[nodiscard]] bool has_all_octets() const { return written_ >= plan_.stream.size(); }
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] bool has_vanished() const { return has_vanished_; }

 private:
  void push(const LoggedCall& call, Call::Kind kind, std::uint64_t octets = 0) {
    PlannedCall planned;
    planned.kind = kind;
    planned.time = call.time - capture_start_;
    planned.octets = octets;
    planned.after_frame = last_frame_before(planned.time);
    plan_.calls.push_back(planned);
  }

  [[nodiscard]] std::optional<std::size_t> last_frame_before(capture::CaptureTime time) const {
    const auto later = std::upper_bound(view_.frames.begin(), view_.frames.end(), time,
                                        [](capture::CaptureTime t, const LivedFrame& frame) { return t < frame.time; });
    if (later == view_.frames.begin()) return std::nullopt;
    const LivedFrame& last = *std::prev(later);
    return last.sent ? last.after : std::optional(last.index);
  }

  void add_write(const LoggedCall& call) {
    const std::uint64_t left = plan_.stream.size() - std::min<std::uint64_t>(written_, plan_.stream.size());
    // Of a loop of writes that failed in its midst nobody wrote down how much went: as much as can be seen.
    const std::uint64_t failed = call.name == "sendall" ? left : 0;
    const std::uint64_t wanted = call.has_failed() ? failed : call.result_octets.value_or(call.length.value_or(0));
    const std::uint64_t octets = std::min(wanted, left);
    written_ += wanted;
    if (octets > 0) push(call, (call.flags & kOutOfBand) != 0 ? Call::Kind::kPushUrgent : Call::Kind::kWrite, octets);
  }

  // What the stack told the application: there was nothing to close any more.
  void add_failure(const LoggedCall& call) {
    const auto says = [&](std::string_view words) { return call.result.find(words) != std::string::npos; };
    const bool has_timed_out = says("timed out") || says("o route to host") || says("unreachable");
    if (has_timed_out) plan_.close = CloseKind::kTimeout;
    if (says("refused")) plan_.close = CloseKind::kRefused;
    is_dead_ = is_dead_ || plan_.close != CloseKind::kNone || says("reset") || says("roken pipe");
  }

  void add_read(const LoggedCall& call) {
    if ((call.flags & kPeek) != 0 || !call.result_octets) return;
    plan_.reads_by_plan = true;
    read_ += *call.result_octets;
    if (*call.result_octets > 0) push(call, Call::Kind::kRead, *call.result_octets);
  }

  void add_close(const LoggedCall& call) {
    if (has_vanished_ || plan_.close == CloseKind::kTimeout) return;  // the stack gives up by itself
    push(call, lingers_not_ ? Call::Kind::kAbort : Call::Kind::kClose);
    if (is_dead_) return;  // there was nothing to close any more
    if (lingers_not_ || has_unread(call.time - capture_start_)) {
      plan_.close = CloseKind::kAbort;
    } else if (plan_.close == CloseKind::kNone) {
      plan_.close = CloseKind::kClose;
    }
  }

  // Octets had come that were never read: closing resets. [RFC9293 SHLD-3]
  [[nodiscard]] bool has_unread(capture::CaptureTime time) const {
    StreamOffset acknowledged = 1;
    for (const LivedFrame& frame : view_.frames) {
      if (frame.time > time) break;
      if (frame.sent && frame.flags.ack() && !frame.flags.rst()) acknowledged = std::max(acknowledged, frame.ack);
    }
    return plan_.reads_by_plan && acknowledged > static_cast<StreamOffset>(read_) + 2;  // SYN and FIN
  }

  void add_option(const LoggedCall& call) {
    if (option_value(call, "TCP_NODELAY").value_or(0) != 0) push(call, Call::Kind::kNoDelay);
    if (option_value(call, "SO_KEEPALIVE").value_or(0) != 0) push(call, Call::Kind::kKeepAlive);
    if (call.argument.starts_with("SO_LINGER{1,0}")) lingers_not_ = true;
    if (option_value(call, "TCP_REPAIR").value_or(0) != 0) has_vanished_ = true;
    const auto idle = option_value(call, "TCP_KEEPIDLE");
    const auto interval = option_value(call, "TCP_KEEPINTVL");
    for (PlannedCall& planned : plan_.calls) {
      if (planned.kind != Call::Kind::kKeepAlive) continue;
      if (idle) planned.idle = std::chrono::seconds(*idle);
      if (interval) planned.interval = std::chrono::seconds(*interval);
    }
  }

  const HostView& view_;
  std::chrono::nanoseconds capture_start_;
  ApplicationPlan& plan_;
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
  bool lingers_not_ = false;
  bool has_vanished_ = false;  // closed without a word on the wire
  bool is_dead_ = false;       // the other host, or time, ended the connection before the application did
};

std::uint64_t largest_window(const HostView& view) {
  std::uint64_t largest = 0;
  for (const LivedFrame& frame : view.frames)
    if (frame.sent && frame.flags.ack()) largest = std::max(largest, frame.window);
  return largest;
}

tl::unexpected<SetupError> speaks_of_others(const std::string& path, std::string what) {
  return failure(
      SetupError{fmt::format("{} {}", path, what), "give the log that was written beside this capture", false});
}

}  // namespace

SetupResult<ApplicationPlan> read_sidecar(const std::string& path, const Conversation& conversation, Host host,
                                          std::chrono::nanoseconds capture_start) {
  const auto log = read_call_log(path);
  if (!log) return failure(log.error());
  const HostView view = view_of(conversation, host);
  const std::string peer = to_string(conversation.host(other(host)));
  const auto first = conversation.frames.empty() ? capture::CaptureTime{} : conversation.frames.front().time;
  SocketFinder finder(*log, peer, capture_start + first);
  const auto socket = finder.find();
  if (!socket) return speaks_of_others(path, fmt::format("has no connect to {} and no accept from there", peer));
  if (finder.away() > 10min) return speaks_of_others(path, "was written at another time than the capture");

  ApplicationPlan plan;
  plan.host = host;
  plan.is_inferred = false;
  plan.stream = written_stream(conversation, view);
  Transcript transcript(view, capture_start, plan);
  transcript.add_opening((*log)[socket->opening], socket->active);
  for (const LoggedCall* call : calls_on(*socket, *log)) transcript.add(*call);
  if (!transcript.has_all_octets()) {
    return speaks_of_others(path, fmt::format("has writes of {} octets in all, the capture has {}",
                                              transcript.written(), plan.stream.size()));
  }
  if (transcript.has_vanished()) infer_closing(view, plan);
  plan.receive_buffer = plan.reads_by_plan ? largest_window(view) : 0;
  sort_calls(plan.calls);
  return plan;
}

}  // namespace fourtuple::replay
