#include "stack/tcp/receive/reassembly.hpp"

#include <algorithm>

namespace fourtuple::tcp {

Reassembly::Insertion Reassembly::insert(StreamOffset begin, PacketBuffer&& payload, std::size_t max_blocks,
                                         std::size_t max_memory) {
  StreamOffset end = begin + static_cast<StreamOffset>(payload.size());
  // The blocks that the new piece overlaps: [first, last).
  const auto first =
      std::partition_point(blocks_.begin(), blocks_.end(), [&](const Aged& block) { return block.at.right <= begin; });
  const auto last = std::partition_point(first, blocks_.end(), [&](const Aged& block) { return block.at.left < end; });
  Block duplicate{0, 0};
  if (first != last) duplicate = {std::max(first->at.left, begin), std::min(first->at.right, end)};
  if (first != last && first->at.left <= begin && end <= first->at.right) {
    first->arrival = ++arrivals_;  // told again, so it heads the next SACK option [RFC2018 4, 4(a)]
    return {Outcome::kDuplicate, duplicate};
  }
  const bool touches = first != last || (first != blocks_.end() && first->at.left == end) ||
                       (first != blocks_.begin() && (first - 1)->at.right == begin);
  if ((!touches && blocks_.size() >= max_blocks) || held_memory_ + payload.capacity() > max_memory)
    return {Outcome::kFull, duplicate};

  // First copy wins at the edges; blocks that the new piece swallows whole go.
  auto inner = first;
  if (inner != last && inner->at.left <= begin) {
    payload.remove_front(static_cast<std::size_t>(inner->at.right - begin));
    begin = inner->at.right;
    ++inner;
  }
  if (inner != last && (last - 1)->at.right >= end) {
    payload.remove_back(static_cast<std::size_t>(end - (last - 1)->at.left));
    end = (last - 1)->at.left;
  }
  for (; inner != last && inner->at.right < end; ++inner) swallow(inner->at);
  place(begin, std::move(payload));
  return {Outcome::kHeld, duplicate};
}

void Reassembly::swallow(const Block& block) {
  for (auto piece = pieces_.lower_bound(block.left); piece != pieces_.end() && piece->first < block.right;)
    piece = remove(piece);
}

Reassembly::Pieces::iterator Reassembly::remove(Pieces::iterator piece) {
  held_bytes_ -= piece->second.size();
  held_memory_ -= piece->second.capacity();
  return pieces_.erase(piece);
}

void Reassembly::place(StreamOffset begin, PacketBuffer&& payload) {
  held_bytes_ += payload.size();
  held_memory_ += payload.capacity();
  note_block({begin, begin + static_cast<StreamOffset>(payload.size())});
  pieces_.emplace(begin, std::move(payload));
}

// One block with all that it overlaps or touches.
void Reassembly::note_block(Block block) {
  const auto first = std::partition_point(blocks_.begin(), blocks_.end(),
                                          [&](const Aged& other) { return other.at.right < block.left; });
  const auto last =
      std::partition_point(first, blocks_.end(), [&](const Aged& other) { return other.at.left <= block.right; });
  if (first == last) {
    blocks_.insert(first, {block, ++arrivals_});
    return;
  }
  first->at = {std::min(first->at.left, block.left), std::max((last - 1)->at.right, block.right)};
  first->arrival = ++arrivals_;
  blocks_.erase(first + 1, last);
}

Reassembly::Block Reassembly::held_below(StreamOffset next) const {
  if (blocks_.empty() || blocks_.front().at.left >= next) return {0, 0};
  return {blocks_.front().at.left, std::min(blocks_.front().at.right, next)};
}

std::optional<PacketBuffer> Reassembly::take_at(StreamOffset next) {
  while (!pieces_.empty() && pieces_.begin()->first <= next) {
    const auto front = pieces_.begin();
    const StreamOffset begin = front->first;
    const StreamOffset end = begin + static_cast<StreamOffset>(front->second.size());
    PacketBuffer payload;
    held_bytes_ -= front->second.size();
    held_memory_ -= front->second.capacity();
    payload = std::move(front->second);
    pieces_.erase(front);
    cut_front(end);
    if (end <= next) continue;  // filled meanwhile
    payload.remove_front(static_cast<std::size_t>(next - begin));
    return payload;
  }
  return std::nullopt;
}

// Everything before `until`, which lies in the first block or at its end, is gone.
void Reassembly::cut_front(StreamOffset until) {
  Block& front = blocks_.front().at;
  front.left = until;
  if (front.empty()) blocks_.erase(blocks_.begin());
}

void Reassembly::clear() {
  pieces_.clear();
  std::vector<Aged>().swap(blocks_);
  held_bytes_ = 0;
  held_memory_ = 0;
}

std::size_t Reassembly::blocks(std::array<Block, 4>& blocks) const {
  std::array<std::uint64_t, 4> ages{};
  std::size_t count = 0;
  for (const Aged& block : blocks_) {
    std::size_t rank = count;
    while (rank > 0 && ages[rank - 1] < block.arrival) --rank;
    if (rank == blocks.size()) continue;
    count = std::min(count + 1, blocks.size());
    for (std::size_t k = count - 1; k > rank; --k) ages[k] = ages[k - 1], blocks[k] = blocks[k - 1];
    ages[rank] = block.arrival;
    blocks[rank] = block.at;
  }
  return count;
}

bool Reassembly::is_consistent() const {
  std::size_t bytes = 0;
  std::size_t memory = 0;
  std::size_t block = 0;
  StreamOffset covered = -1;  // by the pieces of blocks_[block] so far
  for (const auto& [begin, payload] : pieces_) {
    if (payload.empty() || block == blocks_.size()) return false;
    if (begin != (covered < 0 ? blocks_[block].at.left : covered)) return false;
    covered = begin + static_cast<StreamOffset>(payload.size());
    if (covered == blocks_[block].at.right) {
      ++block;
      covered = -1;
    }
    bytes += payload.size();
    memory += payload.capacity();
  }
  for (std::size_t i = 1; i < blocks_.size(); ++i) {
    if (blocks_[i - 1].at.right >= blocks_[i].at.left) return false;
  }
  return block == blocks_.size() && covered < 0 && bytes == held_bytes_ && memory == held_memory_;
}

}  // namespace fourtuple::tcp
