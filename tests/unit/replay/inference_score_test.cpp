// What is inferred from recordings, beside what their applications wrote down.
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "apps/replay/application.hpp"
#include "tests/support/captures.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;
using judge::Call;
namespace fs = std::filesystem;

bool has_called(const ApplicationPlan& plan, Call::Kind kind) {
  return std::ranges::any_of(plan.calls, [&](const PlannedCall& call) { return call.kind == kind; });
}

// Where writes begin, and when.
std::map<std::uint64_t, capture::CaptureTime> beginnings(const ApplicationPlan& plan) {
  std::map<std::uint64_t, capture::CaptureTime> begins;
  std::uint64_t offset = 0;
  for (const PlannedCall& call : plan.calls) {
    if (!is_write(call)) continue;
    begins.emplace(offset, call.time);
    offset += call.octets;
  }
  return begins;
}

std::uint64_t octets_written(const ApplicationPlan& plan) {
  std::uint64_t octets = 0;
  for (const PlannedCall& call : plan.calls) octets += is_write(call) ? call.octets : 0;
  return octets;
}

// How the application ended by its last call alone, whatever became of it on the wire.
CloseKind close_by_calls(const ApplicationPlan& log) {
  if (log.close == CloseKind::kRefused || log.close == CloseKind::kTimeout) return log.close;
  if (has_called(log, Call::Kind::kShutdown)) return CloseKind::kShutdown;
  if (has_called(log, Call::Kind::kAbort)) return CloseKind::kAbort;
  return has_called(log, Call::Kind::kClose) ? CloseKind::kClose : CloseKind::kNone;
}

class Scores {
 public:
  void take(const std::string& side, const ApplicationPlan& log, const ApplicationPlan& guess) {
    ++sides_;
    const auto truth = beginnings(log);
    const auto guessed = beginnings(guess);
    const bool same_writes = truth.size() == guessed.size();
    const bool same_close = log.close == guess.close;
    const bool same_nodelay = has_called(log, Call::Kind::kNoDelay) == has_called(guess, Call::Kind::kNoDelay);
    octets_ += octets_written(log) == octets_written(guess) ? 1 : 0;
    writes_ += same_writes ? 1 : 0;
    closes_ += same_close ? 1 : 0;
    closes_by_calls_ += close_by_calls(log) == guess.close ? 1 : 0;
    nodelays_ += same_nodelay ? 1 : 0;
    compare_writes(truth, guessed);
    if (!same_writes || !same_close || !same_nodelay) {
      fmt::print("{:32} writes {:2} for {:2}, close {} for {}{}\n", side, guessed.size(), truth.size(),
                 name(guess.close), name(log.close), same_nodelay ? "" : ", TCP_NODELAY not seen");
    }
  }

  void print() {
    std::ranges::sort(errors_);
    const auto error_at = [&](double part) {
      const auto at = static_cast<std::size_t>(static_cast<double>(errors_.size() - 1) * part);
      return errors_.empty() ? 0.0 : errors_[at];
    };
    fmt::print("{} sides: octets {}, number of writes {}, close kind {} ({} by calls alone), TCP_NODELAY {}\n", sides_,
               octets_, writes_, closes_, closes_by_calls_, nodelays_);
    fmt::print("boundaries of writes: {} of {} found, {} invented; time of a write: median {:.3f} ms, p90 {:.3f} ms\n",
               found_, boundaries_, invented_, error_at(0.5), error_at(0.9));
  }

  [[nodiscard]] int sides() const { return sides_; }
  [[nodiscard]] double octets() const { return share(octets_); }
  [[nodiscard]] double writes() const { return share(writes_); }
  [[nodiscard]] double closes() const { return share(closes_); }
  [[nodiscard]] double closes_by_calls() const { return share(closes_by_calls_); }
  [[nodiscard]] double nodelays() const { return share(nodelays_); }

 private:
  using Beginnings = std::map<std::uint64_t, capture::CaptureTime>;

  [[nodiscard]] double share(int count) const { return sides_ == 0 ? 0 : static_cast<double>(count) / sides_; }

  void compare_writes(const Beginnings& truth, const Beginnings& guessed) {
    for (const auto& [offset, time] : guessed) {
      const auto match = truth.find(offset);
      if (match == truth.end()) {
        ++invented_;
        continue;
      }
      found_ += offset == 0 ? 0 : 1;
      errors_.push_back(std::abs(std::chrono::duration<double, std::milli>(time - match->second).count()));
    }
    boundaries_ += truth.empty() ? 0 : static_cast<int>(truth.size()) - 1;
  }

  int sides_ = 0;
  int octets_ = 0;
  int writes_ = 0;
  int closes_ = 0;
  int closes_by_calls_ = 0;
  int nodelays_ = 0;
  int boundaries_ = 0;
  int found_ = 0;
  int invented_ = 0;
  std::vector<double> errors_;
};

// Of both sides of every conversation, where the log knows them.
void score_capture(const fs::path& path, Scores& near, Scores& far) {
  const test::ReadCapture capture = test::read_capture(path);
  for (const auto& conversation : capture.conversations) {
    for (const Host host : {Host::kClient, Host::kServer}) {
      const auto log = read_sidecar(test::log_beside(path), *conversation, host, capture.start);
      if (!log || conversation->refusal) continue;  // a host that nobody wrote down, or that was not there
      const ApplicationPlan guess = infer_application(*conversation, host);
      const std::string side = fmt::format("{} {} {}", path.filename().string(), conversation->stream,
                                           host == Host::kClient ? "client" : "server");
      const bool is_far = estimate_vantage(*conversation).to(host) != Duration{};
      (is_far ? far : near).take(side, *log, guess);
    }
  }
}

TEST(InferenceScore, FindsWhatTheApplicationsOfTheSharedRecordingsDid) {
  if (!fs::exists(test::shared_captures())) GTEST_SKIP() << "the recordings in ../shared/captures are not here";
  Scores near;
  Scores far;
  for (const fs::path& path : test::captures_in(test::shared_captures())) score_capture(path, near, far);
  fmt::print("Captured at the host or beside it: ");
  near.print();
  fmt::print("Captured at the other end of a path: ");
  far.print();
  EXPECT_GE(near.sides(), 100);
  EXPECT_EQ(near.octets(), 1);
  EXPECT_GE(near.writes(), 0.96);
  EXPECT_GE(near.closes(), 0.96);
  EXPECT_GE(near.closes_by_calls(), 0.90);
  EXPECT_GE(near.nodelays(), 0.97);
  EXPECT_EQ(far.octets(), 1);
  EXPECT_GE(far.writes(), 0.90);  // a path's delays, losses and shuffles stand between
  EXPECT_GE(far.closes_by_calls(), 0.90);
}

}  // namespace
}  // namespace fourtuple::replay
