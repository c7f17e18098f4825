// Packets to ourselves: they go round inside, as if by a wire without length.
#include <utility>

#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

// A bound on what one event may leave for ourselves; a transport sees the loss as any other.
constexpr std::size_t kMaxLoopedFrames = 4096;

}  // namespace

void Stack::Parts::loop_back(std::size_t interface_index, PacketBuffer&& frame, Cause cause, Instant now) {
  if (loopback.size() >= kMaxLoopedFrames) return drop(DropReason::kDriverRefused, frame.bytes(), now);
  wire::EthernetHeader{.destination = {}, .source = {}, .type = wire::ether_type::kIpv4}.emit(frame.bytes());
  if (sink != nullptr) {
    tracer(now).emit(0, trace::FrameSent{std::as_const(frame).bytes(), 0, frame.offload.gso_size, cause});
  }
  if (loopback.empty()) loopback_since = now;
  loopback.push_back({interface_index, std::move(frame)});
}

// Handles what was there when it was called; what that causes waits for the next round.
void Stack::Parts::receive_loopback(Instant now) {
  looping.swap(loopback);
  loopback_since = kNever;
  for (LoopedFrame& looped : looping) {
    PacketBuffer& frame = looped.frame;
    // Memory does not corrupt: a checksum that is final is as good as one that a device has verified.
    if (frame.offload.checksum == ChecksumState::kComplete) frame.offload.checksum = ChecksumState::kVerified;
    if (sink != nullptr) {
      tracer(now).emit(0, trace::FrameReceived{std::as_const(frame).bytes(), frame.offload.gso_size});
    }
    frame.remove_front(wire::kEthernetHeaderSize);
    receive_packet(std::move(frame), {looped.interface_index, true, true}, now);
  }
  looping.clear();
  tcp::Context tcp_context = context(now);
  tcp.end_batch(tcp_context);
}

}  // namespace fourtuple
