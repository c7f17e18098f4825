// The Runtime drives a Stack: it owns the stack and its drivers, the lock that is the token to run them, the clock, and
// the pump that watches the drivers' descriptors and one timer.
//
//   boost::asio::io_context io;
//   fourtuple::Runtime runtime(io);                       // pumped by whoever runs `io`
//   runtime.attach(std::move(driver), {.name = "ft0", .mac = mac, .address = prefix});
//   fourtuple::tcp::acceptor acceptor(io, {tcp::v4(), 80});
//   io.run();
//
// or, for programs without an event loop of their own (the C API does this):
//
//   fourtuple::Runtime runtime;
//   runtime.attach(...);
//   runtime.start_thread();
//
// Like the sockets of a kernel, the pump's own waiting does not keep io_context::run() from returning: run() ends when
// no operation of the program is pending.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "drivers/driver.hpp"
#include "stack/base/random.hpp"
#include "stack/core/stack.hpp"
#include "stack/runtime/clock.hpp"
#include "stack/runtime/turn.hpp"

namespace boost::asio {
class execution_context;
class io_context;
}  // namespace boost::asio

namespace fourtuple {

struct RuntimeOptions {
  StackConfig stack;
  // Empty: 256 bits from getrandom(2). The same seed and the same inputs give the same bytes.
  std::optional<RandomSource::Seed> seed;
  // Empty: the steady clock. With a clock that is not real, nothing happens but by poll().
  std::shared_ptr<Clock> clock;
  // How long the destructor goes on serving connections that were closed but have not delivered everything yet.
  Duration drain_on_exit = std::chrono::seconds(2);
  // With a virtual clock, what a blocking call does instead of sleeping: make something happen, at the latest at the
  // given moment. Answers false where nothing can happen any more; the call then acts as if its time were out.
  std::function<bool(Instant)> while_blocked;
};

class Runtime {
 public:
  // With an io_context of its own: call start_thread(), or poll() by hand.
  explicit Runtime(RuntimeOptions options = {});
  // Pumped by the threads that run `io`; sockets made from `io` find this runtime by themselves. `io` must outlive it.
  // One runtime an io_context: a second one is refused with std::logic_error.
  explicit Runtime(boost::asio::io_context& io, RuntimeOptions options = {});
  // Drains, then ends: operations still pending complete with operation_aborted, sockets still open act as closed.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Attaches a link and begins to watch it. Answers the interface's index. The stack's buffers, which drivers are
  // opened with, are `buffers()`.
  std::size_t attach(std::unique_ptr<Driver> driver, const InterfaceConfig& config);
  // The same for a driver that somebody else owns; it must outlive the runtime.
  std::size_t attach(Driver& driver, const InterfaceConfig& config);
  [[nodiscard]] BufferPool& buffers();

  // Runs the pump in a background thread until the runtime ends. Only for a runtime with its own io_context; a repeated
  // call does nothing.
  void start_thread();

  // Lets sockets that are made from `context` (or an executor of it) find this runtime. The io_context given to the
  // constructor is served already.
  void serve(boost::asio::execution_context& context);
  // The runtime that serves `context`, or nullptr.
  [[nodiscard]] static Runtime* of(boost::asio::execution_context& context);

  // Runs `call(Stack&, Instant now)` while holding the token, then wakes whom it concerns. For routes, tables,
  // counters. `call` must not use sockets: they want the token too.
  template <class Call>
  auto with_stack(Call&& call) {
    Turn turn(core());
    return std::forward<Call>(call)(turn.stack(), turn.now());
  }
  // Where events go; nullptr for nowhere. Called while the token is held; must outlive the runtime or be replaced.
  void set_trace_sink(trace::Sink* sink);

  // Virtual time, or no event loop: handles what the links have and what is due now, without waiting. Answers whether
  // there was anything.
  bool poll();
  // When something is due next; kNever when idle.
  [[nodiscard]] Instant next_deadline();
  [[nodiscard]] const Clock& clock() const;

  // Why a link is gone for good ("tap0: ..."), or empty while all live.
  [[nodiscard]] std::string link_failure();

  [[nodiscard]] const std::shared_ptr<RuntimeCore>& core() const { return core_; }

 private:
  struct Parts;
  Runtime(std::unique_ptr<boost::asio::io_context> own, boost::asio::io_context* io, RuntimeOptions options);

  std::shared_ptr<RuntimeCore> core_;
  std::unique_ptr<Parts> parts_;
  Duration drain_;
};

}  // namespace fourtuple
