#include "stack/core/parts.hpp"

namespace fourtuple {

Stack::Parts::Parts(const StackConfig& configuration, RandomSource source)
    : config(configuration),
      random(source),
      pool(configuration.buffer_pool_bytes),
      routes(configuration.ip.max_routes),
      path_mtus(configuration.ip),
      reassembler(configuration.ip),
      icmp(configuration.ip),
      identification(random),
      is_group_member(
          [this](std::size_t interface_index, Ipv4Address group) { return groups.is_member(interface_index, group); }),
      raw(configuration.udp.receive_buffer_bytes),
      udp(configuration.udp, random),
      neighbours(configuration.neighbour),
      tcp(configuration.tcp, random),
      egress(counters) {}

void Stack::Parts::drop(DropReason reason, ByteView bytes, Instant now) {
  ++counters.drops[static_cast<std::size_t>(reason)];
  if (sink != nullptr) tracer(now).emit(0, trace::FrameDropped{bytes, reason});
}

}  // namespace fourtuple
