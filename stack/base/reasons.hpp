// One word for each reason: why a packet was dropped, and what made a segment leave. Counters, events, tests and
// the ladder all use these words, and each maps to the clause behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fourtuple {

// X(enumerator, "name-as-printed", "clause", "one sentence")
#define FOURTUPLE_DROP_REASONS(X)                                                                                    \
  X(kFrameTruncated, "frame-truncated", "RFC894", "the frame is shorter than an Ethernet header")                    \
  X(kNotForUs, "not-for-us", "RFC1122 2.3.3", "the frame is addressed to another station")                           \
  X(kVlanTagged, "vlan-tagged", "IEEE802.1Q", "VLAN tags are not spoken here")                                       \
  X(kUnknownEtherType, "unknown-ether-type", "RFC894", "no layer here speaks this ether type")                       \
  X(kArpMalformed, "arp-malformed", "RFC826", "the ARP packet is cut or is not Ethernet/IPv4")                       \
  X(kArpNotForUs, "arp-not-for-us", "RFC826", "the ARP packet asks for or tells of an address we do not care for")   \
  X(kArpBadSender, "arp-bad-sender", "RFC5227 2.4", "the ARP sender is a group address or claims our own")           \
  X(kArpQueueFull, "arp-queue-full", "RFC1122 2.3.2.2", "too many packets wait for this address to resolve")         \
  X(kArpFailed, "arp-failed", "RFC1122 2.3.2.1", "nobody answered for the next hop")                                 \
  X(kArpTableFull, "arp-table-full", "RFC1122 2.3.2.1", "the neighbour table is full of fresher entries")            \
  X(kIpTruncated, "ip-truncated", "RFC791 3.1", "fewer octets than an IPv4 header")                                  \
  X(kIpBadVersion, "ip-bad-version", "RFC1122 3.2.1.1", "the version is not 4")                                      \
  X(kIpBadHeaderLength, "ip-bad-header-length", "RFC791 3.1", "the header length is below 20 or beyond the packet")  \
  X(kIpBadTotalLength, "ip-bad-total-length", "RFC791 3.1", "the total length does not fit header or packet")        \
  X(kIpBadChecksum, "ip-bad-checksum", "RFC1122 3.2.1.2", "the header checksum is wrong")                            \
  X(kIpBadOption, "ip-bad-option", "RFC1122 3.2.1.8", "an IP option is malformed or not allowed here")               \
  X(kIpBadSource, "ip-bad-source", "RFC1122 3.2.1.3", "the source cannot be a single other host")                    \
  X(kIpNotForUs, "ip-not-for-us", "RFC1122 3.2.1.3", "the destination is not ours and we do not forward")            \
  X(kIpLinkBroadcast, "ip-link-broadcast", "RFC1122 3.3.6", "link-layer broadcast of a unicast packet")              \
  X(kIpUnknownProtocol, "ip-unknown-protocol", "RFC1122 3.2.2.1", "no layer here speaks this protocol")              \
  X(kIpNoRoute, "ip-no-route", "RFC1122 3.3.1", "no route leads to the destination")                                 \
  X(kIpTtlExpired, "ip-ttl-expired", "RFC1122 3.2.1.7", "the time to live is zero")                                  \
  X(kIpTooBig, "ip-too-big", "RFC1191 4", "larger than the path and not to be fragmented")                           \
  X(kFragmentBad, "fragment-bad", "RFC791 3.2", "a fragment's length is not a multiple of 8 or runs past 65535")     \
  X(kFragmentOverlap, "fragment-overlap", "RFC5722 3", "fragments overlap with different bounds: all are dropped")   \
  X(kFragmentLimit, "fragment-limit", "RFC791 3.2", "too many incomplete datagrams or fragments")                    \
  X(kFragmentTimeout, "fragment-timeout", "RFC1122 3.3.2", "the datagram was not complete in time")                  \
  X(kIcmpTruncated, "icmp-truncated", "RFC792", "the ICMP message is cut short")                                     \
  X(kIcmpBadChecksum, "icmp-bad-checksum", "RFC792", "the ICMP checksum is wrong")                                   \
  X(kIcmpUnknownType, "icmp-unknown-type", "RFC1122 3.2.2", "an ICMP type we do not know is silently discarded")     \
  X(kIcmpBroadcast, "icmp-broadcast", "RFC1122 3.2.2.6", "echo to a broadcast or multicast address")                 \
  X(kIcmpBadQuotation, "icmp-bad-quotation", "RFC5927 4.1", "the quoted packet is none that we have in flight")      \
  X(kIcmpRateLimited, "icmp-rate-limited", "RFC1812 4.3.2.8", "too many ICMP answers in a short time")               \
  X(kUdpTruncated, "udp-truncated", "RFC768", "the datagram is shorter than a UDP header")                           \
  X(kUdpBadLength, "udp-bad-length", "RFC768", "the UDP length does not fit the packet")                             \
  X(kUdpBadChecksum, "udp-bad-checksum", "RFC1122 4.1.3.4", "the UDP checksum is wrong")                             \
  X(kUdpClosedPort, "udp-closed-port", "RFC1122 4.1.3.1", "no socket is bound to the port")                          \
  X(kSocketQueueFull, "socket-queue-full", "RFC768", "the socket's receive buffer is full")                          \
  X(kTcpTruncated, "tcp-truncated", "RFC9293 3.1", "the segment is shorter than a TCP header")                       \
  X(kTcpBadDataOffset, "tcp-bad-data-offset", "RFC9293 3.1", "the data offset is below 5 or beyond the segment")     \
  X(kTcpBadOption, "tcp-bad-option", "RFC9293 MUST-7", "an option's length is illegal")                              \
  X(kTcpBadChecksum, "tcp-bad-checksum", "RFC9293 MUST-3", "the TCP checksum is wrong")                              \
  X(kTcpBadAddress, "tcp-bad-address", "RFC9293 MUST-57", "TCP to or from a broadcast, multicast or port 0")         \
  X(kTcpClosedPort, "tcp-closed-port", "RFC9293 3.10.7.1", "nobody listens here")                                    \
  X(kTcpBacklogFull, "tcp-backlog-full", "RFC9293 3.10.7.2", "the listener's queues are full")                       \
  X(kTcpTableFull, "tcp-table-full", "RFC9293 3.10.7.2", "the connection table is full")                             \
  X(kTcpUnacceptableAck, "tcp-unacceptable-ack", "RFC9293 3.10.7.3", "acknowledges what was never sent")             \
  X(kTcpOutOfWindow, "tcp-out-of-window", "RFC9293 3.10.7.4", "no octet of the segment lies in the window")          \
  X(kTcpPaws, "tcp-paws", "RFC7323 5.3", "the timestamp is older than the last one seen")                            \
  X(kTcpNoAckFlag, "tcp-no-ack-flag", "RFC9293 3.10.7.4", "a segment without ACK on a synchronized connection")      \
  X(kTcpOldAck, "tcp-old-ack", "RFC5961 5.2", "acknowledges octets from too long ago")                               \
  X(kTcpFutureAck, "tcp-future-ack", "RFC5961 5.2", "acknowledges octets that were never sent")                      \
  X(kTcpSynInWindow, "tcp-syn-in-window", "RFC5961 4.2", "a SYN on a synchronized connection")                       \
  X(kTcpRstOutOfWindow, "tcp-rst-out-of-window", "RFC5961 3.2", "a reset that could be anybody's guess")             \
  X(kTcpRstNotExact, "tcp-rst-not-exact", "RFC5961 3.2", "a reset inside the window but not at RCV.NXT")             \
  X(kTcpOutOfOrderLimit, "tcp-out-of-order-limit", "RFC9293 3.10.7.4", "too much out-of-order data is held already") \
  X(kTcpNoBuffer, "tcp-no-buffer", "RFC9293 3.8.6", "no memory for the payload")                                     \
  X(kTcpAfterClose, "tcp-after-close", "RFC9293 MUST-13", "data for a connection that nobody reads any more")        \
  X(kTcpStateHasNoUse, "tcp-state-has-no-use", "RFC9293 3.10.7", "the connection's state ignores such a segment")    \
  X(kTcpDuplicate, "tcp-duplicate", "RFC9293 3.10.7.4", "all of it was received before")                             \
  X(kNoBuffer, "no-buffer", "RFC1122 3.3.6", "the packet buffer pool is exhausted")                                  \
  X(kDriverRefused, "driver-refused", "RFC1122 2.4", "the device did not take the frame")                            \
  X(kImpaired, "impaired", "wire", "the simulated wire lost it on purpose")

enum class DropReason : std::uint8_t {
#define FOURTUPLE_ENUMERATOR(enumerator, name, clause, sentence) enumerator,
  FOURTUPLE_DROP_REASONS(FOURTUPLE_ENUMERATOR)
#undef FOURTUPLE_ENUMERATOR
};

#define FOURTUPLE_ONE(enumerator, name, clause, sentence) +1
inline constexpr std::size_t kDropReasonCount = 0 FOURTUPLE_DROP_REASONS(FOURTUPLE_ONE);

// What made a segment (or another packet of ours) leave.
#define FOURTUPLE_CAUSES(X)                                                                                        \
  X(kUserConnect, "user-connect", "RFC9293 3.10.1", "the application opened the connection")                       \
  X(kUserSend, "user-send", "RFC9293 3.10.2", "the application gave data and the rules let it go")                 \
  X(kUserReceive, "user-receive", "RFC9293 3.8.6.2.2", "the application read and the window opened")               \
  X(kUserClose, "user-close", "RFC9293 3.10.4", "the application closed its side")                                 \
  X(kUserAbort, "user-abort", "RFC9293 3.10.5", "the application aborted, or closed with unread data")             \
  X(kHandshake, "handshake", "RFC9293 3.5", "the answer that the handshake asks for")                              \
  X(kAckEverySecond, "ack-every-second", "RFC9293 SHLD-19", "two full segments have arrived")                      \
  X(kAckDelayed, "ack-delayed", "RFC9293 MUST-40", "the delayed-ACK timer ran out")                                \
  X(kAckOutOfOrder, "ack-out-of-order", "RFC5681 4.2", "a gap, a filled gap or a duplicate is told at once")       \
  X(kAckQuick, "ack-quick", "RFC9293 3.8.6.3", "an ACK is owed at once (FIN, probe, start of connection)")         \
  X(kAckUnacceptable, "ack-unacceptable", "RFC9293 3.10.7.4", "the answer to an unacceptable segment")             \
  X(kChallengeAck, "challenge-ack", "RFC5961 7", "the sender is asked whether it meant that")                      \
  X(kPeerAcked, "peer-acked", "RFC9293 3.7", "an ACK made room for more data")                                     \
  X(kWindowOpened, "window-opened", "RFC9293 3.8.6", "the peer's window opened")                                   \
  X(kWindowProbe, "window-probe", "RFC9293 MUST-36", "the peer's window is closed: one octet asks again")          \
  X(kSwsOverride, "sws-override", "RFC9293 3.8.6.2.1", "small data has waited long enough")                        \
  X(kRetransmissionTimeout, "retransmission-timeout", "RFC6298 5", "the oldest data was not acknowledged in time") \
  X(kFastRetransmit, "fast-retransmit", "RFC5681 3.2", "three duplicate ACKs say that a segment is missing")       \
  X(kPartialAck, "partial-ack", "RFC6582 3.2", "a partial ACK in recovery names the next hole")                    \
  X(kLossRecovery, "loss-recovery", "RFC8985 6.2", "an acknowledgment shows that this segment was lost")           \
  X(kLimitedTransmit, "limited-transmit", "RFC3042 2", "a duplicate ACK lets one new segment go")                  \
  X(kPaced, "paced", "RFC9002 7.7", "its turn has come: segments are spread over the round trip")                  \
  X(kTailLossProbe, "tail-loss-probe", "RFC8985 7", "silence after the last segment is probed")                    \
  X(kKeepAlive, "keep-alive", "RFC9293 3.8.4", "is the silent peer still there?")                                  \
  X(kResetReply, "reset-reply", "RFC9293 3.5.2", "a segment arrived for which there is no connection")             \
  X(kUserTimeout, "user-timeout", "RFC9293 3.8.3", "the connection gave up after too many retransmissions")        \
  X(kKeepAliveTimeout, "keep-alive-timeout", "RFC9293 3.8.4", "the silent peer did not answer")                    \
  X(kTimeWaitAnswer, "time-wait-answer", "RFC9293 3.10.7.4", "TIME-WAIT acknowledges a retransmitted FIN")         \
  X(kListenerClosed, "listener-closed", "RFC9293 3.10.4", "the listener went away with this connection queued")    \
  X(kInvariant, "invariant", "fourtuple", "the engine caught itself in the impossible and let the connection go")  \
  X(kArpQuestion, "arp-question", "RFC826", "who has the next hop?")                                               \
  X(kArpAnswer, "arp-answer", "RFC826", "somebody asked for our address")                                          \
  X(kEchoAnswer, "echo-answer", "RFC1122 3.2.2.6", "an echo request is answered")                                  \
  X(kIcmpError, "icmp-error", "RFC1122 3.2.2", "the sender is told why its packet died")                           \
  X(kDatagram, "datagram", "RFC768", "the application sent a datagram or a raw packet")

enum class Cause : std::uint8_t {
#define FOURTUPLE_ENUMERATOR(enumerator, name, clause, sentence) enumerator,
  FOURTUPLE_CAUSES(FOURTUPLE_ENUMERATOR)
#undef FOURTUPLE_ENUMERATOR
};
inline constexpr std::size_t kCauseCount = 0 FOURTUPLE_CAUSES(FOURTUPLE_ONE);
#undef FOURTUPLE_ONE

// "tcp-out-of-window"
[[nodiscard]] std::string_view name(DropReason reason);
[[nodiscard]] std::string_view name(Cause cause);
// "RFC9293 3.10.7.4"
[[nodiscard]] std::string_view clause(DropReason reason);
[[nodiscard]] std::string_view clause(Cause cause);
// One sentence in our words.
[[nodiscard]] std::string_view sentence(DropReason reason);
[[nodiscard]] std::string_view sentence(Cause cause);

}  // namespace fourtuple
