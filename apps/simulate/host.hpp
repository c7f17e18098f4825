// One of the two hosts: a stack with its clock, and those who watch it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/simulate/clock.hpp"
#include "apps/simulate/plan.hpp"
#include "stack/core/stack.hpp"
#include "stack/judge/listener.hpp"
#include "stack/observe/fanout.hpp"

namespace fourtuple::simulate {

// Remembers which connections something happened to, and looks at each change of state.
class Touch final : public trace::Sink {
 public:
  void on_event(const trace::Event& event) override;

  // Connections, by number, that something happened to since the last call.
  [[nodiscard]] std::vector<trace::ConnectionNumber> take_touched() { return std::exchange(touched_, {}); }
  [[nodiscard]] std::uint64_t timers_fired() const { return timers_fired_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::vector<trace::ConnectionNumber> touched_;
  std::uint64_t timers_fired_ = 0;
  std::uint64_t events_ = 0;
  std::string problem_;
};

class Host {
 public:
  // `driver` outlives it.
  Host(const Plan& plan, int index, Driver& driver, Instant begin);

  static constexpr Ipv4Address address(int host) { return {0x0a000001U + static_cast<std::uint32_t>(host)}; }

  // It forgets everything but the time.
  void reboot(Instant now);
  void jump(Duration forward) { clock_.jump(forward); }
  void set_shortage(bool on);

  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] char letter() const { return index_ == 0 ? 'a' : 'b'; }
  [[nodiscard]] const HostPlan& plan() const { return plan_.hosts[static_cast<std::size_t>(index_)]; }
  [[nodiscard]] Stack& stack() { return *stack_; }
  [[nodiscard]] const tcp::Layer& tcp() const { return std::as_const(*stack_).tcp(); }
  [[nodiscard]] Instant local(Instant now) const { return clock_.local(now); }
  // When the stack wants to be advanced, in the world's time.
  [[nodiscard]] Instant next_deadline() const { return clock_.world(stack_->next_deadline()); }
  [[nodiscard]] std::uint32_t life() const { return life_; }  // reboots so far
  [[nodiscard]] Touch& touch() { return *touch_; }
  void add_sink(trace::Sink& sink) { sinks_.add(sink); }

  template <class Call>
  auto call(Instant now, Call&& what) {
    ++calls_;
    return stack_->with_tcp(local(now), std::forward<Call>(what));
  }
  // Application calls so far, in this life.
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  // What is wrong, as its stack itself and those who listen to it say; empty: nothing.
  [[nodiscard]] std::string problem() const;
  // What is left of connections and memory after everything; empty: nothing.
  [[nodiscard]] std::string what_is_left() const;

 private:
  void begin_life();

  const Plan& plan_;
  int index_;
  Driver& driver_;
  HostClock clock_;
  std::uint32_t life_ = 0;
  std::uint64_t calls_ = 0;
  std::unique_ptr<judge::Listener> judge_;
  std::unique_ptr<Touch> touch_;
  observe::Fanout sinks_;
  std::unique_ptr<Stack> stack_;
};

}  // namespace fourtuple::simulate
