#include "apps/simulate/history.hpp"

#include <algorithm>

namespace fourtuple::simulate {
namespace {

bool gives_up_soon(const HostPlan& host) {
  const tcp::TcpConfig usual;
  return host.options.user_timeout != Duration{} || host.options.keep_alive || host.tcp.retries_r2 < usual.retries_r2 ||
         host.options.syn_retries < 20 || host.tcp.syn_ack_retries < 20;
}

}  // namespace

Climate climate_of(const Plan& plan) {
  Climate climate;
  climate.has_outages = std::ranges::any_of(plan.wire.changes, [](const impair::Change& change) {
    return change.setting == impair::Setting::kCable || change.setting == impair::Setting::kMtu;
  });
  climate.gives_up_soon = std::ranges::any_of(plan.hosts, gives_up_soon);
  climate.has_shortages = plan.has(IncidentKind::kShortage);
  climate.has_reboots = plan.has(IncidentKind::kReboot);
  climate.asks_for_addresses = plan.arp;
  climate.evicts = std::ranges::any_of(
      plan.hosts, [&](const HostPlan& host) { return host.tcp.max_syn_backlog <= plan.talks.size(); });
  return climate;
}

bool is_explained(std::errc error, const TalkHistory& talk, std::size_t me, const Climate& climate) {
  const EndHistory& peer = talk.ends[1 - me];
  const bool peer_is_lost = peer.broke_off || peer.is_gone || peer.error || talk.was_refused;
  if (error == std::errc::connection_reset || error == std::errc::broken_pipe) return peer_is_lost || climate.evicts;
  if (error == std::errc::connection_refused) return talk.was_refused || climate.has_reboots || peer_is_lost;
  if (error == std::errc::timed_out) return climate.gives_up_soon || peer_is_lost || talk.was_refused;
  const bool no_way = error == std::errc::host_unreachable || error == std::errc::network_unreachable;
  if (no_way) return climate.asks_for_addresses;
  return error == std::errc::no_buffer_space && climate.has_shortages;
}

}  // namespace fourtuple::simulate
