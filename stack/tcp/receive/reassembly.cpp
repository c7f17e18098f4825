#include "stack/tcp/receive/reassembly.hpp"

#include <algorithm>

namespace fourtuple::tcp {
namespace {

// Makes `block` longer by [left, right) if it is empty or ends there.
void extend(Reassembly::Block& block, StreamOffset left, StreamOffset right) {
  if (block.empty()) block = {left, left};
  if (block.right == left) block.right = right;
}

}  // namespace

Reassembly::Insertion Reassembly::insert(StreamOffset begin, PacketBuffer&& payload, std::size_t max_segments,
                                         std::size_t max_memory) {
  const StreamOffset end = begin + static_cast<StreamOffset>(payload.size());
  // The pieces that the new one touches: [first, last).
  const auto first = std::find_if(pieces_.begin(), pieces_.end(), [&](const Piece& p) { return p.end() > begin; });
  auto last = first;
  StreamOffset covered = begin;  // everything in [begin, covered) is held already
  bool has_gap_inside = false;
  Block duplicate{0, 0};
  for (; last != pieces_.end() && last->begin < end; ++last) {
    if (last->begin > covered) has_gap_inside = true;
    extend(duplicate, std::max(last->begin, begin), std::min(last->end(), end));
    covered = std::max(covered, last->end());
  }
  const auto touched = static_cast<std::size_t>(last - first);
  if (touched > 0 && !has_gap_inside && covered >= end) {
    first->arrival = ++arrivals_;  // told again, so it heads the next SACK option [RFC2018 4, 4(a)]
    return {Outcome::kDuplicate, duplicate};
  }
  if (pieces_.size() + 1 > max_segments || held_memory_ + payload.capacity() > max_memory)
    return {Outcome::kFull, duplicate};

  // First copy wins at the edges; pieces that the new one swallows whole go.
  auto swallow_from = first;
  if (touched > 0 && first->begin <= begin) {
    payload.remove_front(static_cast<std::size_t>(first->end() - begin));
    begin = first->end();
    ++swallow_from;
  }
  auto swallow_to = last;
  if (swallow_to != swallow_from && (swallow_to - 1)->end() >= end) {
    --swallow_to;
    payload.remove_back(static_cast<std::size_t>(end - swallow_to->begin));
  }
  for (auto it = swallow_from; it != swallow_to; ++it) {
    held_bytes_ -= it->payload.size();
    held_memory_ -= it->payload.capacity();
  }
  pieces_.erase(swallow_from, swallow_to);
  place(begin, std::move(payload));
  return {Outcome::kHeld, duplicate};
}

void Reassembly::place(StreamOffset begin, PacketBuffer&& payload) {
  held_bytes_ += payload.size();
  held_memory_ += payload.capacity();
  const auto at = std::find_if(pieces_.begin(), pieces_.end(), [&](const Piece& p) { return p.begin > begin; });
  Piece piece;
  piece.begin = begin;
  piece.payload = std::move(payload);
  piece.arrival = ++arrivals_;
  pieces_.insert(at, std::move(piece));
}

Reassembly::Block Reassembly::held_below(StreamOffset next) const {
  Block block{0, 0};
  for (const Piece& piece : pieces_) {
    if (piece.begin >= next) break;
    extend(block, piece.begin, std::min(piece.end(), next));
  }
  return block;
}

std::optional<PacketBuffer> Reassembly::take_at(StreamOffset next) {
  while (!pieces_.empty() && pieces_.front().begin <= next) {
    Piece piece = std::move(pieces_.front());
    pieces_.erase(pieces_.begin());
    held_bytes_ -= piece.payload.size();
    held_memory_ -= piece.payload.capacity();
    if (piece.end() <= next) continue;  // filled meanwhile
    piece.payload.remove_front(static_cast<std::size_t>(next - piece.begin));
    return std::move(piece.payload);
  }
  return std::nullopt;
}

void Reassembly::clear() {
  std::vector<Piece>().swap(pieces_);
  held_bytes_ = 0;
  held_memory_ = 0;
}

std::size_t Reassembly::blocks(std::array<Block, 4>& blocks) const {
  // Adjacent pieces make one block; its age is that of its newest piece. The newest blocks are kept, in that order.
  std::array<std::uint64_t, 4> ages{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < pieces_.size();) {
    Block block{pieces_[i].begin, pieces_[i].end()};
    std::uint64_t age = pieces_[i].arrival;
    for (++i; i < pieces_.size() && pieces_[i].begin == block.right; ++i) {
      block.right = pieces_[i].end();
      age = std::max(age, pieces_[i].arrival);
    }
    std::size_t rank = count;
    while (rank > 0 && ages[rank - 1] < age) --rank;
    if (rank == blocks.size()) continue;
    count = std::min(count + 1, blocks.size());
    for (std::size_t k = count - 1; k > rank; --k) ages[k] = ages[k - 1], blocks[k] = blocks[k - 1];
    ages[rank] = age;
    blocks[rank] = block;
  }
  return count;
}

bool Reassembly::is_consistent() const {
  std::size_t bytes = 0;
  std::size_t memory = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].payload.empty()) return false;
    if (i > 0 && pieces_[i - 1].end() > pieces_[i].begin) return false;
    bytes += pieces_[i].payload.size();
    memory += pieces_[i].payload.capacity();
  }
  return bytes == held_bytes_ && memory == held_memory_;
}

}  // namespace fourtuple::tcp
