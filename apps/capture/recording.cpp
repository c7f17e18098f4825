#include "apps/capture/recording.hpp"

#include <algorithm>

#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {
namespace {

bool is_bare_syn(const Segment& segment) {
  return segment.flags.syn() && !segment.flags.ack() && !segment.flags.rst() && !segment.flags.fin();
}

bool is_syn_ack(const Segment& segment) { return segment.flags.syn() && segment.flags.ack() && !segment.flags.rst(); }

// Without a handshake the higher port is taken for the client's: servers are known by low ones.
bool source_is_client(const DecodedSegment& first) {
  if (first.problem) return first.source.port >= first.destination.port;
  if (is_bare_syn(first.frame.segment)) return true;
  if (is_syn_ack(first.frame.segment)) return false;
  return first.source.port >= first.destination.port;
}

}  // namespace

Recording::Recording(std::uint32_t stream, const DecodedSegment& first, const Limits& limits) : limits_(limits) {
  conversation_->stream = stream;
  conversation_->hosts = {first.source, first.destination};
  if (!source_is_client(first)) std::swap(conversation_->hosts[0], conversation_->hosts[1]);
}

Host Recording::host_at(const Endpoint& endpoint) const {
  return endpoint == conversation_->hosts[0] ? Host::kClient : Host::kServer;
}

bool Recording::is_closed() const {
  return (sides_[0].has_finished && sides_[1].has_finished) || sides_[0].has_reset || sides_[1].has_reset;
}

bool Recording::is_succeeded_by(const DecodedSegment& segment) const {
  if (segment.problem || !is_bare_syn(segment.frame.segment) || conversation_->frames.empty()) return false;
  const Side& sender = side(host_at(segment.source));
  if (sender.initial == segment.frame.segment.seq) return false;  // a repeated SYN; Windows repeats it after RST too
  return is_closed() || (!sides_[0].initial && !sides_[1].initial);
}

bool Recording::may_be_another_syn(Host from, const Segment& segment) const {
  if (!is_bare_syn(segment)) return false;
  if (side(from).initial) return side(from).initial != segment.seq;
  return side(other(from)).has_spoken;  // else they open simultaneously
}

bool Recording::answers_another_syn(const DecodedSegment& segment) const {
  return !segment.problem && other_syn_ && is_syn_ack(segment.frame.segment) &&
         host_at(segment.source) == other(other_syn_->from) && segment.frame.segment.ack == other_syn_->seq + 1;
}

std::unique_ptr<Recording> Recording::split_off(std::uint32_t stream) {
  const auto from = static_cast<std::ptrdiff_t>(other_syn_->index);
  auto& frames = conversation_->frames;
  const auto as_segment = [this](const TcpFrame& frame, const FrameFacts& facts) {
    return DecodedSegment{.source = conversation_->host(frame.from),
                          .destination = conversation_->host(other(frame.from)),
                          .frame = frame,
                          .facts = facts,
                          .problem = {}};
  };
  auto next = std::make_unique<Recording>(stream, as_segment(frames[other_syn_->index], {}), limits_);
  for (std::size_t i = other_syn_->index; i < frames.size(); ++i) {
    next->add(as_segment(frames[i], facts_[i]), frames[i].number, frames[i].time);
  }
  frames.erase(frames.begin() + from, frames.end());
  facts_.erase(facts_.begin() + from, facts_.end());
  other_syn_.reset();
  return next;
}

void Recording::add(const DecodedSegment& segment, std::uint32_t number, CaptureTime time) {
  TcpFrame frame = segment.frame;
  frame.number = number;
  frame.from = host_at(segment.source);
  frame.odd.time_ran_backwards |= time < last_;
  last_ = std::max(last_, time);
  frame.time = last_;
  if (!has_room_for(frame.segment)) {
    cut();
  } else if (!conversation_->is_cut) {
    if (may_be_another_syn(frame.from, frame.segment) && (!other_syn_ || other_syn_->seq != frame.segment.seq)) {
      other_syn_ = OtherSyn{.index = conversation_->frames.size(), .from = frame.from, .seq = frame.segment.seq};
    }
    keep(std::move(frame), segment.facts);
  }
  if (segment.facts.checksum != ChecksumState::kWrong) note_state(host_at(segment.source), segment.frame.segment);
}

void Recording::note_state(Host from, const Segment& segment) {
  Side& sender = sides_[index_of(from)];
  if (segment.flags.syn() && !sender.initial) sender.initial = segment.seq;
  if (!segment.flags.syn()) sender.has_spoken = true;
  if (is_syn_ack(segment)) sender.has_spoken = true;
  sender.has_finished |= segment.flags.fin();
  sender.has_reset = segment.flags.rst();  // who goes on after a reset has not sent it: it was forged
}

bool Recording::has_room_for(const Segment& segment) const {
  return conversation_->frames.size() < limits_.frames_per_conversation &&
         payload_octets_ + segment.payload.size() <= limits_.octets_per_conversation;
}

void Recording::keep(TcpFrame&& frame, const FrameFacts& facts) {
  payload_octets_ += frame.segment.payload.size();
  frame.segment.payload = keep_octets(frame.segment.payload);
  conversation_->frames.push_back(std::move(frame));
  facts_.push_back(facts);
}

// Into a chunk with room that was reserved before, so that what views it stays where it is. Chunks grow with the
// conversation: most are short, and thousands of them are open at once.
ByteView Recording::keep_octets(ByteView octets) {
  constexpr std::size_t kSmallestChunk = 1024;
  constexpr std::size_t kLargestChunk = 256 * 1024;
  if (octets.empty()) return {};
  auto& chunks = conversation_->octets;
  if (chunks.empty() || chunks.back().capacity() - chunks.back().size() < octets.size()) {
    chunks.emplace_back().reserve(
        std::max(octets.size(), std::clamp(payload_octets_ / 4, kSmallestChunk, kLargestChunk)));
    reserved_octets_ += chunks.back().capacity();
  }
  auto& chunk = chunks.back();
  const std::size_t at = chunk.size();
  chunk.insert(chunk.end(), octets.begin(), octets.end());
  return ByteView(chunk).subspan(at);
}

bool Recording::add(const IcmpFrame& message) {
  if (conversation_->icmp.size() >= limits_.errors_per_conversation) return false;
  conversation_->icmp.push_back(message);
  return true;
}

void Recording::refuse(Refusal refusal, std::uint32_t number) {
  if (conversation_->refusal) return;
  conversation_->refusal = refusal;
  conversation_->refusal_details = "frame " + std::to_string(number);
}

std::size_t Recording::octets() const {
  constexpr std::size_t kOverhead = 1024;  // of the objects themselves
  return kOverhead + reserved_octets_ + conversation_->frames.capacity() * sizeof(TcpFrame) +
         facts_.capacity() * sizeof(FrameFacts) + conversation_->icmp.capacity() * sizeof(IcmpFrame);
}

// Two queues of one card may be read in the wrong order: a SYN,ACK before the SYN that it answers.
void Recording::mend_order() {
  auto& frames = conversation_->frames;
  if (frames.size() < 2 || !is_syn_ack(frames[0].segment) || !is_bare_syn(frames[1].segment)) return;
  if (frames[0].from == frames[1].from || frames[0].segment.ack != frames[1].segment.seq + 1) return;
  std::swap(frames[0], frames[1]);
  std::swap(facts_[0], facts_[1]);
  std::swap(frames[0].time, frames[1].time);
  frames[1].odd.time_ran_backwards = true;
}

std::shared_ptr<Conversation> Recording::finish() {
  mend_order();
  prepare(*conversation_, facts_, limits_.frames_per_conversation);
  facts_ = {};
  return std::move(conversation_);
}

}  // namespace fourtuple::capture
