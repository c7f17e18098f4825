#include "apps/explain/meanings.hpp"

namespace fourtuple::explain {
namespace {

constexpr std::string_view kStates = "RFC9293 3.3.2";

std::string_view sentence_of(TcpState state) {
  switch (state) {
    case TcpState::kClosed:
      return "No connection at all: the state that every connection begins and ends in. A segment that names none is "
             "answered with a reset.";
    case TcpState::kListen:
      return "Half a name that waits for strangers: a SYN to this port begins a new connection, and the listener stays "
             "what it was.";
    case TcpState::kSynSent:
      return "Our SYN is on its way and its answer has not come. A SYN,ACK opens the connection, a SYN alone says that "
             "the peer calls us at the same moment, a reset that acknowledges our SYN says that nobody listens.";
    case TcpState::kSynReceived:
      return "Both SYNs were seen, and ours is not acknowledged yet. The ACK that completes the handshake is all that "
             "is missing; until it comes, the application knows nothing of the connection.";
    case TcpState::kEstablished:
      return "Both sides know each other's numbers: data may flow both ways, for as long as anybody likes.";
    case TcpState::kFinWait1:
      return "Our application has closed, and our FIN, or data before it, is not acknowledged yet. The peer may go on "
             "sending.";
    case TcpState::kFinWait2:
      return "Our FIN is acknowledged, and we wait for the peer's. It may go on sending for as long as our application "
             "reads; where nobody reads any more, a timer ends the wait.";
    case TcpState::kCloseWait:
      return "The peer has sent its FIN and will send no more data. Our application has been told (end of file) and "
             "has "
             "not closed yet; it may still send. Many rows like this mean an application that forgets to close.";
    case TcpState::kClosing:
      return "Both sides sent their FIN before they saw the other's: the peer's has come, ours is not acknowledged "
             "yet.";
    case TcpState::kLastAck:
      return "The peer closed first, then we did: our FIN is sent, and its acknowledgment is the last thing to come.";
    case TcpState::kTimeWait:
      return "All is said and acknowledged, and the side that closed first keeps the name for two maximum segment "
             "lifetimes: to acknowledge the peer's FIN once more if our ACK was lost, and so that no segment of this "
             "connection strays into a later one of the same name.";
  }
  return "";
}

}  // namespace

Meaning meaning_of(TcpState state) { return {.says = sentence_of(state), .clause = kStates}; }

Meaning meaning_of(trace::Timer timer) {
  using enum trace::Timer;
  switch (timer) {
    case kRetransmission:
      return {
          "Runs while anything is unacknowledged. When it ends, the oldest segment is sent again, the congestion "
          "window shrinks to one segment, and the next wait is twice as long.",
          "RFC6298 5"};
    case kPersist:
      return {
          "Runs while the peer's window is closed and data waits. When it ends, a probe asks whether the window has "
          "opened: the update that said so may have been lost.",
          "RFC9293 3.8.6.1"};
    case kDelayedAck:
      return {"Runs while an acknowledgment is owed and may wait for company: data of ours, or a second segment.",
              "RFC9293 3.8.6.3"};
    case kKeepAlive:
      return {
          "Runs on a silent connection of an application that asked for it (SO_KEEPALIVE). When it ends, the peer is "
          "asked for a sign of life.",
          "RFC9293 3.8.4"};
    case kTimeWait:
      return {"Two maximum segment lifetimes, after which a connection in TIME-WAIT is forgotten.", "RFC9293 3.10.8"};
    case kFinWait2:
      return {"How long a connection in FIN-WAIT-2 that no application reads from waits for the peer's FIN.",
              "RFC9293 3.6"};
    case kReordering:
      return {
          "A segment seems lost because a later one was acknowledged; this is how long it may yet turn out to be "
          "merely late.",
          "RFC8985 6"};
    case kTailLoss:
      return {
          "Silence after the last segment of a flight. When it ends, a probe makes the peer tell what it has, long "
          "before the retransmission timer would.",
          "RFC8985 7"};
    case kSendOverride:
      return {"Small data held back, by the window or by TCP_CORK, has waited long enough and is sent all the same.",
              "RFC9293 3.8.6.2.1"};
    case kPacing:
      return {"Segments are spread over a round trip instead of sent in a burst; this is until the next one's turn.",
              "RFC9002 7.7"};
  }
  return {};
}

}  // namespace fourtuple::explain
