#include "stack/runtime/pump.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace fourtuple {

void Pump::watch(std::size_t interface_index, int descriptor) {
  if (stopped_) return;
  if (descriptors_.size() <= interface_index) descriptors_.resize(interface_index + 1);
  descriptors_[interface_index] = std::make_unique<Descriptor>(io_, descriptor);
  wait_for_frames(interface_index);
}

void Pump::wait_for_frames(std::size_t interface_index) {
  descriptors_[interface_index]->async_wait(
      Descriptor::wait_read, [self = shared_from_this(), interface_index](const boost::system::error_code&) {
        self->on_readable(interface_index);
      });
  note_armed();
}

void Pump::on_readable(std::size_t interface_index) {
  const auto core = core_.lock();
  if (!core) return;
  Turn turn(core);
  if (!note_completed()) return;
  core->receive_some(interface_index, turn.now());
  core->run_due(turn.now());
  // A descriptor of a dead device may poll readable for ever.
  if (!core->link_is_gone(interface_index)) wait_for_frames(interface_index);
  finish(turn, core);
}

// Handlers run here, and what they answer carries the ACKs for what they were given; the other ACKs follow.
void Pump::finish(Turn& turn, const std::shared_ptr<RuntimeCore>& core) {
  const bool owes_acks = core->stack().owes_acks();
  turn.finish(true);
  if (!owes_acks) return;
  const Turn afterwards(core);
  if (afterwards.alive()) afterwards.stack().send_owed_acks(afterwards.now());
}

void Pump::schedule(Instant deadline) {
  // An alarm that rings too early costs less than moving it with every packet: who wakes looks what is due.
  if (deadline >= alarm_ || stopped_) return;
  const auto core = core_.lock();
  if (!core || !core->clock().is_real()) return;
  alarm_ = deadline;
  timer_.expires_at(std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(deadline.time_since_epoch())));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) return self->on_timer();
    // Moved to an earlier moment, or stopped.
    const auto owner = self->core_.lock();
    if (!owner) return;
    const Turn turn(owner);
    (void)self->note_completed();
  });
  note_armed();
}

void Pump::on_timer() {
  const auto core = core_.lock();
  if (!core) return;
  Turn turn(core);
  if (!note_completed()) return;
  // Of two waits whose moments both passed while one was being moved, the later finds the alarm set again.
  alarm_ = kNever;
  core->run_due(turn.now());
  finish(turn, core);
}

void Pump::note_armed() {
  ++waits_;
  if (io_.get_executor().running_in_this_thread()) return give_back_work();
  if (std::exchange(giving_back_posted_, true)) return;
  boost::asio::post(io_, [self = shared_from_this()] {
    const auto core = self->core_.lock();
    if (!core) return;
    const Turn turn(core);
    self->giving_back_posted_ = false;
    self->give_back_work();
  });
}

bool Pump::note_completed() {
  if (stopped_) return false;
  --waits_;
  if (given_back_ > waits_) {
    io_.get_executor().on_work_started();
    --given_back_;
  }
  return true;
}

void Pump::give_back_work() {
  if (stopped_) return;
  for (; given_back_ < waits_; ++given_back_) io_.get_executor().on_work_finished();
}

void Pump::stop() {
  stopped_ = true;
  for (; given_back_ != 0; --given_back_) io_.get_executor().on_work_started();
  timer_.cancel();
  for (auto& descriptor : descriptors_) {
    if (descriptor) descriptor->release();  // the driver closes it
  }
  descriptors_.clear();
}

}  // namespace fourtuple
