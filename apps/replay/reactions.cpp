// Reactions to frames that move nothing forward. Only there the kind of answer says something: everywhere else it may
// ride on data, wait, or be left out for a later one.
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "apps/replay/comparison.hpp"

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using capture::TcpFrame;

enum class Reaction : std::uint8_t { kSilence, kAnswer, kReset };

std::string_view reaction_word(Reaction reaction) {
  switch (reaction) {
    case Reaction::kSilence:
      return "silence";
    case Reaction::kAnswer:
      return "an ACK";
    case Reaction::kReset:
      return "a RST";
  }
  return "";
}

// What a frame that moves nothing forward is.
struct Oddity {
  std::size_t frame = 0;
  std::size_t heard = 0;  // frames of the other host that had come once it had, itself included
  std::string_view what;
  std::string_view clause;
};

// Follows the other host's frames and picks out those that move nothing forward.
class OddityFinder {
 public:
  explicit OddityFinder(SeqNum initial) : initial_(initial) {}

  std::optional<Oddity> look_at(std::size_t index, const TcpFrame& frame) {
    const Segment& segment = frame.segment;
    const StreamOffset begin = unwrap(segment.seq, initial_, end_);
    const StreamOffset end = begin + segment.length();
    ++heard_;
    if (frame.checksum_is_wrong) return Oddity{index, heard_, "a damaged segment", "RFC9293 MUST-3"};
    if (segment.flags.rst()) return Oddity{index, heard_, "a RST", "RFC5961 3.2"};
    if (segment.flags.syn() && end_ > 1) return Oddity{index, heard_, "a SYN on an open connection", "RFC5961 4.2"};
    const bool is_old = segment.length() > 0 && end <= end_;
    end_ = std::max(end_, end);
    if (is_old) return Oddity{index, heard_, "octets that had come before", "RFC9293 3.10.7.4"};
    return std::nullopt;
  }

 private:
  SeqNum initial_;
  StreamOffset end_ = 0;
  std::size_t heard_ = 0;
};

std::vector<Oddity> oddities_of(const Conversation& conversation, Host from, SeqNum initial) {
  OddityFinder finder(initial);
  std::vector<Oddity> oddities;
  for (std::size_t i = 0; i < conversation.frames.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    if (frame.from != from || frame.odd.exact_duplicate) continue;
    if (const auto oddity = finder.look_at(i, frame)) oddities.push_back(*oddity);
  }
  return oddities;
}

// An answer to the frame itself comes at once; what comes later was owed to somebody else.
constexpr Duration kAtOnce = std::chrono::milliseconds(10);

// What was sent at once after `heard` frames, the last of which came at `time`, and before the next one.
Reaction reaction_after(const Emissions& emissions, std::size_t heard, Duration time) {
  const auto first =
      std::lower_bound(emissions.all.begin(), emissions.all.end(), heard,
                       [](const Emission& emission, std::size_t wanted) { return emission.heard < wanted; });
  Reaction reaction = Reaction::kSilence;
  for (auto at = first; at != emissions.all.end() && at->heard == heard; ++at) {
    if (at->time > time + kAtOnce) break;
    if (at->segment->flags.rst()) return Reaction::kReset;
    reaction = Reaction::kAnswer;
  }
  return reaction;
}

// By recorded frame: how many deliveries there had been once it had come.
std::map<std::size_t, std::size_t> delivery_counts(const Performance& performance) {
  std::map<std::size_t, std::size_t> counts;
  for (std::size_t i = 0; i < performance.deliveries.size(); ++i) {
    const Delivery& delivery = performance.deliveries[i];
    if (!delivery.is_icmp && !delivery.is_synthetic) counts[delivery.frame] = i + 1;
  }
  return counts;
}

// With the next frame of the other host right behind, who can say which of the two was answered?
bool stands_alone(const Conversation& conversation, std::size_t frame) {
  const TcpFrame& it = conversation.frames[frame];
  for (std::size_t i = frame + 1; i < conversation.frames.size(); ++i) {
    if (conversation.frames[i].from == it.from) return conversation.frames[i].time - it.time > 1ms;
  }
  return true;
}

}  // namespace

void compare_reactions(const Comparison& comparison, std::vector<Detail>& details) {
  const Host role = comparison.performance.role;
  if (comparison.vantage.to(role) != Duration::zero()) return;  // the order was another one at the host
  const Host from = capture::other(role);
  const auto delivered = delivery_counts(comparison.performance);
  for (const Oddity& oddity : oddities_of(comparison.conversation, from, comparison.ours.other_initial)) {
    const auto at = delivered.find(oddity.frame);
    if (at == delivered.end() || !stands_alone(comparison.conversation, oddity.frame)) continue;
    const auto& frames = comparison.conversation.frames;
    const Instant delivered_at = comparison.performance.deliveries[at->second - 1].delivered;
    const Reaction ours = reaction_after(comparison.ours, at->second, delivered_at - comparison.performance.begin);
    const Reaction recorded =
        reaction_after(comparison.recorded, oddity.heard, frames[oddity.frame].time - frames.front().time);
    if (ours == recorded) continue;
    Detail detail;
    detail.verdict = Verdict::kDiverged;
    detail.clause = oddity.clause;
    detail.name = "other-reaction";
    detail.sentence = fmt::format("to {} our answer is {}, the recorded one {}", oddity.what, reaction_word(ours),
                                  reaction_word(recorded));
    detail.hint = "answers of this kind may be limited in rate, merged or delayed";
    detail.recorded_frame = oddity.frame;
    details.push_back(std::move(detail));
  }
}

}  // namespace fourtuple::replay
