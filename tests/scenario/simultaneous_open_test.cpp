// Both ends call at once (RFC 9293 3.5, figures 7 and 8). [RFC9293 MUST-10]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

void cross_syns(Conversation& c) {
  c.connect();
  c.out("S 0:0(0) <mss 1460,...>");
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460,...>");
  c.expect_state(TcpState::kSynReceived);
}

TEST(SimultaneousOpen, IsCompletedByThePeersSynAck) {  // [RFC9293 MUST-10]
  Conversation c;
  cross_syns(c);
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.maybe(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.send(10);
  c.out("P. 1:11(10) ack 1");
}

TEST(SimultaneousOpen, IsCompletedByAPlainAck) {  // [RFC9293 MUST-10]
  Conversation c;
  cross_syns(c);
  c.in(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.in("P. 1:11(10) ack 1");
  c.receive(10);
  c.ignore_rest();
}

// [RFC9293 MUST-11] It did not come from LISTEN: the user is told.
TEST(SimultaneousOpen, ReportsAResetAsRefusal) {
  Conversation c;
  cross_syns(c);
  c.in("R 1:1(0)");
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::connection_refused);
}

TEST(SimultaneousOpen, RepeatsTheSynAckWhenItIsLost) {
  Conversation c;
  cross_syns(c);
  c.after(1s, "S. 0:0(0) ack 1 <mss 1460,...>");
  c.in(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
}

TEST(SimultaneousOpen, AgreesOnOptionsFromThePeersSyn) {
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.in("S 0:0(0) win 65535 <mss 1000>");
  c.out("S. 0:0(0) ack 1 <mss 1460,...>");
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1000>");
  c.maybe(". 1:1(0) ack 1");
  c.send(1500);
  c.out(". 1:1001(1000) ack 1");
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
