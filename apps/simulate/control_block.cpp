#include "apps/simulate/control_block.hpp"

#include <fmt/format.h>

namespace fourtuple::simulate {
namespace {

double seconds_of(Duration span) { return std::chrono::duration<double>(span).count(); }

std::string timers_of(const tcp::Connection& connection, Instant local) {
  std::string text;
  for (std::size_t i = 0; i < trace::kTimerCount; ++i) {
    const auto timer = static_cast<tcp::Timer>(i);
    if (!connection.timers().is_armed(timer)) continue;
    text += fmt::format(" {} in {:.3f} s", trace::name(timer), seconds_of(connection.timers().deadline(timer) - local));
  }
  return text.empty() ? " none" : text;
}

}  // namespace

std::string control_block(const tcp::Connection& connection, Instant local) {
  const tcp::Tcb& tcb = connection.tcb();
  const tcp::Info info = connection.info(local);
  const auto status = connection.status();
  return fmt::format(
      "{}\n"
      "  SND.UNA {} NXT {} WND {} edge {} (ISS {}), unsent {}, in flight {}, cwnd {}, {}\n"
      "  RCV.NXT {} edge {} acked {} (IRS {}), unread {}, {} octets out of order\n"
      "  MSS {}, RTO {:.3f} s, SRTT {:.3f} s, timeouts in a row {}, timers:{}",
      name(connection.state()), tcb.snd.una, tcb.snd.nxt, tcb.snd.wnd, tcb.snd.edge, tcb.snd.iss.value,
      status.unsent_bytes, info.in_flight_bytes, info.congestion_window_bytes, info.congestion_phase, tcb.rcv.nxt,
      tcb.rcv.edge, tcb.rcv.acked, tcb.rcv.irs.value, status.unread_bytes, connection.reassembly().held_bytes(),
      info.send_mss, seconds_of(info.rto), seconds_of(info.smoothed_rtt), info.consecutive_timeouts,
      timers_of(connection, local));
}

}  // namespace fourtuple::simulate
