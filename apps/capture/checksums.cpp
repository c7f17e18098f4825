// Which wrong checksums were wrong on the wire. A host that leaves checksums to its network card shows wrong ones to
// whoever captures on it, so nearly all of its data frames look damaged; on the wire they were right.
#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {
namespace {

struct ChecksumTally {
  std::size_t data = 0;  // frames with data, or SYN and FIN, and a checksum that could be tested
  std::size_t data_wrong = 0;
  std::size_t all = 0;
  std::size_t all_wrong = 0;
  std::size_t ip_wrong = 0;
  bool partial_seen = false;

  // Two are needed to tell a habit from an accident.
  [[nodiscard]] bool is_offload() const {
    if (data >= 2) return data_wrong >= 2 && data_wrong * 10 >= data * 8;
    return all_wrong >= 2 && all_wrong * 10 >= all * 8;
  }
  [[nodiscard]] bool is_ip_offload() const { return ip_wrong >= 2 && ip_wrong * 10 >= all * 8; }
};

bool looks_wrong(const FrameFacts& facts) {
  return facts.checksum == ChecksumState::kWrong || facts.checksum == ChecksumState::kPartial;
}

void count_checksum(ChecksumTally& tally, const TcpFrame& frame, const FrameFacts& facts) {
  ++tally.all;
  tally.ip_wrong += facts.ip_checksum_is_wrong ? 1 : 0;
  if (facts.checksum == ChecksumState::kUnknown) return;
  const std::size_t wrong = looks_wrong(facts) ? 1 : 0;
  tally.all_wrong += wrong;
  tally.partial_seen |= facts.checksum == ChecksumState::kPartial;
  if (frame.segment.payload.empty()) return;
  ++tally.data;
  tally.data_wrong += wrong;
}

void judge_checksum(TcpFrame& frame, const FrameFacts& facts, const ChecksumTally& tally) {
  const bool is_explained = facts.checksum == ChecksumState::kPartial || tally.is_offload();
  const bool header_is_damaged = facts.ip_checksum_is_wrong && !tally.is_ip_offload();
  frame.checksum_is_wrong = (looks_wrong(facts) && !is_explained) || header_is_damaged;
  frame.odd.offloaded_checksum = looks_wrong(facts) && !frame.checksum_is_wrong;
}

}  // namespace

void judge_checksums(Conversation& conversation, const std::vector<FrameFacts>& facts) {
  std::array<ChecksumTally, 2> tallies{};
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    count_checksum(tallies[index_of(frame.from)], frame, facts[i]);
  }
  for (std::size_t i = 0; i < facts.size(); ++i) {
    TcpFrame& frame = conversation.frames[i];
    judge_checksum(frame, facts[i], tallies[index_of(frame.from)]);
  }
  for (std::size_t i = 0; i < 2; ++i)
    conversation.checksums_offloaded[i] = tallies[i].partial_seen || tallies[i].is_offload();
}

}  // namespace fourtuple::capture
