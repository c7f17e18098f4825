// The frame of a program over a stack: event loop, station, signals, the command after `--`, and the exit code.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/options.hpp"
#include "apps/station/station.hpp"
#include "fourtuple/tcp.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

class Program {
 public:
  // What a program keeps alive while it runs: acceptors, sessions, timers.
  using Holding = std::shared_ptr<void>;
  // Sets everything in motion; called once, with the stack attached.
  using Start = std::function<SetupResult<Holding>(Program&)>;

  Program(std::string name, AttachOptions attach);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Attaches, starts, says `ready` on standard error, runs the command after `--` if there is one, and returns the exit
  // code when the program has finished, the command has ended (its exit code), the link has died, or a signal came.
  int run(const Start& start);

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] Station& station() { return *station_; }
  // Ends run() with this exit code, or with the command's if there was one and it has ended.
  void finish(int code);
  // A program that has ends of its own says with this whether it is still at them when the command has ended; it is
  // then let go on, for a minute at most.
  void set_busy(std::function<bool()> is_busy) { is_busy_ = std::move(is_busy); }
  // When the command after `--` ended, or run() did before it.
  [[nodiscard]] std::chrono::steady_clock::time_point command_end() const { return command_end_; }
  // A signal that ends run() makes the exit code 128 + its number, as a shell tells it; otherwise it is success, which
  // is right for servers that nothing else ends.
  void tell_signals() { tells_signals_ = true; }
  // The sentence that run() says when all is set up; empty: none.
  void set_ready(std::string sentence) { ready_ = std::move(sentence); }

  // A listener of this stack; SetupError where the port is taken.
  [[nodiscard]] SetupResult<tcp::acceptor> listen(Port port);

 private:
  struct Watches;

  int run_started(const Start& start);
  [[nodiscard]] SetupResult<int> start_command();
  void announce() const;
  void watch_signals();
  void watch_link();
  void keep_writing();
  void watch_command();
  void on_command_end();
  void wait_while_busy();

  const std::string name_;
  const AttachOptions attach_;
  std::string ready_;
  int exit_code_ = 0;
  bool tells_signals_ = false;
  std::optional<int> command_code_;
  std::chrono::steady_clock::time_point command_end_{};
  std::function<bool()> is_busy_;
  boost::asio::io_context io_;
  std::unique_ptr<Watches> watches_;
  std::unique_ptr<Station> station_;
  Holding holding_;
};

}  // namespace fourtuple::apps
