#include "tests/enumerated/world.hpp"

#include <gtest/gtest.h>

#include "stack/tcp/state.hpp"

namespace fourtuple::enumerated {
namespace {

using F = TcpFlags;
using namespace std::chrono_literals;
using enum TcpState;

void open_passively(Talk& talk) {
  talk.listen();
  talk.say(F::kSyn, 0, 0);
  talk.say(F::kAck, 1, 1);
  talk.accept();
}

void open_actively(Talk& talk) {
  talk.connect();
  talk.say(F::kSyn | F::kAck, 0, 1);
}

// The peer sends 100 octets, which are read, or fills the window but for `room`. Answers RCV.NXT.
std::int64_t hear(Talk& talk, bool fill, int room) {
  const std::int64_t count = fill ? static_cast<std::int64_t>(Talk::kReceiveBuffer) - room : 100;
  talk.say(F::kPsh | F::kAck, 1, 1, count);
  talk.advance(45ms);
  if (!fill) {
    EXPECT_TRUE(talk.read_all(1));
  }
  return 1 + count;
}

// We send 200 octets, of which the peer acknowledges the first 100; then the closing begins, as far as `state`.
void speak_and_close(Talk& talk, const World& world, std::int64_t rcv_nxt) {
  const TcpState state = world.state;
  const auto close_ours = [&] { world.released ? talk.close() : talk.shutdown(); };

  const tcp::StateTraits& there = tcp::traits(state);
  talk.send(200);
  talk.say(F::kAck, rcv_nxt, 101);
  const bool we_close_first = there.fin_queued && state != kLastAck;
  if (we_close_first) close_ours();
  if (state == kFinWait2 || state == kTimeWait) talk.say(F::kAck, rcv_nxt, 202);
  if (there.fin_received) talk.say(F::kFin | F::kAck, rcv_nxt, state == kTimeWait ? 202 : 101);
  if (state == kLastAck) close_ours();
  if (state == kTimeWait) talk.advance(1s);
}

void begin(const World& world, Talk& talk) {
  if (world.state == kClosed) return;
  if (world.state == kListen || (world.state == kSynReceived && world.passive)) talk.listen();
  if (world.state == kSynSent || (world.state == kSynReceived && !world.passive)) talk.connect();
  if (world.state == kSynReceived) talk.say(F::kSyn, 0, 0);
}

void take_send_space(Position& position) {
  position.snd_wnd = position.max_snd_wnd = Talk::kPeerWindow;
  position.fin_sent = tcp::traits(position.state).fin_queued;
  position.snd_nxt = position.fin_sent ? 202 : 201;
  position.snd_una = position.state == kFinWait2 || position.state == kTimeWait ? 202 : 101;
}

}  // namespace

Position reach(const World& world, Talk& talk) {
  Position position{
      .state = world.state, .passive = world.passive, .listens = world.passive, .released = world.released};
  if (world.state < kEstablished) {
    begin(world, talk);
    position.snd_nxt = world.state == kSynSent || world.state == kSynReceived ? 1 : 0;
    position.rcv_nxt = position.rcv_consumed = world.state == kSynReceived ? 1 : 0;
    position.snd_wnd = world.state == kSynReceived ? Talk::kPeerWindow : 0;
  } else {
    world.passive ? open_passively(talk) : open_actively(talk);
    const bool fin = tcp::traits(world.state).fin_received;
    position.rcv_nxt = hear(talk, world.closed_window, fin ? 1 : 0);
    position.rcv_consumed = world.closed_window ? 1 : position.rcv_nxt;
    speak_and_close(talk, world, position.rcv_nxt);
    if (fin) ++position.rcv_nxt;
    take_send_space(position);
  }
  if (!talk.said().empty()) {
    const Said& last = talk.said().back();
    position.rcv_wnd = last.flags.ack() ? last.ack + last.window - position.rcv_nxt : last.window;
  }
  talk.forget_said();
  static_cast<void>(talk.take_signals(Talk::kApplication));
  static_cast<void>(talk.take_signals(Talk::kListener));
  EXPECT_EQ(talk.state(), world.state == kListen ? kClosed : world.state) << name(world.state);
  EXPECT_EQ(position.rcv_wnd == 0, world.closed_window || world.state < kSynSent) << name(world.state);
  return position;
}

}  // namespace fourtuple::enumerated
