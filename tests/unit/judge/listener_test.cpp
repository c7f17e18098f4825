#include "stack/judge/listener.hpp"

#include <gtest/gtest.h>

namespace fourtuple::judge {
namespace {

constexpr FourTuple kName{{Ipv4Address{0x0a000004}, 80}, {Ipv4Address{0x0a000005}, 50000}};
constexpr std::uint8_t kSynAck = TcpFlags::kSyn | TcpFlags::kAck;
constexpr std::uint8_t kAck = TcpFlags::kAck;
constexpr std::uint8_t kPush = TcpFlags::kAck | TcpFlags::kPsh;

Segment segment(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack) {
  Segment segment;
  segment.flags.bits = flags;
  segment.seq = {seq};
  segment.ack = {ack};
  segment.window = 30000;
  if (segment.flags.syn()) segment.options.mss = 1000;
  return segment;
}

// What our stack would tell about a connection.
class Told {
 public:
  explicit Told(trace::ConnectionNumber number) : number_(number) {}
  Told& received(const Segment& segment) { return event(trace::SegmentReceived{kName, segment, 0, 0, 0}); }
  Told& sent(const Segment& segment, std::uint32_t octets = 0, std::uint16_t gso_size = 0) {
    return event(trace::SegmentSent{.name = kName, .segment = segment, .payload_bytes = octets, .gso_size = gso_size});
  }
  // From now on it is told about another connection.
  Told& as(trace::ConnectionNumber number) {
    number_ = number;
    return *this;
  }
  Told& event(trace::Body body) {
    time_ += 1ms;
    listener.on_event({time_, number_, std::move(body)});
    return *this;
  }
  Told& opening() {
    received(segment(TcpFlags::kSyn, 100, 0)).sent(segment(kSynAck, 500, 101));
    return received(segment(kAck, 101, 501));
  }
  Listener listener;

 private:
  trace::ConnectionNumber number_;
  Instant time_{};
};

TEST(JudgingListener, IsSilentAboutAGoodConnection) {
  Told told(1);
  told.opening().sent(segment(kPush, 501, 101), 10).received(segment(kAck, 101, 511));
  told.listener.finish(Instant{1min});
  EXPECT_EQ(told.listener.first(), "");
}

TEST(JudgingListener, TellsOfTheFirstThingThatIsWrong) {
  Told told(1);
  told.opening().sent(segment(kPush, 502, 101), 10).sent(segment(kPush, 600, 101), 10);
  EXPECT_EQ(told.listener.first(),
            "10.0.0.4:80 > 10.0.0.5:50000 at 4 ms: gap-in-what-is-sent [RFC9293 3.4]: begins at 2 though SND.NXT is 1");
}

TEST(JudgingListener, CutsSuperSegmentsAsADeviceWould) {
  Told told(1);
  told.opening().sent(segment(kPush, 501, 101), 2500, 1000);
  EXPECT_EQ(told.listener.first(), "");
  Told large(1);
  large.opening().sent(segment(kPush, 501, 101), 2500, 1001);
  ASSERT_FALSE(large.listener.told().empty());
  EXPECT_EQ(large.listener.told().front().finding.rule->name, "keeps-to-the-peers-size");
}

TEST(JudgingListener, JudgesTheAnswerToASegmentThatNobodyWaitedFor) {  // [RFC9293 3.10.7.1]
  const auto answered = [](std::uint32_t ack) {
    Told told(0);
    told.event(trace::SegmentDropped{kName, segment(TcpFlags::kSyn, 100, 0), 0, 0, DropReason::kTcpClosedPort});
    told.sent(segment(TcpFlags::kRst | TcpFlags::kAck, 0, ack));
    return told.listener.told().size();
  };
  EXPECT_EQ(answered(101), 0U);
  EXPECT_EQ(answered(100), 1U);
}

TEST(JudgingListener, KnowsTheArrowsOfFigure5) {  // [RFC9293 3.3.2]
  Told told(1);
  told.event(trace::StateChanged{TcpState::kEstablished, TcpState::kFinWait1, kName});
  told.event(trace::StateChanged{TcpState::kFinWait1, TcpState::kClosed, kName});
  EXPECT_EQ(told.listener.first(), "");
  told.event(trace::StateChanged{TcpState::kTimeWait, TcpState::kEstablished, kName});
  EXPECT_EQ(told.listener.told().size(), 1U);
}

TEST(JudgingListener, HearsWhatThereWasNoRoomFor) {
  static constexpr std::uint8_t kOctets[20] = {};
  Segment late = segment(kPush, 111, 501);
  late.payload = ByteView(kOctets).first(10);
  Segment first = segment(kPush, 101, 501);
  first.payload = late.payload;
  for (const bool is_told : {false, true}) {
    Told told(1);
    told.opening().received(late);
    if (is_told) told.event(trace::SegmentDropped{kName, late, 11, 1, DropReason::kTcpOutOfOrderLimit});
    told.received(first).sent(segment(kAck, 501, 111));
    EXPECT_EQ(told.listener.told().empty(), is_told);
  }
}

TEST(JudgingListener, StartsAnewWhenAConnectionIsGone) {
  Told told(1);
  told.opening().event(trace::ConnectionClosed{kName, 0});
  told.opening().sent(segment(kPush, 501, 101), 10);
  EXPECT_EQ(told.listener.first(), "");
}

Segment ten_octets() {
  static constexpr std::uint8_t kOctets[10] = {};
  Segment data = segment(kPush, 101, 501);
  data.payload = kOctets;
  return data;
}

TEST(JudgingListener, HearsOfCallsWhereItIsTold) {  // [RFC9293 SHLD-3]
  Told told(1);
  told.listener = Listener({.calls_are_known = true, .without = {}});
  told.opening().received(ten_octets());
  told.listener.on_call(kName, {Instant{5ms}, Call::Kind::kClose, 0});
  told.sent(segment(kAck | TcpFlags::kFin, 501, 111));
  ASSERT_FALSE(told.listener.told().empty());
  EXPECT_EQ(told.listener.told().front().finding.rule->name, "reset-for-unread-octets");
}

TEST(JudgingListener, HearsOfCallsOfTheNewConnectionWhenTheOldOneOfItsNameGoes) {
  Told told(1);
  told.listener = Listener({.calls_are_known = true, .without = {}});
  told.opening().as(2).opening().received(ten_octets()).as(1).event(trace::ConnectionClosed{kName, 0});
  told.listener.on_call(kName, {Instant{8ms}, Call::Kind::kClose, 0});
  told.as(2).sent(segment(kAck | TcpFlags::kFin, 501, 111));
  ASSERT_FALSE(told.listener.told().empty());
  EXPECT_EQ(told.listener.told().front().finding.rule->name, "reset-for-unread-octets");
}

}  // namespace
}  // namespace fourtuple::judge
