// Remembers where segments of one direction began and ended. Bounded: old edges are forgotten, and a rule that asks
// about so old an offset hears that it is an edge.
#pragma once

#include <set>

#include "stack/judge/endpoint.hpp"

namespace fourtuple::judge {

class Edges {
 public:
  static constexpr std::size_t kMaxEdges = 8192;

  void add(StreamOffset offset) {
    if (offset < forgotten_below_) return;
    offsets_.insert(offset);
    if (offsets_.size() <= kMaxEdges) return;
    offsets_.erase(offsets_.begin());
    forgotten_below_ = *offsets_.begin();
  }
  // With FIN its octets may end before it, too.
  void add(const Endpoint& endpoint, const TracedSegment& segment) {
    const StreamOffset begin = endpoint.seq_of(segment);
    add(begin);
    add(begin + segment.payload_octets());
    add(begin + segment.length());
  }
  [[nodiscard]] bool has(StreamOffset offset) const { return offset < forgotten_below_ || offsets_.contains(offset); }

 private:
  std::set<StreamOffset> offsets_;
  StreamOffset forgotten_below_ = 0;
};

}  // namespace fourtuple::judge
