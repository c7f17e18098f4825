#include "apps/drill/live_values.hpp"

#include "apps/drill/symbols.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::drill {
namespace {

using Info = sockets::ExtendedTcpInfo;

struct Field {
  std::string_view name;
  double (*read)(const Info&);
};

#define FT_BASE(field)                                                            \
  Field {                                                                         \
#field, [](const Info& info) { return static_cast<double>(info.base.field); } \
  }
#define FT_MORE(field)                                                               \
  Field {                                                                            \
    "tcpi_" #field, [](const Info& info) { return static_cast<double>(info.field); } \
  }

constexpr Field kFields[] = {
    FT_BASE(tcpi_state),         FT_BASE(tcpi_ca_state),
    FT_BASE(tcpi_retransmits),   FT_BASE(tcpi_probes),
    FT_BASE(tcpi_backoff),       FT_BASE(tcpi_options),
    FT_BASE(tcpi_snd_wscale),    FT_BASE(tcpi_rcv_wscale),
    FT_BASE(tcpi_rto),           FT_BASE(tcpi_ato),
    FT_BASE(tcpi_snd_mss),       FT_BASE(tcpi_rcv_mss),
    FT_BASE(tcpi_unacked),       FT_BASE(tcpi_sacked),
    FT_BASE(tcpi_lost),          FT_BASE(tcpi_retrans),
    FT_BASE(tcpi_fackets),       FT_BASE(tcpi_last_data_sent),
    FT_BASE(tcpi_last_ack_sent), FT_BASE(tcpi_last_data_recv),
    FT_BASE(tcpi_last_ack_recv), FT_BASE(tcpi_pmtu),
    FT_BASE(tcpi_rcv_ssthresh),  FT_BASE(tcpi_rtt),
    FT_BASE(tcpi_rttvar),        FT_BASE(tcpi_snd_ssthresh),
    FT_BASE(tcpi_snd_cwnd),      FT_BASE(tcpi_advmss),
    FT_BASE(tcpi_reordering),    FT_BASE(tcpi_rcv_rtt),
    FT_BASE(tcpi_rcv_space),     FT_BASE(tcpi_total_retrans),
    FT_MORE(pacing_rate),        FT_MORE(max_pacing_rate),
    FT_MORE(bytes_acked),        FT_MORE(bytes_received),
    FT_MORE(segs_out),           FT_MORE(segs_in),
    FT_MORE(notsent_bytes),      FT_MORE(min_rtt),
    FT_MORE(data_segs_in),       FT_MORE(data_segs_out),
    FT_MORE(delivery_rate),      FT_MORE(busy_time),
    FT_MORE(rwnd_limited),       FT_MORE(sndbuf_limited),
    FT_MORE(delivered),          FT_MORE(delivered_ce),
    FT_MORE(bytes_sent),         FT_MORE(bytes_retrans),
    FT_MORE(dsack_dups),         FT_MORE(reord_seen),
    FT_MORE(rcv_ooopack),        FT_MORE(snd_wnd),
};
#undef FT_BASE
#undef FT_MORE

}  // namespace

LiveValues::LiveValues(int descriptor) {
  socklen_t size = sizeof info_;
  is_there_ = ft_getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info_, &size) == 0;
}

std::optional<double> LiveValues::find(std::string_view name) const {
  for (const Field& field : kFields) {
    if (field.name == name) return is_there_ ? std::optional(field.read(info_)) : std::nullopt;
  }
  const auto constant = symbol(name);
  return constant ? std::optional(static_cast<double>(*constant)) : std::nullopt;
}

}  // namespace fourtuple::drill
