#include "stack/runtime/core.hpp"

#include <unistd.h>
#include <utility>

#include "stack/runtime/entropy.hpp"
#include "stack/runtime/runtime.hpp"

namespace fourtuple {

RuntimeCore::RuntimeCore(const RuntimeOptions& options)
    : clock_(options.clock ? options.clock : std::make_shared<SteadyClock>()), while_blocked_(options.while_blocked) {
  StackConfig config = options.stack;
  config.tcp.acks_wait_for_application = clock_->is_real();  // whoever drives us calls send_owed_acks()
  stack_.emplace(config, RandomSource(options.seed ? *options.seed : system_entropy()));
}

RuntimeCore::~RuntimeCore() {
  stack_.reset();
  links_.clear();
  for (const int nudge : nudges_) ::close(nudge);
}

std::size_t RuntimeCore::attach(Driver& driver, std::unique_ptr<Driver> owned, const InterfaceConfig& config) {
  const std::size_t index = stack_->attach(driver, config);
  links_.push_back({&driver, std::move(owned)});
  if (pump_ && driver.descriptor() >= 0) pump_->watch(index, driver.descriptor());
  return index;
}

void RuntimeCore::settle(Turn& turn) {
  if (!alive()) return;
  // Ends because every round completes waiting operations, and completed ones do not come back within a turn.
  for (stack_->swap_notices(notices_); !notices_.empty(); stack_->swap_notices(notices_)) {
    for (const Notice& notice : notices_) {
      if (NoticeTarget* const target = registry_.find(notice.owner)) target->on_notice(notice.changed, turn);
    }
  }
  if (pump_) pump_->schedule(next_deadline());
}

Instant RuntimeCore::next_deadline() const { return stack_ ? stack_->next_deadline() : kNever; }

bool RuntimeCore::receive(std::size_t interface_index, Instant now) {
  const std::size_t batch = stack_->config().receive_batch;
  std::size_t count = stack_->receive_from_driver(interface_index, now);
  const bool any = count != 0;
  for (int round = 1; round < kMaxRounds && count == batch; ++round) {
    count = stack_->receive_from_driver(interface_index, now);
  }
  return any;
}

void RuntimeCore::receive_some(std::size_t interface_index, Instant now) {
  Link& link = links_[interface_index];
  // Asking a device again only to hear that it is empty costs as much as a frame. It polls readable anyway if it is
  // not.
  const bool quiet = link.last_count < 2 && now - link.last_look > kQuietGap;
  link.last_count =
      stack_->receive_from_driver(interface_index, now, quiet ? 1 : stack_->config().receive_batch, kEnoughBytes);
  link.last_look = now;
}

bool RuntimeCore::run_due(Instant now) {
  bool any = false;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (links_[i].driver->next_deadline() <= now) any |= receive(i, now);
  }
  for (int round = 0; round < kMaxRounds && stack_->next_deadline() <= now; ++round) {
    stack_->advance(now);
    any = true;
  }
  return any;
}

bool RuntimeCore::poll() {
  Turn turn(shared_from_this());
  if (!alive()) return false;
  bool any = false;
  for (std::size_t i = 0; i < links_.size(); ++i) any |= receive(i, turn.now());
  any |= run_due(turn.now());
  if (stack_->owes_acks()) stack_->send_owed_acks(turn.now());
  return any;
}

std::string RuntimeCore::link_failure() const {
  for (const Link& link : links_) {
    if (const std::string text = link.driver->failure_text(); !text.empty()) return link.driver->name() + ": " + text;
  }
  return {};
}

bool RuntimeCore::link_is_gone(std::size_t interface_index) const {
  return !links_[interface_index].driver->failure_text().empty();
}

// True while a connection that nobody holds any more still owes its peer data or a FIN.
bool RuntimeCore::has_undelivered() const {
  bool undelivered = false;
  stack_->tcp().for_each([&](const tcp::SocketRow& row) {
    using enum TcpState;
    const bool closing = row.state == kFinWait1 || row.state == kClosing || row.state == kLastAck;
    undelivered |= row.owner == 0 && closing;
  });
  return undelivered;
}

void RuntimeCore::shut_down(Duration drain) {
  bool undelivered = false;
  {
    Turn turn(shared_from_this());
    if (!alive()) return;
    if (pump_) pump_->stop();
    pump_.reset();
    for (NoticeTarget* const target : registry_.all()) target->on_shutdown(turn);
    undelivered = clock_->is_real() && has_undelivered();
  }
  const Instant deadline = clock_->now() + drain;
  while (undelivered && clock_->now() < deadline) {
    sleep_on_links(-1, deadline);
    poll();
    const Turn turn(shared_from_this());
    undelivered = has_undelivered();
  }
  const Turn turn(shared_from_this());
  stack_.reset();
  links_.clear();
}

}  // namespace fourtuple
