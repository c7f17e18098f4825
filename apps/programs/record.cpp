// record: a command in a private world, a capture of what passed, and a log of every socket call.
#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "apps/programs.hpp"
#include "apps/record/app_log.hpp"
#include "apps/record/between.hpp"
#include "apps/record/listening.hpp"
#include "apps/record/recorded_socket.hpp"
#include "apps/record/services.hpp"
#include "apps/record/strays.hpp"
#include "apps/report.hpp"
#include "apps/station/program.hpp"
#include "apps/world/child_process.hpp"
#include "stack/observe/rows.hpp"

namespace fourtuple::apps {
namespace {

using record::HeardCall;
using record::Listening;
using record::OwnSockets;
using record::Recording;

struct Recorded {
  int code = kFailed;
  std::optional<Recording> recording;  // nothing where it did not come to one, which has been told
};

constexpr std::int64_t kSecond = 1'000'000'000;

// The other side's last words belong to the recording.
bool is_talking(Runtime& runtime) {
  return runtime.with_stack([](Stack& stack, Instant now) {
    const observe::Rows rows = observe::snapshot(stack, now, false);
    return std::any_of(rows.begin(), rows.end(), [](const observe::Row& row) {
      return row.kind == observe::RowKind::kTcp && row.state != TcpState::kListen && row.state != TcpState::kTimeWait;
    });
  });
}

std::int64_t wall_time_of(std::chrono::steady_clock::time_point moment) {
  const auto ago = std::chrono::steady_clock::now() - moment;
  return record::wall_clock() - std::chrono::duration_cast<std::chrono::nanoseconds>(ago).count();
}

SetupResult<Program::Holding> start_recording(Program& host, const std::shared_ptr<OwnSockets>& sockets) {
  if (host.station().link_kind() == LinkChoice::kMemory) {
    return failure(SetupError{.cause = "a command needs the kernel at the other end, and here is only a wire in memory",
                              .cure = "see above what keeps the kernel out",
                              .environment = true});
  }
  host.tell_signals();
  host.set_busy([&host, sockets] { return !sockets->are_all_closed() || is_talking(host.station().runtime()); });
  host.set_ready(
      fmt::format("our stack is at {}: {}", to_string(host.station().address()), record::describe_services()));
  return record::start_services(host, sockets);
}

Recorded record_against_us(const RecordOptions& options, const Listening& listening) {
  Recording recording;
  AttachOptions attach = options.attach;
  attach.pcap = options.out + ".pcap";
  attach.vnet_header = VnetChoice::kOff;  // frames as they would be on a cable
  recording.captures.push_back(attach.pcap);
  listening.expect("client");
  const auto sockets = std::make_shared<OwnSockets>();
  Program program("record", attach);
  bool is_started = false;
  recording.code = program.run([&](Program& host) {
    auto holding = start_recording(host, sockets);
    is_started = holding.has_value();
    return holding;
  });
  if (!is_started) return {.code = recording.code, .recording = {}};
  recording.own_calls = sockets->heard().calls;
  recording.left_out = sockets->heard().left_out;
  recording.endings.push_back({"client", wall_time_of(program.command_end())});
  return {.code = recording.code, .recording = std::move(recording)};
}

Recorded record_two_commands(const RecordOptions& options, const Listening& listening) {
  auto recording = record::record_between(options, listening);
  if (!recording) return {.code = report(recording.error()), .recording = {}};
  return {.code = recording->code, .recording = std::move(*recording)};
}

std::size_t calls_of(const std::vector<HeardCall>& calls, std::string_view who) {
  const auto is_theirs = [who](const HeardCall& call) { return call.who == who; };
  return static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), is_theirs));
}

// Whole seconds, which every reader's number holds exactly.
std::int64_t origin_of(const std::vector<HeardCall>& story) {
  const std::int64_t first = story.empty() ? record::wall_clock() : story.front().start;
  return first / kSecond * kSecond;
}

bool write_file(const std::string& name, const std::string& text) {
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file.good();
}

// Whether all calls of one side are in the log; otherwise says why not.
bool is_fully_heard(const std::vector<HeardCall>& calls, const std::string& who) {
  if (calls_of(calls, who) == 0) {
    remark(
        fmt::format("no socket call of the {} was heard: a static or set-user-id program, or one that does without "
                    "the C library's functions; its calls are not in the log",
                    who));
    return false;
  }
  const std::size_t half_heard = record::half_heard_connections(calls, who);
  if (half_heard == 0) return true;
  remark(
      fmt::format("of the {} less was heard than it sent (connections: {}), through a FILE* perhaps; the log is not "
                  "complete",
                  who, half_heard));
  return false;
}

// Without --app the calls are inferred, which is better than half the truth.
void tell_what_next(const std::string& capture, const std::string& log, bool log_is_whole) {
  const std::string sidecar = log_is_whole ? " --app " + log : "";
  remark(fmt::format("next: fourtuple replay {}{}", capture, sidecar));
}

// The two files, and what to do with them.
int finish(const RecordOptions& options, Recording recording, const Listening& listening) {
  record::HeardCalls heard = listening.heard();
  const std::uint64_t left_out = heard.left_out + recording.left_out;
  std::vector<HeardCall> calls = std::move(recording.own_calls);
  std::move(heard.calls.begin(), heard.calls.end(), std::back_inserter(calls));
  const std::vector<HeardCall> story = record::as_one_story(calls, recording.endings);
  const std::string log = options.out + ".app.json";
  if (!write_file(log, record::to_json(story, origin_of(story))))
    return report({.cause = "cannot write " + log + ": " + error_text(errno), .cure = "name another place with --out"});
  const bool client_is_heard = is_fully_heard(calls, "client");
  const bool server_is_heard = is_fully_heard(calls, "server");
  if (left_out > 0)
    remark(fmt::format("{} calls are not in the log, which has room for {}", left_out, record::kMaxCalls));
  remark(fmt::format("recorded {} and {}: {} calls of the client, {} of the server",
                     fmt::join(recording.captures, ", "), log, calls_of(story, "client"), calls_of(story, "server")));
  tell_what_next(recording.captures.front(), log, client_is_heard && server_is_heard && left_out == 0);
  return recording.code;
}

}  // namespace

int run_record(const RecordOptions& options) {
  if (!find_program(options.attach.command.front())) {
    return report({.cause = "no program '" + options.attach.command.front() + "' here",
                   .cure = "install it, or give its full path"});
  }
  auto listening = Listening::start();
  if (!listening) return report(listening.error());
  record::adopt_strays();
  const bool has_server = !options.server.empty();
  Recorded recorded = has_server ? record_two_commands(options, *listening) : record_against_us(options, *listening);
  record::end_strays();
  return recorded.recording ? finish(options, std::move(*recorded.recording), *listening) : recorded.code;
}

}  // namespace fourtuple::apps
