// The pump: an Asio io_context that watches the links' descriptors and one timer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "stack/runtime/core.hpp"

namespace fourtuple {

// All members but the handlers are used with the token held, which makes them safe from any thread.
//
// What the pump waits for shall not keep io_context::run() from returning, as a kernel's waiting for packets does not.
// So each of our pending waits gives back the unit of "outstanding work" that Asio counts for it, and takes one again
// when it completes. Giving back is done only inside a handler of the io_context, where the count cannot fall to zero
// (which would stop the io_context).
class Pump final : public PumpPort, public std::enable_shared_from_this<Pump> {
 public:
  Pump(boost::asio::io_context& io, std::weak_ptr<RuntimeCore> core) : io_(io), core_(std::move(core)), timer_(io) {}

  void watch(std::size_t interface_index, int descriptor) override;
  void schedule(Instant deadline) override;
  void stop() override;

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;

  void wait_for_frames(std::size_t interface_index);
  void on_readable(std::size_t interface_index);
  void on_timer();
  static void finish(Turn& turn, const std::shared_ptr<RuntimeCore>& core);
  void note_armed();
  // First thing in a handler. False after stop().
  [[nodiscard]] bool note_completed();
  void give_back_work();

  boost::asio::io_context& io_;
  std::weak_ptr<RuntimeCore> core_;
  std::vector<std::unique_ptr<Descriptor>> descriptors_;  // by interface index
  boost::asio::steady_timer timer_;
  Instant alarm_ = kNever;
  std::size_t waits_ = 0;       // pending
  std::size_t given_back_ = 0;  // of these, those that Asio no longer counts
  bool giving_back_posted_ = false;
  bool stopped_ = false;
};

}  // namespace fourtuple
