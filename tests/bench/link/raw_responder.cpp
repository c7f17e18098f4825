#include "tests/bench/link/raw_responder.hpp"

#include <algorithm>
#include <cstring>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "tests/bench/link/devices.hpp"
#include "tests/bench/link/subjects.hpp"

namespace fourtuple::bench {
namespace {

using wire::load_be16;
using wire::load_be32;
using wire::store_be16;
using wire::store_be32;

constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;
constexpr std::uint32_t kOurIss = 1000;
constexpr int kBatch = 64;
constexpr std::size_t kSegmentsOfSuper = 44;  // 63,712 octets: fits the window that a kernel opens with
constexpr std::uint64_t kMostInFlight = 4U << 20;
// Windows of 4 MiB and, as a TAP queues 1,000 frames, of 1 MiB without super-segments.
constexpr std::uint8_t kScaleWithOffload = 6, kScale = 4;

}  // namespace

RawResponder::RawResponder(const std::string& device, bool offload)
    : device_(attach_tap(device, offload, false)), offload_(offload), in_(kLargest), out_(kLargest) {}

void RawResponder::run() {
  for (pollfd wait{device_.get(), POLLIN, 0};;) {
    int count = 0;
    for (; count < kBatch; ++count) {
      const std::size_t skip = offload_ ? 0 : kVnetHeader;
      const ssize_t size = ::read(device_.get(), in_.data() + skip, in_.size() - skip);
      if (size <= 0) break;
      handle_frame(static_cast<std::size_t>(size) - (kVnetHeader - skip));
    }
    send_acknowledgments();
    for (auto& [port, flow] : flows_) blast(flow);
    if (count != kBatch && ::poll(&wait, 1, flows_.empty() ? -1 : 20) == 0) go_back();
  }
}

void RawResponder::handle_frame(std::size_t size) {
  const std::uint8_t* const ethernet = in_.data() + kVnetHeader;
  const std::uint16_t type = load_be16(ethernet + 12);
  if (type == 0x0806) return handle_arp(size);
  if (type != 0x0800 || ethernet[kEthernet + 9] != 6) return;
  handle_segment(parse());
}

void RawResponder::handle_arp(std::size_t size) {
  std::uint8_t* const frame = in_.data() + kVnetHeader;
  std::uint8_t* const arp = frame + kEthernet;
  if (load_be16(arp + 6) != 1) return;
  static constexpr std::array<std::uint8_t, 6> kMac{2, 0, 0, 0, 0, 4};
  std::array<std::uint8_t, 4> target{};
  std::copy_n(arp + 24, 4, target.begin());
  store_be16(arp + 6, 2);
  std::copy_n(arp + 8, 10, arp + 18);
  std::copy(kMac.begin(), kMac.end(), arp + 8);
  std::copy(target.begin(), target.end(), arp + 14);
  std::copy_n(frame + 6, 6, frame);
  std::copy(kMac.begin(), kMac.end(), frame + 6);
  std::fill_n(in_.data(), kVnetHeader, std::uint8_t{0});
  const std::size_t skip = offload_ ? 0 : kVnetHeader;
  [[maybe_unused]] const ssize_t sent = ::write(device_.get(), in_.data() + skip, size + kVnetHeader - skip);
}

RawResponder::Arrived RawResponder::parse() const {
  const std::uint8_t* const ip = in_.data() + kVnetHeader + kEthernet;
  const std::uint8_t* const tcp = ip + std::size_t{ip[0] & 15U} * 4;
  const std::size_t tcp_header = std::size_t{tcp[12]} / 16 * 4;
  return {.source_port = load_be16(tcp),
          .destination_port = load_be16(tcp + 2),
          .seq = load_be32(tcp + 4),
          .ack = load_be32(tcp + 8),
          .window = load_be16(tcp + 14),
          .flags = tcp[13],
          .options = tcp_header - 20,
          .payload = load_be16(ip + 2) - 20 - tcp_header};
}

void RawResponder::handle_segment(const Arrived& segment) {
  if ((segment.flags & kRst) != 0) {
    flows_.erase(segment.source_port);
    return;
  }
  if ((segment.flags & kSyn) != 0) return answer_syn(segment);
  if ((segment.flags & kFin) != 0) {
    flows_.erase(segment.source_port);
    const auto end = segment.seq + static_cast<std::uint32_t>(segment.payload) + 1;
    return answer({.seq = segment.ack, .ack = end, .flags = kFin | kAck});
  }
  if (segment.payload != 0) return answer_data(segment);
  if (segment.destination_port == kSourcePort) update_flow(segment);
}

// The kernel's own order of options is mirrored where it matters: later segments carry timestamps alone.
void RawResponder::answer_syn(const Arrived& segment) {
  std::uint8_t* const options = in_.data() + kVnetHeader + kEthernet + 40;
  Flow flow{.next = kOurIss + 1, .acked = kOurIss + 1};
  std::uint32_t their_time = 0;
  for (std::size_t i = 0; i + 1 < segment.options; i += options[i] <= 1 ? 1 : options[i + 1]) {
    if (options[i] == 3) flow.scale = options[i + 2];
    if (options[i] == 8) their_time = load_be32(options + i + 2);
    if (options[i] > 1 && options[i + 1] == 0) break;
  }
  if (segment.destination_port == kSourcePort) flows_[segment.source_port] = flow;
  const std::array<std::uint8_t, 20> our_options{
      2, 4, 1460 >> 8, 1460 & 0xff, 1, 3, 3, offload_ ? kScaleWithOffload : kScale, 1, 1, 8, 10};
  std::copy(our_options.begin(), our_options.end(), options);
  store_be32(options + 12, their_time);
  store_be32(options + 16, their_time);
  answer({.seq = kOurIss, .ack = segment.seq + 1, .flags = kSyn | kAck}, 20 + our_options.size());
}

void RawResponder::answer_data(const Arrived& segment) {
  const auto end = segment.seq + static_cast<std::uint32_t>(segment.payload);
  if (segment.destination_port == kEchoPort)
    return answer({.seq = segment.ack, .ack = end, .flags = kPsh | kAck, .payload = segment.payload});
  const auto [place, is_new] = pending_of_.try_emplace(segment.source_port, pending_.size());
  if (is_new) pending_.emplace_back();
  auto& headers = pending_[place->second];
  std::copy_n(in_.data() + kVnetHeader, kHeaders, headers.data());
  write_answer(headers.data(), {.seq = segment.ack, .ack = end, .flags = kAck});
}

void RawResponder::answer(const Answer& answer, std::size_t tcp_header) {
  std::uint8_t* const frame = in_.data() + kVnetHeader;
  write_answer(frame, answer);
  frame[kEthernet + 20 + 12] = static_cast<std::uint8_t>(tcp_header / 4 << 4);
  seal(frame, tcp_header, answer.payload, false);
  send(frame, kEthernet + 20 + tcp_header + answer.payload, answer.payload);
}

// Swaps the names in the headers and fills in the rest, all but lengths and checksums. The peer's clock serves as ours.
void RawResponder::write_answer(std::uint8_t* frame, const Answer& answer) {
  std::uint8_t* const ip = frame + kEthernet;
  std::uint8_t* const tcp = ip + 20;
  std::swap_ranges(frame, frame + 6, frame + 6);
  std::swap_ranges(ip + 12, ip + 16, ip + 16);
  std::swap_ranges(tcp, tcp + 2, tcp + 2);
  store_be32(tcp + 4, answer.seq);
  store_be32(tcp + 8, answer.ack);
  tcp[13] = answer.flags;
  store_be16(tcp + 14, 65535);
  store_be16(tcp + 18, 0);
  if ((answer.flags & kSyn) == 0) std::copy_n(tcp + 24, 4, tcp + 28);  // TSecr: their TSval
}

void RawResponder::send_acknowledgments() {
  for (const auto& headers : pending_) {
    std::uint8_t* const frame = in_.data() + kVnetHeader;
    std::copy(headers.begin(), headers.end(), frame);
    seal(frame, kTcpHeader, 0, true);
    send(frame, kHeaders, 0);
  }
  pending_.clear();
  pending_of_.clear();
}

void RawResponder::update_flow(const Arrived& segment) {
  const auto found = flows_.find(segment.source_port);
  if (found == flows_.end()) return;
  Flow& flow = found->second;
  flow.acked = segment.ack;
  flow.window = std::min(std::uint64_t{segment.window} << flow.scale, kMostInFlight);
  std::copy_n(in_.data() + kVnetHeader, kHeaders, flow.headers.data());
  write_answer(flow.headers.data(), {.seq = 0, .ack = segment.seq, .flags = kAck});
}

void RawResponder::blast(Flow& flow) {
  const std::size_t size = kMss * (offload_ ? kSegmentsOfSuper : 1);
  // In the single-frame case look at the acknowledgments now and then, as a large batch starves them.
  for (int sent = 0; sent < kBatch && std::uint64_t{flow.next - flow.acked} + size <= flow.window; ++sent) {
    std::uint8_t* const frame = out_.data() + kVnetHeader;
    std::copy(flow.headers.begin(), flow.headers.end(), frame);
    store_be32(frame + kEthernet + 24, flow.next);
    seal(frame, kTcpHeader, size, true);
    send(frame, kHeaders + size, size);
    flow.next += static_cast<std::uint32_t>(size);
  }
}

// Nothing moves: something was lost. Begin again where the peer stands.
void RawResponder::go_back() {
  for (auto& [port, flow] : flows_) flow.next = flow.acked;
}

// Lengths and checksums; with offload the kernel does TCP's.
void RawResponder::seal(std::uint8_t* frame, std::size_t tcp_header, std::size_t payload, bool payload_is_zero) const {
  std::uint8_t* const ip = frame + kEthernet;
  std::uint8_t* const tcp = ip + 20;
  const auto length = static_cast<std::uint16_t>(tcp_header + payload);
  store_be16(ip + 2, static_cast<std::uint16_t>(20 + length));
  store_be16(ip + 10, 0);
  store_be16(ip + 10, wire::internet_checksum({ip, 20}));
  wire::ChecksumSum sum;
  sum.add({ip + 12, 8}).add_word(6).add_word(length);
  store_be16(tcp + 16, sum.folded());
  if (offload_) return;
  store_be16(tcp + 16, 0);
  sum.add({tcp, tcp_header + (payload_is_zero ? 0 : payload)});
  store_be16(tcp + 16, sum.checksum());
}

void RawResponder::send(std::uint8_t* frame, std::size_t size, std::size_t payload) {
  const std::size_t skip = offload_ ? 0 : kVnetHeader;
  std::uint8_t* const start = frame - kVnetHeader;
  if (offload_) {
    const bool is_super = payload > kMss;
    // What struct virtio_net_hdr calls hdr_len, gso_size, csum_start and csum_offset, in native byte order.
    const auto only_super = [&](std::size_t value) { return static_cast<std::uint16_t>(is_super ? value : 0); };
    const std::array<std::uint16_t, 4> fields{only_super(kHeaders), only_super(kMss), kEthernet + 20, 16};
    start[0] = 1;  // VIRTIO_NET_HDR_F_NEEDS_CSUM
    start[1] = is_super ? 1 : 0;
    std::memcpy(start + 2, fields.data(), sizeof(fields));
  }
  [[maybe_unused]] const ssize_t sent = ::write(device_.get(), start + skip, size + kVnetHeader - skip);
}

}  // namespace fourtuple::bench
