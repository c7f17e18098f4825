// Listens to our own stack's events and judges each of its connections: what simulations and conversations are held to.
//
// The order of events is the engine's own, so the rules that need it speak. Octets are not seen where an event has
// none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/judge/judge.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::judge {

struct ListenerSettings {
  // Else the rules about what an application did stay silent. If so, tell of every call.
  bool calls_are_known = false;
  // Names of rules that are not asked: a stack may depart from a SHOULD with a reason.
  std::vector<std::string_view> without = {};
};

class Listener final : public trace::Sink {
 public:
  // Findings beyond this are counted only.
  static constexpr std::size_t kMaxTold = 64;
  // Connections that are judged at a time; further ones are not.
  static constexpr std::size_t kMaxConnections = 4096;

  struct Told {
    trace::ConnectionNumber connection = 0;
    FourTuple name;
    Finding finding;
  };

  explicit Listener(ListenerSettings settings = {}) : settings_(std::move(settings)) {}

  void on_event(const trace::Event& event) override;
  // What the application of the connection with this name asks for. Ignored before its first segment.
  void on_call(const FourTuple& name, const Call& call);
  // Ends all traces. Whatever comes later is a connection's beginning.
  void finish(Instant end);

  [[nodiscard]] const std::vector<Told>& told() const { return told_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  // "10.0.0.1:80 > 10.0.0.2:5000 at 1234 ms: RULE [CLAUSE]: SENTENCE", the first thing that was found; empty: nothing.
  [[nodiscard]] std::string first() const;

 private:
  struct Heard {
    Heard(const Circumstances& circumstances, Rules rules) : judge(circumstances, std::move(rules)) {}
    Judge judge;
    std::size_t taken = 0;  // findings that were told already
  };
  using Connections = std::map<trace::ConnectionNumber, Heard>;

  void on(const trace::Event& event, const trace::SegmentReceived& received);
  void on(const trace::Event& event, const trace::SegmentSent& sent);
  void on(const trace::Event& event, const trace::SegmentDropped& dropped);
  void on(const trace::Event& event, const trace::StateChanged& changed);
  void on(const trace::Event& event, const trace::ConnectionClosed& closed);
  template <class Other>
  void on(const trace::Event& /*event*/, const Other& /*other*/) {}

  [[nodiscard]] Rules rules() const;
  [[nodiscard]] Circumstances circumstances_of(const FourTuple& name) const;
  Heard* heard_of(trace::ConnectionNumber connection, const FourTuple& name);
  void judge_stray(const trace::Event& event, const trace::SegmentSent& reset);
  void tell(trace::ConnectionNumber connection, const FourTuple& name, const Finding& finding);
  void tell_new(trace::ConnectionNumber connection, Heard& heard);

  ListenerSettings settings_;
  Connections connections_;
  std::map<FourTuple, trace::ConnectionNumber> numbers_;
  std::optional<TracedSegment> stray_;  // the last segment that nobody waited for; its payload is gone
  std::vector<Told> told_;
  std::uint64_t left_out_ = 0;
};

}  // namespace fourtuple::judge
