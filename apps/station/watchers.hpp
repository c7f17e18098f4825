// Everything that watches a program's stack because the command line asks for it: ladder, capture with comments, event
// log and flight recorder, all from the one event stream.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include "apps/options.hpp"
#include "drivers/driver.hpp"
#include "stack/base/result.hpp"
#include "stack/observe/fanout.hpp"
#include "stack/observe/flight_recorder.hpp"
#include "stack/observe/json_lines.hpp"
#include "stack/observe/ladder.hpp"
#include "stack/observe/pcapng.hpp"

namespace fourtuple::apps {

// Whether this name asks for a capture with comments (.pcapng) rather than a plain one.
[[nodiscard]] bool wants_comments(const std::string& path);
// Wall-clock time since 1970 minus the stack's time.
[[nodiscard]] Duration wall_clock_offset();

class Watchers {
 public:
  // Opens the files that `options` name, before a private world is entered. An empty `ladder` draws on standard error.
  [[nodiscard]] static SetupResult<std::unique_ptr<Watchers>> open(const AttachOptions& options,
                                                                   const std::string& program,
                                                                   observe::Ladder::Write ladder);
  ~Watchers();
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  // nullptr where nobody watches.
  [[nodiscard]] trace::Sink* sink() { return fanout_.empty() ? nullptr : &fanout_; }
  // Somebody more, who outlives this. With the stack's token.
  void add(trace::Sink& sink) { fanout_.add(sink); }
  // Around the driver, to see whole frames leave; the driver itself where there is no need.
  [[nodiscard]] std::unique_ptr<Driver> wrap(std::unique_ptr<Driver> driver);

  // The following with the stack's token, or without a stack. What is held back is drawn and written.
  void flush();
  // The ladder ends.
  void finish_ladder();
  // Where the engine has caught itself in the impossible: writes the flight recorder's files, and says where they are.
  void write_if_broken();
  // What the flight recorder has: a ladder, or a capture with comments; empty where there is no recorder.
  [[nodiscard]] std::string recorded_ladder() const;
  [[nodiscard]] std::string recorded_capture() const;

 private:
  explicit Watchers(const AttachOptions& options);
  void watch_ladder(observe::Ladder::Write write);
  [[nodiscard]] SetupResult<bool> watch_capture();
  [[nodiscard]] SetupResult<bool> watch_events(const std::string& program);
  void watch_recorder();

  const AttachOptions options_;
  observe::Fanout fanout_;
  std::ofstream capture_file_;
  std::ofstream events_file_;
  std::unique_ptr<observe::Ladder> ladder_;
  std::unique_ptr<observe::PcapngSink> capture_;
  std::unique_ptr<observe::JsonLines> events_;
  std::unique_ptr<observe::FlightRecorder> recorder_;
  bool capture_failed_ = false;
};

}  // namespace fourtuple::apps
