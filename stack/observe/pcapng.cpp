#include "stack/observe/pcapng.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fourtuple::observe {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kInterfaceName = 2;  // in an interface description
constexpr std::uint16_t kPacketFlags = 2;    // in an enhanced packet
constexpr std::uint16_t kTimeResolution = 9;

// One block, written front to back. The section header's magic says that we are little-endian on every machine.
class Block {
 public:
  explicit Block(std::uint32_t type) {
    u32(type);
    u32(0);  // total length, known in finish()
  }
  Block& u16(std::uint16_t value) {
    octets_.push_back(static_cast<std::uint8_t>(value));
    octets_.push_back(static_cast<std::uint8_t>(value >> 8));
    return *this;
  }
  Block& u32(std::uint32_t value) {
    return u16(static_cast<std::uint16_t>(value)).u16(static_cast<std::uint16_t>(value >> 16));
  }
  Block& bytes(ByteView view) {
    octets_.insert(octets_.end(), view.begin(), view.end());
    octets_.resize((octets_.size() + 3) / 4 * 4);
    return *this;
  }
  Block& text(std::uint16_t option, std::string_view value) {
    if (value.empty()) return *this;
    u16(option).u16(static_cast<std::uint16_t>(value.size()));
    return bytes(std::vector<std::uint8_t>(value.begin(), value.end()));
  }
  [[nodiscard]] ByteView finish() {
    const auto size = static_cast<std::uint32_t>(octets_.size() + 4);
    u32(size);
    for (std::size_t i = 0; i < 4; ++i) octets_.at(4 + i) = static_cast<std::uint8_t>(size >> (8 * i));
    return octets_;
  }

 private:
  std::vector<std::uint8_t> octets_;
};

// Whether a whole frame begins with these headers. The transport's checksum may have been filled in meanwhile, and
// where a frame is put around a datagram the stations are not known: the type, the IPv4 header and the ports are
// compared.
bool begins_like(ByteView headers, ByteView frame) {
  constexpr std::size_t kStations = 12;
  constexpr std::size_t kBeforeAnyChecksum = 14 + 20 + 4;  // up to the ports, without IP options
  const std::size_t end = std::min({headers.size(), frame.size(), kBeforeAnyChecksum});
  const std::size_t begin = std::min(kStations, end);
  return std::ranges::equal(headers.subspan(begin, end - begin), frame.subspan(begin, end - begin));
}

std::string reason_text(std::string_view what, std::string_view name, std::string_view clause,
                        std::string_view sentence) {
  return fmt::format("{} {} [{}]: {}", what, name, clause, sentence);
}

}  // namespace

PcapngSink::PcapngSink(Write write, PcapngOptions options) : write_(std::move(write)), options_(std::move(options)) {
  Block section(kSectionHeader);
  section.u32(0x1a2b3c4d).u16(1).u16(0);                   // byte-order magic, version 1.0
  section.u32(0xffffffff).u32(0xffffffff);                 // section length: unknown
  section.text(4, "fourtuple").u16(kEndOfOptions).u16(0);  // shb_userappl
  write_(section.finish());
  Block interface(kInterfaceDescription);
  interface.u16(1).u16(0).u32(0);  // LINKTYPE_ETHERNET, reserved, no snap length
  interface.text(kInterfaceName, options_.interface_name);
  interface.text(kTimeResolution, "\x09").u16(kEndOfOptions).u16(0);  // 10^-9 s
  write_(interface.finish());
}

PcapngSink::~PcapngSink() { flush(); }

void PcapngSink::flush() {
  end();
  for (Packet& packet : packets_) packet.is_done = true;
  write_done();
}

void PcapngSink::on_event(const trace::Event& event) {
  if (const auto* received = std::get_if<trace::FrameReceived>(&event.body)) {
    end();
    if (!comment_.empty()) comment_.insert(0, "before this packet: ");
    begin(received->bytes, received->bytes.size(), false, event.time);
    packets_.back().is_done = true;
  } else if (const auto* sent = std::get_if<trace::FrameSent>(&event.body)) {
    // What was noted while no frame was open (a user call, a timer) belongs to the frame that leaves because of it.
    end();
    begin(sent->headers, sent->headers.size() + sent->payload_bytes, true, event.time);
    packets_.back().is_done = !options_.waits_for_frames;
    note(reason_text("because of", name(sent->cause), clause(sent->cause), sentence(sent->cause)));
    if (sent->gso_size != 0) note(fmt::format("one super-segment, {} octets a segment", sent->gso_size));
    end();
  } else {
    note_on(event);
  }
}

void PcapngSink::begin(ByteView bytes, std::size_t original_size, bool outbound, Instant time) {
  const std::size_t limit = options_.snap_length == 0 ? bytes.size() : options_.snap_length;
  const ByteView kept = bytes.first(std::min(bytes.size(), limit));
  packets_.push_back({.bytes = {kept.begin(), kept.end()},
                      .original_size = original_size,
                      .time = time,
                      .outbound = outbound,
                      .comment = std::exchange(comment_, {})});
  open_ = true;
}

void PcapngSink::note(std::string_view text) {
  std::string& comment = open_ ? packets_.back().comment : comment_;
  if (comment.size() + text.size() + 1 > options_.max_comment) return;
  if (!comment.empty()) comment += "\n";
  comment += text;
}

void PcapngSink::end() {
  open_ = false;
  write_done();
}

// One that was looped back or given up is never completed: a later one that is shows that nothing more will come.
void PcapngSink::complete(ByteView frame) {
  const auto waits_for = [frame](const Packet& packet) {
    return !packet.is_done && packet.outbound && packet.original_size == frame.size() &&
           packet.bytes.size() <= frame.size() && begins_like(packet.bytes, frame);
  };
  const auto found = std::ranges::find_if(packets_, waits_for);
  if (found == packets_.end()) return;
  for (auto earlier = packets_.begin(); earlier != found; ++earlier) earlier->is_done = true;
  const std::size_t limit = options_.snap_length == 0 ? frame.size() : options_.snap_length;
  const ByteView kept = frame.first(std::min(frame.size(), limit));
  found->bytes.assign(kept.begin(), kept.end());
  found->is_done = true;
  write_done();
}

void PcapngSink::write_done() {
  while (!packets_.empty()) {
    const bool is_last_and_open = open_ && packets_.size() == 1;
    if (is_last_and_open || (!packets_.front().is_done && packets_.size() <= kMostWaiting)) return;
    write_packet(packets_.front());
    packets_.pop_front();
  }
}

void PcapngSink::note_on(const trace::Event& event) {
  // What a frame causes happens at its moment; what comes later belongs to a frame that is still to come.
  if (open_ && event.time != packets_.back().time) end();
  if (const auto* change = std::get_if<trace::StateChanged>(&event.body)) {
    note(fmt::format("{} -> {}", name(change->from), name(change->to)));
  } else if (const auto* segment = std::get_if<trace::SegmentDropped>(&event.body)) {
    note(reason_text("dropped:", name(segment->reason), clause(segment->reason), sentence(segment->reason)));
  } else if (const auto* frame = std::get_if<trace::FrameDropped>(&event.body)) {
    note(reason_text("dropped:", name(frame->reason), clause(frame->reason), sentence(frame->reason)));
  } else if (const auto* timer = std::get_if<trace::TimerFired>(&event.body)) {
    note(fmt::format("{} timer ran out", name(timer->timer)));
  } else if (const auto* neighbour = std::get_if<trace::NeighbourChanged>(&event.body)) {
    note(fmt::format("neighbour {}: {} -> {}", to_string(neighbour->address), neighbour->from, neighbour->to));
  }
}

void PcapngSink::write_packet(const Packet& packet) {
  const auto time = static_cast<std::uint64_t>((packet.time.time_since_epoch() + options_.epoch_offset).count());
  Block block(kEnhancedPacket);
  block.u32(0).u32(static_cast<std::uint32_t>(time >> 32)).u32(static_cast<std::uint32_t>(time));
  block.u32(static_cast<std::uint32_t>(packet.bytes.size())).u32(static_cast<std::uint32_t>(packet.original_size));
  block.bytes(packet.bytes).text(kComment, packet.comment);
  block.u16(kPacketFlags).u16(4).u32(packet.outbound ? 2 : 1);
  block.u16(kEndOfOptions).u16(0);
  write_(block.finish());
}

}  // namespace fourtuple::observe
