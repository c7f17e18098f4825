#include "tests/conformance/packetdrill_player/object_world.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fourtuple::player {
namespace {

ObjectWorld* the_world = nullptr;

[[nodiscard]] stock::Init loaded() {
  std::string why_not;
  const stock::Init init = stock::load(why_not);
  if (init != nullptr) return init;
  std::fprintf(stderr, "%s\n", why_not.c_str());
  std::exit(1);
}

}  // namespace

ObjectWorld::ObjectWorld(const laboratory::Setup& setup) : setup_(setup), now_(setup.start) {
  const std::string flags = flags_of(setup).value_or("");
  loaded()(flags.c_str(), &stack_);
  timeval begin{};
  stack_.gettimeofday(stack_.userdata, &begin, nullptr);
  clock_offset_ =
      setup.start.time_since_epoch() - std::chrono::seconds(begin.tv_sec) - std::chrono::microseconds(begin.tv_usec);
  the_world = this;
}

ObjectWorld::~ObjectWorld() {
  the_world = nullptr;
  stack_.free(stack_.userdata);
}

ObjectWorld& ObjectWorld::current() { return *the_world; }

void ObjectWorld::look_at_clock() {
  const int error = errno;
  timeval time{};
  stack_.gettimeofday(stack_.userdata, &time, nullptr);
  now_ = Instant(std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec) + clock_offset_);
  errno = error;
}

void ObjectWorld::give(ByteView datagram) {
  call_end_.reset();
  stack_.netdev_send(stack_.userdata, datagram.data(), datagram.size());
}

void ObjectWorld::want_packet() {
  call_end_.reset();
  wants_packet_ = true;
}

std::optional<laboratory::Emitted> ObjectWorld::take() {
  if (!std::exchange(wants_packet_, false)) return std::nullopt;
  laboratory::Emitted emitted;
  emitted.octets.resize(65536);
  std::size_t count = emitted.octets.size();
  long long left_at = 0;
  stack_.netdev_receive(stack_.userdata, emitted.octets.data(), &count, &left_at);
  look_at_clock();
  is_silent_ = count == 0;
  if (is_silent_) return std::nullopt;
  packet_came_ = true;
  emitted.octets.resize(count);
  emitted.time = Instant(std::chrono::microseconds(left_at) + clock_offset_);
  return emitted;
}

void ObjectWorld::sleep(Duration span) {
  const auto microseconds = std::chrono::ceil<std::chrono::microseconds>(span).count();
  stack_.usleep(stack_.userdata, static_cast<useconds_t>(std::min<std::int64_t>(microseconds, 1'000'000'000)));
  look_at_clock();
}

bool ObjectWorld::step(Instant limit) {
  call_end_.reset();
  // Asked for a packet, the object has moved time already; the script may want more than that one.
  if (std::exchange(packet_came_, false)) return true;
  if (limit == kNever) return !is_silent_;
  if (now_ >= limit) return false;
  Duration span = limit - now_;
  if (waiting_calls_ > 0) span = std::min(span, std::max(kStepBelowCall, span / 100));
  sleep(span);
  return true;
}

long long ObjectWorld::wait_for(const std::function<long long(const packetdrill_interface&)>& call) {
  ++waiting_calls_;
  long long result = 0;
  int error = 0;
  {
    stock::BlockingCall thread(stack_, [&] { return call(stack_); });
    while (thread.blocks()) {
      if (setup_.while_blocked && setup_.while_blocked(kNever)) continue;
      // The script is over, and a thread in a call cannot be stopped: neither can packetdrill.
      std::_Exit(1);
    }
    result = thread.result();
    error = thread.error();
    call_end_ = Instant(std::chrono::microseconds(thread.ended_at()) + clock_offset_);
  }
  --waiting_calls_;
  look_at_clock();
  errno = error;
  return result;
}

}  // namespace fourtuple::player
