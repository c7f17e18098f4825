// struct tcp_info as Linux 5.4 and later fill it (232 octets, what iperf3 asks for). The C library's own declaration
// ends after tcpi_total_retrans, so the rest is spelled here, in the kernel's layout.
#pragma once

#include <cstdint>
#include <netinet/tcp.h>

#include "stack/tcp/info.hpp"

namespace fourtuple::sockets {

struct ExtendedTcpInfo {
  tcp_info base;
  std::uint64_t pacing_rate;
  std::uint64_t max_pacing_rate;
  std::uint64_t bytes_acked;
  std::uint64_t bytes_received;
  std::uint32_t segs_out;
  std::uint32_t segs_in;
  std::uint32_t notsent_bytes;
  std::uint32_t min_rtt;
  std::uint32_t data_segs_in;
  std::uint32_t data_segs_out;
  std::uint64_t delivery_rate;
  std::uint64_t busy_time;
  std::uint64_t rwnd_limited;
  std::uint64_t sndbuf_limited;
  std::uint32_t delivered;
  std::uint32_t delivered_ce;
  std::uint64_t bytes_sent;
  std::uint64_t bytes_retrans;
  std::uint32_t dsack_dups;
  std::uint32_t reord_seen;
  std::uint32_t rcv_ooopack;
  std::uint32_t snd_wnd;
};
static_assert(sizeof(ExtendedTcpInfo) == 232);

[[nodiscard]] ExtendedTcpInfo fill_tcp_info(const tcp::Info& info, bool is_listening);

}  // namespace fourtuple::sockets
