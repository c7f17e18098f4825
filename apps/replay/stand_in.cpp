#include "apps/replay/stand_in.hpp"

#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::replay {
namespace {

constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 1}};
constexpr MacAddress kTheirMac{{2, 0, 0, 0, 0, 2}};
constexpr std::size_t kMostMeant = 4096;  // of sending that wait for their frames

// The segments that the engine means to send, until their frames come by, and the states it goes through.
class StandInWitness final : public trace::Sink {
 public:
  void on_event(const trace::Event& event) override {
    if (const auto* sent = std::get_if<trace::SegmentSent>(&event.body)) meant_.push_back(*sent);
    if (const auto* changed = std::get_if<trace::StateChanged>(&event.body)) {
      states.push_back({event.time, changed->from, changed->to, frames + meant_.size()});
    }
    if (meant_.size() > kMostMeant) meant_.pop_front();
  }

  // What the engine said about the segment of this frame, which may be one of several that were cut from what it meant.
  void explain(OurSegment& segment) {
    ++frames;
    for (; !meant_.empty(); meant_.pop_front()) {
      const trace::SegmentSent& meant = meant_.front();
      const auto octets = static_cast<std::int64_t>(segment.segment.payload.size());
      const std::int64_t offset = distance(meant.segment.seq, segment.segment.seq);
      const auto left = static_cast<std::int64_t>(meant.payload_bytes) - offset;
      if (offset < 0 || left < octets || is_control(meant.segment) != is_control(segment.segment)) continue;
      segment.cause = meant.cause;
      segment.retransmission = meant.retransmission;
      if (left == octets) meant_.pop_front();
      return;
    }
  }

  std::vector<StateStep> states;
  std::size_t frames = 0;

 private:
  static bool is_control(const Segment& segment) { return segment.flags.syn() || segment.flags.rst(); }

  std::deque<trace::SegmentSent> meant_;
};

// Keeps the TCP segments that are sent. No offloads: each frame is a segment, and its checksum is final.
class StandInLink final : public Driver {
 public:
  StandInLink(std::size_t mtu, StandInWitness& witness) : mtu_(mtu), witness_(witness) {}

  [[nodiscard]] DriverCapabilities capabilities() const override { return {.mtu = mtu_}; }
  std::size_t receive(std::vector<PacketBuffer>& /*frames*/, std::size_t /*limit*/, Instant /*now*/) override {
    return 0;
  }
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override {
    for (const TransmitFrame& frame : frames) keep(frame, now);
    return frames.size();
  }
  [[nodiscard]] std::string name() const override { return "replay"; }

  std::vector<OurSegment> segments;
  std::deque<std::vector<std::uint8_t>> octets;

 private:
  void keep(const TransmitFrame& frame, Instant now);

  const std::size_t mtu_;
  StandInWitness& witness_;
  std::vector<std::uint8_t> copy_;
};

void StandInLink::keep(const TransmitFrame& frame, Instant now) {
  copy_frame(frame, copy_);
  if (copy_.size() < wire::kEthernetHeaderSize) return;
  const ByteView packet = ByteView(copy_).subspan(wire::kEthernetHeaderSize);
  const auto ip = wire::Ipv4Header::parse(packet);
  if (!ip || ip->protocol != wire::ip_protocol::kTcp || ip->is_fragment()) return;
  const auto tcp = wire::TcpView::parse(packet.subspan(ip->header_size, ip->payload_size()));
  if (!tcp) return;
  OurSegment ours{.time = now, .segment = tcp->to_segment()};
  if (!ours.segment.payload.empty()) {
    octets.emplace_back(ours.segment.payload.begin(), ours.segment.payload.end());
    ours.segment.payload = octets.back();
  }
  witness_.explain(ours);
  segments.push_back(std::move(ours));
}

[[nodiscard]] StackConfig config_for(const StandInSetup& setup) {
  StackConfig config;
  config.tcp.timestamps = setup.timestamps;
  config.tcp.sack = setup.sack;
  config.tcp.window_scaling = setup.window_scaling;
  config.tcp.ecn = setup.ecn;
  config.tcp.receive_buffer_bytes = setup.receive_buffer;
  config.tcp.send_buffer_bytes = setup.send_buffer;
  config.tcp.fixed_initial_sequence = setup.initial_sequence;
  config.tcp.fixed_timestamp_offset = setup.timestamp_offset;
  config.tcp.acks_wait_for_application = true;
  config.tcp.check_invariants = true;
  return config;
}

}  // namespace

struct StandIn::Parts {
  explicit Parts(const StandInSetup& wanted)
      : setup(wanted), link(wanted.mtu, witness), name{{kOurs, wanted.our_port}, {kTheirs, wanted.their_port}} {
    start();
  }

  void start() {
    stack = std::make_unique<Stack>(config_for(setup), RandomSource::from_seed(1));
    stack->set_trace_sink(&witness);
    stack->attach(link, {.name = "replay0", .mac = kOurMac, .address = {kOurs, 24}, .mtu = setup.mtu});
    stack->add_static_neighbour(0, kTheirs, kTheirMac);
    stack->add_static_neighbour(0, kRouter, kTheirMac);
  }

  const StandInSetup setup;
  StandInWitness witness;
  StandInLink link;
  const FourTuple name;
  std::unique_ptr<Stack> stack;
};

StandIn::StandIn(const StandInSetup& setup) : parts_(std::make_unique<Parts>(setup)) {}
StandIn::~StandIn() = default;

const FourTuple& StandIn::name() const { return parts_->name; }
Stack& StandIn::stack() { return *parts_->stack; }

void StandIn::deliver(ByteView datagram, Instant now) {
  auto frame = parts_->stack->buffers().copy(datagram);
  if (!frame) return;
  wire::EthernetHeader{kOurMac, kTheirMac, wire::ether_type::kIpv4}.emit(frame->prepend(wire::kEthernetHeaderSize));
  parts_->stack->receive(0, {&*frame, 1}, now);
}

void StandIn::advance(Instant now) { parts_->stack->advance(now); }
Instant StandIn::next_deadline() const { return parts_->stack->next_deadline(); }

void StandIn::finish_turn(Instant now) {
  if (parts_->stack->owes_acks()) parts_->stack->send_owed_acks(now);
  (void)parts_->stack->take_notices();
}

std::optional<tcp::Info> StandIn::info(Instant now) const {
  const tcp::Layer& layer = std::as_const(*parts_->stack).tcp();
  std::optional<tcp::ConnectionId> id;
  layer.for_each([&](const tcp::SocketRow& row) {
    if (row.id && row.name == parts_->name) id = row.id;
  });
  return id ? layer.info(*id, now) : std::nullopt;
}

void StandIn::restart(Instant now) {
  const TcpState before = state();
  if (before != TcpState::kClosed) {
    parts_->witness.states.push_back({now, before, TcpState::kClosed, parts_->witness.frames});
  }
  parts_->start();
}

std::vector<OurSegment>& StandIn::segments() { return parts_->link.segments; }
std::deque<std::vector<std::uint8_t>>& StandIn::octets() { return parts_->link.octets; }
std::vector<StateStep>& StandIn::states() { return parts_->witness.states; }

bool StandIn::is_gone() const { return state() == TcpState::kClosed && !parts_->witness.states.empty(); }

TcpState StandIn::state() const {
  const auto& states = parts_->witness.states;
  return states.empty() ? TcpState::kClosed : states.back().to;
}

}  // namespace fourtuple::replay
