// Selective acknowledgment (RFC 2018, RFC 2883): only where it is permitted, and nothing but the truth.
#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <optional>
#include <span>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

Extent extent_of_block(const Endpoint& endpoint, const SackBlock& block) {
  const StreamOffset left = endpoint.peer_offset(block.left);
  return {left, left + distance(block.left, block.right)};
}

std::span<const SackBlock> sack_blocks(const TracedSegment& segment) {
  return std::span(segment.segment.options.sack).first(segment.segment.options.sack_count);
}

bool carries_sack(const Endpoint& endpoint, const TracedSegment& segment) {
  return segment.sent && endpoint.is_open() && segment.segment.options.sack_count > 0 && !segment.segment.flags.rst() &&
         segment.segment.flags.ack();
}

// The first block may tell of octets that came twice: below the ACK, or inside the second block (RFC 2883 4).
bool first_block_is_duplicate(const Endpoint& endpoint, const TracedSegment& segment) {
  const auto blocks = sack_blocks(segment);
  const Extent first = extent_of_block(endpoint, blocks.front());
  if (first.end <= endpoint.ack_of(segment)) return true;
  if (blocks.size() < 2) return false;
  const Extent second = extent_of_block(endpoint, blocks[1]);
  return first.begin >= second.begin && first.end <= second.end;
}

// [RFC2018 4(c)]
constexpr RuleInfo kOnlyIfPermitted{.name = "sack-only-if-permitted",
                                    .clause = "RFC2018 4(c)",
                                    .level = Level::kMust,
                                    .says = "SACK is sent only to a peer whose SYN permitted it.",
                                    .hint = "The option of the peer's SYN is not remembered, or not looked at."};

class SackOnlyIfPermitted final : public RuleOf<kOnlyIfPermitted> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent && segment.segment.flags.syn()) is_permitted_ |= segment.segment.options.sack_permitted;
    if (carries_sack(endpoint, segment) && !is_permitted_)
      report.add(info(), "carries SACK blocks, and the peer's SYN had not permitted any");
  }

 private:
  bool is_permitted_ = false;
};

// [RFC2018 2]
constexpr RuleInfo kPermitOnSyn{.name = "sack-permitted-on-syn-only",
                                .clause = "RFC2018 2",
                                .level = Level::kMust,
                                .says = "The option SACK-permitted stands on a SYN only.",
                                .hint = "Options of the handshake leak into other segments."};

class SackPermittedOnSynOnly final : public RuleOf<kPermitOnSyn> {
 public:
  void on_segment(const Endpoint&, const TracedSegment& segment, Report& report) override {
    if (segment.sent && segment.segment.options.sack_permitted && !segment.segment.flags.syn())
      report.add(info(), "carries SACK-permitted without SYN");
  }
};

// [RFC2018 3] [RFC2018 4]
constexpr RuleInfo kTruthful{.name = "sack-is-truthful",
                             .clause = "RFC2018 3",
                             .level = Level::kMust,
                             .says = "A SACK block names octets that have come, all of them.",
                             .hint = "The sender will not repeat what a block names: the stream gets a hole."};

class SackIsTruthful final : public RuleOf<kTruthful> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return take(endpoint, segment);
    if (!carries_sack(endpoint, segment) || endpoint.circumstances().has_gaps) return;
    for (const SackBlock& block : sack_blocks(segment)) {
      const Extent named = extent_of_block(endpoint, block);
      const bool is_true = named.begin < named.end && came_.covers(named.begin, named.end);
      if (!is_true) report.add(info(), fmt::format("names {}..{}, which has not come", named.begin, named.end));
    }
  }

 private:
  // Everything that came, wherever it stood: what the endpoint may keep is its own matter.
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    if (segment.checksum_is_wrong || segment.segment.flags.rst()) return;
    if (!endpoint.peer().initial) return came_.add(0, segment.length());
    const Extent extent = extent_of(endpoint, segment);
    came_.add(std::max<StreamOffset>(extent.begin, 0), extent.end);
  }
  RangeSet came_;
};

// [RFC2883 4]
constexpr RuleInfo kOctetsOnly{.name = "sack-names-octets-only",
                               .clause = "RFC2883 4",
                               .level = Level::kShould,
                               .says = "Blocks name octets of data: a repeated SYN is no duplicate to report.",
                               .hint = "The SYN's number is below the first octet."};

class SackNamesOctetsOnly final : public RuleOf<kOctetsOnly> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!carries_sack(endpoint, segment)) return;
    const auto blocks = sack_blocks(segment);
    const auto names_syn = [&](const SackBlock& block) { return extent_of_block(endpoint, block).begin == 0; };
    if (std::ranges::any_of(blocks, names_syn)) report.add(info(), "names the peer's SYN in a block");
  }
};

// [RFC2018 3] [RFC2883 4]
constexpr RuleInfo kAboveAck{.name = "sack-blocks-above-the-ack",
                             .clause = "RFC2883 4",
                             .level = Level::kMust,
                             .says =
                                 "Blocks lie above the acknowledgment number, but for a first one that tells of a "
                                 "duplicate.",
                             .hint = "Blocks must be dropped when the ACK moves over them."};

class SackBlocksAboveTheAck final : public RuleOf<kAboveAck> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!carries_sack(endpoint, segment)) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    const auto blocks = sack_blocks(segment);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const Extent named = extent_of_block(endpoint, blocks[i]);
      const bool is_duplicate = i == 0 && named.end <= ack;
      if (named.begin > ack || is_duplicate) continue;
      report.add(info(), fmt::format("names {}..{} and acknowledges {}", named.begin, named.end, ack));
    }
  }
};

// [RFC2018 4(a)]
constexpr RuleInfo kNewestFirst{.name = "first-sack-block-is-the-newest",
                                .clause = "RFC2018 4(a)",
                                .level = Level::kMust,
                                .says = "The first block holds the segment that made the endpoint send this ACK.",
                                .hint = "The order of blocks tells the sender what left the network last."};

class FirstSackBlockIsTheNewest final : public RuleOf<kNewestFirst> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return take(endpoint, segment);
    if (!segment.segment.flags.ack()) return;
    if (is_provable(endpoint, segment)) look_at(endpoint, segment, report);
    ++acks_;
    something_else_came_ = false;
  }

 private:
  struct Arrival {
    Extent octets;
    Instant time;
    std::uint64_t acks_before;
  };
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!endpoint.is_open() || segment.checksum_is_wrong) return;
    const Extent octets = octets_of(endpoint, segment);
    const bool is_new_above_a_hole =
        leaves_a_hole(endpoint, segment) && !endpoint.peer().seen.touches(octets.begin, octets.end);
    something_else_came_ = something_else_came_ || !is_new_above_a_hole;
    if (is_new_above_a_hole) arrivals_.push_back({octets, segment.time, acks_});
    if (arrivals_.size() > kMost) arrivals_.pop_front();
  }
  // Everything since the last ACK stood above a hole.
  bool is_provable(const Endpoint& endpoint, const TracedSegment& segment) const {
    return carries_sack(endpoint, segment) && hears_all(endpoint) && !endpoint.has_doubtful_arrivals() &&
           !something_else_came_ && !arrivals_.empty() && arrivals_.back().acks_before == acks_ &&
           arrivals_.front().acks_before < acks_ && !first_block_is_duplicate(endpoint, segment);
  }
  // What came a moment before may have been read later than the line of the trace says.
  bool may_have_triggered(const Endpoint& endpoint, const Arrival& arrival, Instant now) const {
    const bool is_late = !endpoint.circumstances().order_is_exact && now - arrival.time < kTimeToRead;
    return arrival.acks_before == acks_ || is_late;
  }
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const Extent first = extent_of_block(endpoint, sack_blocks(segment).front());
    const auto is_held = [&](const Arrival& a) {
      return may_have_triggered(endpoint, a, segment.time) && first.begin <= a.octets.begin &&
             a.octets.end <= first.end;
    };
    if (std::ranges::any_of(arrivals_, is_held)) return;
    const Extent newest = arrivals_.back().octets;
    report.add(info(), fmt::format("names {}..{} first, and {}..{} came last", first.begin, first.end, newest.begin,
                                   newest.end));
  }
  static constexpr std::size_t kMost = 128;
  static constexpr Duration kTimeToRead = 2ms;
  std::deque<Arrival> arrivals_;  // the latest
  std::uint64_t acks_ = 0;
  bool something_else_came_ = false;
};

// [RFC2018 4]
constexpr RuleInfo kEveryAck{.name = "sack-on-every-ack-at-a-hole",
                             .clause = "RFC2018 4",
                             .level = Level::kShould,
                             .says = "Whoever sends SACK sends it on every ACK that stands below octets that are held.",
                             .hint = "The ACK was built without its blocks; the sender may repeat what is there."};

class SackOnEveryAckAtAHole final : public RuleOf<kEveryAck> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return take(endpoint, segment);
    has_sent_sack_ = has_sent_sack_ || carries_sack(endpoint, segment);
    const bool is_pure_ack = segment.segment.flags.ack() && segment.length() == 0 && !segment.segment.flags.rst();
    if (!is_pure_ack || segment.segment.options.sack_count > 0 || !has_sent_sack_) return;
    if (!is_synchronized(endpoint) || !endpoint.uses_sack() || !hears_all_in_time(endpoint)) return;
    if (endpoint.has_doubtful_arrivals()) return;
    // What stands behind the peer's FIN is not held.
    if (endpoint.peer().fin && held_end_ > *endpoint.peer().fin + 1) return;
    if (held_end_ <= endpoint.ack_of(segment) || segment.time - held_since_ < kOnItsWay) return;
    report.add(info(), fmt::format("acknowledges {} without blocks, though {}..{} had come", endpoint.ack_of(segment),
                                   held_begin_, held_end_));
  }

 private:
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    const Extent octets = octets_of(endpoint, segment);
    if (!leaves_a_hole(endpoint, segment) || octets.end <= held_end_) return;
    held_begin_ = octets.begin;
    held_end_ = octets.end;
    held_since_ = segment.time;
  }
  static constexpr Duration kOnItsWay = 10ms;
  bool has_sent_sack_ = false;
  StreamOffset held_begin_ = 0;
  StreamOffset held_end_ = 0;
  Instant held_since_{};
};

// [RFC2883 4]
constexpr RuleInfo kDuplicateCame{.name = "d-sack-names-what-came-twice",
                                  .clause = "RFC2883 4",
                                  .level = Level::kMust,
                                  .says = "A first block below the ACK names octets that came twice.",
                                  .hint = "D-SACK makes the sender take back a loss: it must not be invented."};

class DSackNamesWhatCameTwice final : public RuleOf<kDuplicateCame> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return take(endpoint, segment);
    const Circumstances& known = endpoint.circumstances();
    if (!carries_sack(endpoint, segment) || !hears_all(endpoint) || known.leaves_out_doubles) return;
    const Extent first = extent_of_block(endpoint, sack_blocks(segment).front());
    if (first.end > endpoint.ack_of(segment) || first.begin < 0 || first.begin >= first.end) return;
    if (once_.merged_by_force()) return;  // what stood between may never have come
    if (!twice_.covers(first.begin, first.end) && once_.covers(first.begin, first.end))
      report.add(info(), fmt::format("tells of {}..{} as a duplicate, which came once", first.begin, first.end));
  }

 private:
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    if (segment.checksum_is_wrong || segment.segment.flags.rst() || segment.length() == 0) return;
    const Extent extent = endpoint.peer().initial ? extent_of(endpoint, segment) : Extent{0, segment.length()};
    const StreamOffset begin = std::max<StreamOffset>(extent.begin, 0);
    for (const auto& [from, to] : overlaps(begin, extent.end)) twice_.add(from, to);
    once_.add(begin, extent.end);
  }
  // The parts of the range that had come before.
  [[nodiscard]] std::vector<std::pair<StreamOffset, StreamOffset>> overlaps(StreamOffset begin,
                                                                            StreamOffset end) const {
    std::vector<std::pair<StreamOffset, StreamOffset>> parts;
    auto it = once_.ranges().upper_bound(begin);
    if (it != once_.ranges().begin()) --it;
    for (; it != once_.ranges().end() && it->first < end; ++it) {
      const StreamOffset from = std::max(begin, it->first);
      const StreamOffset to = std::min(end, it->second);
      if (from < to) parts.emplace_back(from, to);
    }
    return parts;
  }
  RangeSet once_;
  RangeSet twice_;
};

}  // namespace

void add_selective_rules(Rules& rules) {
  add_rules<SackOnlyIfPermitted, SackPermittedOnSynOnly, SackIsTruthful, SackNamesOctetsOnly, SackBlocksAboveTheAck,
            FirstSackBlockIsTheNewest, SackOnEveryAckAtAHole, DSackNamesWhatCameTwice>(rules);
}

}  // namespace fourtuple::judge
