#include "apps/station/program.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>
#include <utility>

#include "apps/report.hpp"
#include "apps/world/child_process.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr auto kLinkCheckInterval = std::chrono::seconds(1);
constexpr auto kBusyInterval = std::chrono::milliseconds(200);
constexpr auto kBusyPatience = std::chrono::minutes(1);
constexpr auto kWritingInterval = std::chrono::milliseconds(200);

}  // namespace

struct Program::Watches {
  explicit Watches(asio::io_context& io)
      : signals(io), link_timer(io), writing_timer(io), command_end(io), last_wait(io) {}

  asio::signal_set signals;
  asio::steady_timer link_timer;
  asio::steady_timer writing_timer;
  std::optional<ChildProcess> command;
  asio::posix::stream_descriptor command_end;
  asio::steady_timer last_wait;
};

Program::Program(std::string name, AttachOptions attach)
    : name_(std::move(name)), attach_(std::move(attach)), io_(1), watches_(std::make_unique<Watches>(io_)) {}

Program::~Program() = default;

int Program::run(const Start& start) {
  auto station = Station::open(io_, attach_, name_);
  if (!station) return report(station.error());
  station_ = std::move(*station);
  int code = kFailed;
  try {
    code = run_started(start);
  } catch (const std::exception& error) {
    remark(fmt::format("{} failed: {}", name_, error.what()));
  }
  holding_.reset();
  watches_.reset();
  station_.reset();
  return code;
}

int Program::run_started(const Start& start) {
  auto holding = start(*this);
  if (!holding) return report(holding.error());
  holding_ = std::move(*holding);
  watch_signals();
  if (!attach_.is_private()) watch_link();
  if (attach_.ladder || !attach_.pcap.empty() || !attach_.events.empty() || !attach_.recorder.empty()) keep_writing();
  if (!ready_.empty()) announce();
  if (!attach_.command.empty()) {
    if (auto started = start_command(); !started) return report(started.error());
  }
  io_.run();
  if (!command_code_) command_end_ = std::chrono::steady_clock::now();
  return exit_code_;
}

void Program::finish(int code) {
  exit_code_ = command_code_.value_or(code);
  io_.stop();
}

void Program::announce() const {
  remark(fmt::format("{}, over {}", ready_, station_->description()));
  const bool reachable = station_->link_kind() == LinkChoice::kTap || station_->link_kind() == LinkChoice::kVeth;
  if (reachable && attach_.command.empty())
    remark("to get in there: fourtuple in-world -- COMMAND, or give a command after `--`");
}

SetupResult<tcp::acceptor> Program::listen(Port port) {
  tcp::acceptor acceptor(io_);
  ErrorCode error;
  acceptor.open(tcp::v4(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind({tcp::v4(), port}, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) return acceptor;
  return failure(SetupError{.cause = fmt::format("cannot listen on port {}: {}", port, error.message()),
                            .cure = "choose another one with --port"});
}

SetupResult<int> Program::start_command() {
  if (station_->link_kind() == LinkChoice::kMemory) {
    return failure(SetupError{.cause = "a command needs the kernel at the other end, and here is only a wire in memory",
                              .cure = "leave --link=mem out, or see above what keeps the kernel out",
                              .environment = true});
  }
  auto child = ChildProcess::start(attach_.command, ChildProcess::Output::kOurs);
  if (!child) return failure(child.error());
  watches_->command.emplace(std::move(*child));
  watch_command();
  return 0;
}

void Program::watch_command() {
  ErrorCode error;
  watches_->command_end.assign(::dup(watches_->command->ended_descriptor()), error);
  watches_->command_end.async_wait(asio::posix::stream_descriptor::wait_read, [this](const ErrorCode& failed) {
    if (!failed) on_command_end();
  });
}

void Program::on_command_end() {
  command_code_ = watches_->command->wait();
  command_end_ = std::chrono::steady_clock::now();
  if (!is_busy_) return finish(*command_code_);
  wait_while_busy();
}

// What the command has sent last may still be on its way, so a first moment passes in any case.
void Program::wait_while_busy() {
  watches_->last_wait.expires_after(kBusyInterval);
  watches_->last_wait.async_wait([this](const ErrorCode& error) {
    if (error) return;
    const bool is_late = std::chrono::steady_clock::now() - command_end_ > kBusyPatience;
    if (is_late || !is_busy_()) return finish(*command_code_);
    wait_while_busy();
  });
}

void Program::watch_signals() {
  watches_->signals.add(SIGINT);
  watches_->signals.add(SIGTERM);
  watches_->signals.add(SIGHUP);
  watches_->signals.async_wait([this](const ErrorCode& error, int number) {
    if (!error) finish(tells_signals_ ? 128 + number : kSuccess);
  });
}

void Program::watch_link() {
  watches_->link_timer.expires_after(kLinkCheckInterval);
  watches_->link_timer.async_wait([this](const ErrorCode& error) {
    if (error) return;
    const std::string gone = station_->runtime().link_failure();
    if (gone.empty()) return watch_link();
    finish(report({.cause = "the link is gone: " + gone, .cure = "start again when it is back"}));
  });
}

void Program::keep_writing() {
  watches_->writing_timer.expires_after(kWritingInterval);
  watches_->writing_timer.async_wait([this](const ErrorCode& error) {
    if (error) return;
    station_->flush_watchers();
    keep_writing();
  });
}

}  // namespace fourtuple::apps
