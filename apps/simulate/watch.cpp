#include "apps/simulate/watch.hpp"

#include <algorithm>

namespace fourtuple::simulate {
namespace {

using tcp::Timer;

// Timers that run exactly when something waits for them.
const char* wrong_timer(const tcp::Connection& connection, const tcp::TcpConfig& config, Instant local) {
  const tcp::TimerSet& timers = connection.timers();
  const TcpState state = connection.state();
  if (state == TcpState::kClosed) return timers.earliest() == kNever ? nullptr : "a timer of a dead connection";
  if (timers.earliest() <= local) return "a timer is due and did not fire";
  if ((state == TcpState::kTimeWait) != timers.is_armed(Timer::kTimeWait))
    return "2MSL timer without TIME-WAIT, or the reverse";
  const bool retransmits = timers.is_armed(Timer::kRetransmission);
  const bool probes = timers.is_armed(Timer::kPersist);
  const bool in_flight = !connection.flight().empty();
  if (in_flight && !retransmits && !probes) return "something is in flight, and neither repeated nor probed for";
  if (retransmits && !in_flight) return "a retransmission timer, and nothing in flight";
  if (retransmits && timers.deadline(Timer::kRetransmission) - local > config.max_rto)
    return "a retransmission timeout above its limit";
  if (timers.is_armed(Timer::kDelayedAck) && timers.deadline(Timer::kDelayedAck) - local > 500ms) {
    return "an ACK is delayed by more than half a second [RFC9293 MUST-40]";
  }
  const bool waits = tcp::traits(state).sends_data && connection.status().unsent_bytes > 0;
  const bool later = timers.is_armed(Timer::kSendOverride) || timers.is_armed(Timer::kPacing);
  if (waits && !in_flight && !probes && !later) return "octets wait, and no timer will send them";
  return nullptr;
}

const char* wrong_application_view(const tcp::Connection& connection, const EndHistory& end) {
  if (end.is_closed || end.is_gone || end.error) return nullptr;
  const auto status = connection.status();
  const StreamOffset fin = status.peer_closed ? 1 : 0;
  const auto in_order = static_cast<std::uint64_t>(std::max<StreamOffset>(connection.tcb().rcv.nxt - 1 - fin, 0));
  if (connection.state() == TcpState::kClosed && status.error != std::errc{}) return nullptr;
  if (end.read + status.unread_bytes != in_order) return "octets that were acknowledged are not there to be read";
  return nullptr;
}

}  // namespace

const char* Watch::look(const Host& host, const tcp::Connection& connection, const EndHistory* end, Instant now) {
  const tcp::Tcb& tcb = connection.tcb();
  const bool is_new = memory_.find(connection.id().value) == memory_.end();
  Memory& before = memory_[connection.id().value];
  const std::uint64_t pipe = connection.flight().pipe_bytes();
  const std::uint64_t window = connection.congestion() != nullptr ? connection.congestion()->window() : 0;
  const auto slack = std::uint64_t{4} * std::max<std::uint32_t>(host.tcp().info(connection.id(), now)->send_mss, 1);
  const char* wrong = nullptr;
  if (tcb.snd.una < before.una) wrong = "SND.UNA goes back";
  if (tcb.snd.nxt < before.nxt) wrong = "SND.NXT goes back";
  if (tcb.rcv.nxt < before.rcv_nxt) wrong = "RCV.NXT goes back";
  if (tcb.rcv.edge < before.edge) wrong = "the right edge offered goes back";
  if (tcb.rcv.nxt > std::max<StreamOffset>(tcb.rcv.edge, 1)) wrong = "more was taken than the window had room for";
  if (tcb.snd.wl2 < before.wl2 || (tcb.snd.wl2 == before.wl2 && tcb.snd.wl1 < before.wl1)) {
    wrong = "SND.WND follows an old segment [RFC9293 3.10.7.4]";
  }
  // Without SACK what has left the network is known by number only.
  const bool is_careful = tcb.agreed.sack && window != 0 && connection.congestion()->name() != "none";
  if (!is_new && is_careful && pipe > std::max({window, before.window, before.pipe}) + slack)
    wrong = "more in flight than the congestion window allows";
  before = {tcb.snd.una, tcb.snd.nxt, tcb.snd.wl1, tcb.snd.wl2, tcb.rcv.nxt, tcb.rcv.edge, window, pipe};
  if (wrong == nullptr) wrong = wrong_timer(connection, host.tcp().config(), host.local(now));
  if (wrong == nullptr && end != nullptr) wrong = wrong_application_view(connection, *end);
  return wrong;
}

const char* disagreement(const tcp::Connection& one, const tcp::Connection& other) {
  if (one.tcb().snd.una > other.tcb().rcv.nxt) return "what one end takes for acknowledged, the other has not received";
  if (other.tcb().rcv.nxt > one.tcb().snd.nxt) return "one end has received what the other has not sent";
  return nullptr;
}

}  // namespace fourtuple::simulate
