// Whether a conversation can be replayed at all: only if the capture shows its beginning and all of its octets.
#include <algorithm>
#include <string>

#include "apps/capture/axis.hpp"
#include "apps/capture/coverage.hpp"
#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {
namespace {

void refuse_conversation(Conversation& conversation, Refusal refusal, const std::string& details) {
  if (conversation.refusal) return;
  conversation.refusal = refusal;
  conversation.refusal_details = details;
}

std::string at_frame(const TcpFrame& frame) { return "frame " + std::to_string(frame.number); }

std::string sender_name(Host host) { return host == Host::kClient ? "the client" : "the server"; }

// A host that was never heard after its SYN, or refused one, has opened nothing; that is a conversation too.
std::optional<std::string> find_missing_handshake(const Conversation& conversation) {
  bool server_answered = false;
  for (const TcpFrame& frame : conversation.frames) {
    if (frame.checksum_is_wrong) continue;
    const TcpFlags flags = frame.segment.flags;
    if (&frame == &conversation.frames.front() && !(flags.syn() && !flags.ack())) return at_frame(frame);
    if (flags.syn() && frame.from == Host::kServer) server_answered = true;
    if (server_answered || flags.syn() || flags.rst()) continue;
    // An ACK alone may come from a connection that the server thinks it still has. [RFC9293 3.5.1]
    if (frame.from == Host::kClient || frame.segment.length() != 0) return at_frame(frame);
  }
  return std::nullopt;
}

void check_header(Conversation& conversation, const TcpFrame& frame, const FrameFacts& facts) {
  if (frame.checksum_is_wrong) return;
  if (facts.is_signed) refuse_conversation(conversation, Refusal::kAuthenticated, at_frame(frame));
  if (frame.segment.flags.syn() && !frame.segment.payload.empty()) {
    refuse_conversation(conversation, Refusal::kSynData, at_frame(frame));
  }
  if (frame.cut_octets != 0) refuse_conversation(conversation, Refusal::kSnaplen, at_frame(frame));
}

// One direction: what its host sent, and what the other acknowledged of it.
struct StreamTally {
  SequenceAxis axis;
  Coverage coverage;
  Coverage shown;  // octets of damaged segments, too
  std::optional<StreamOffset> fin;
  StreamOffset acked = 0;  // the highest that does not go beyond what was ever sent
  std::size_t acks_beyond = 0;
  bool last_ack_is_beyond = false;
};

// An octet that its receiver has already is a keepalive's, and may be any. [RFC9293 3.8.4]
bool is_keepalive(const StreamTally& stream, StreamOffset begin, const Segment& segment) {
  return segment.payload.size() <= 1 && begin < stream.acked;
}

bool take_octets(StreamTally& stream, const TcpFrame& frame) {
  const StreamOffset begin = stream.axis.take(frame.segment, frame.octets_on_the_wire());
  if (frame.segment.flags.fin()) stream.fin = begin + frame.octets_on_the_wire();
  if (frame.segment.payload.empty() || is_keepalive(stream, begin, frame.segment)) return true;
  stream.shown.add(begin, frame.segment.payload);
  return stream.coverage.add(begin, frame.segment.payload);
}

// Its receiver does not hear it; but the capture shows what may have been there.
void take_damaged_octets(StreamTally& stream, const TcpFrame& frame) {
  if (!stream.axis.is_known()) return;
  const auto begin = stream.axis.take_damaged(frame.segment, frame.octets_on_the_wire());
  if (begin) stream.shown.add(*begin, frame.segment.payload);
}

void take_acknowledgment(StreamTally& stream, const TcpFrame& frame, StreamOffset sent_in_the_end) {
  const StreamOffset ack = stream.axis.offset_of(frame.segment.ack);
  stream.last_ack_is_beyond = ack > sent_in_the_end;
  if (stream.last_ack_is_beyond) ++stream.acks_beyond;
  if (!stream.last_ack_is_beyond) stream.acked = std::max(stream.acked, ack);
}

bool is_heard(const TcpFrame& frame) { return !frame.checksum_is_wrong && !frame.segment.flags.rst(); }

// How far each host ever went. An acknowledgment of more than that is an error or a forgery.
std::array<StreamOffset, 2> ends_of_streams(const Conversation& conversation) {
  std::array<SequenceAxis, 2> axes;
  for (const TcpFrame& frame : conversation.frames) {
    SequenceAxis& axis = axes[index_of(frame.from)];
    if (is_heard(frame)) axis.take(frame.segment, frame.octets_on_the_wire());
    if (frame.checksum_is_wrong && axis.is_known()) axis.take_damaged(frame.segment, frame.octets_on_the_wire());
  }
  return {axes[0].sent_end(), axes[1].sent_end()};
}

std::array<StreamTally, 2> tally_streams(Conversation& conversation) {
  const auto ends = ends_of_streams(conversation);
  std::array<StreamTally, 2> streams;
  for (const TcpFrame& frame : conversation.frames) {
    if (frame.checksum_is_wrong) take_damaged_octets(streams[index_of(frame.from)], frame);
    if (!is_heard(frame)) continue;
    const std::size_t peer = index_of(other(frame.from));
    const bool has_ack = frame.segment.flags.ack() && streams[peer].axis.is_known();
    if (has_ack) take_acknowledgment(streams[peer], frame, ends[peer]);
    // Its receiver dropped it with all that is in it. [RFC5961 5.2]
    if (has_ack && streams[peer].last_ack_is_beyond) continue;
    if (take_octets(streams[index_of(frame.from)], frame)) continue;
    refuse_conversation(conversation, Refusal::kInconsistentRetransmission, at_frame(frame));
  }
  return streams;
}

// A segment that the path lost is no gap: its receiver does not acknowledge it before it has come again.
std::optional<StreamOffset> find_gap(const StreamTally& stream, const Coverage& coverage) {
  StreamOffset missing = coverage.first_missing(1);
  if (missing == stream.fin) ++missing;
  if (missing < stream.acked) return missing;
  // One such acknowledgment alone may be a forgery, or its sender's mistake.
  if (stream.last_ack_is_beyond && stream.acks_beyond >= 2) return stream.axis.sent_end();
  return std::nullopt;
}

void refuse_gaps(Conversation& conversation, const std::array<StreamTally, 2>& streams, Refusal refusal,
                 Coverage StreamTally::*coverage) {
  for (const Host host : {Host::kClient, Host::kServer}) {
    const StreamTally& stream = streams[index_of(host)];
    const auto gap = find_gap(stream, stream.*coverage);
    if (!gap) continue;
    refuse_conversation(conversation, refusal,
                        "octet " + std::to_string(*gap) + " of " + sender_name(host) + " and what follows");
  }
}

}  // namespace

void find_refusal(Conversation& conversation, const std::vector<FrameFacts>& facts) {
  for (std::size_t i = 0; i < facts.size(); ++i) check_header(conversation, conversation.frames[i], facts[i]);
  if (const auto where = find_missing_handshake(conversation)) {
    refuse_conversation(conversation, Refusal::kNoHandshake, *where);
  }
  const auto streams = tally_streams(conversation);
  refuse_gaps(conversation, streams, Refusal::kGap, &StreamTally::shown);
  refuse_gaps(conversation, streams, Refusal::kDamaged, &StreamTally::coverage);
}

}  // namespace fourtuple::capture
