#include <algorithm>
#include <map>

#include "apps/replay/inference.hpp"

namespace fourtuple::replay {
namespace {

// Puts segments in order. In order already: one append each.
class WrittenStream {
 public:
  void add(StreamOffset begin, ByteView octets) {
    if (begin > end()) {
      keep(begin, octets);
    } else {
      append(begin, octets);
      append_kept();
    }
  }

  std::vector<std::uint8_t> take() { return std::move(octets_); }

 private:
  [[nodiscard]] StreamOffset end() const { return 1 + static_cast<StreamOffset>(octets_.size()); }

  void append(StreamOffset begin, ByteView octets) {
    const auto known = static_cast<std::size_t>(end() - begin);
    if (known < octets.size())
      octets_.insert(octets_.end(), octets.begin() + static_cast<std::ptrdiff_t>(known), octets.end());
  }

  void keep(StreamOffset begin, ByteView octets) {
    ByteView& kept = kept_[begin];
    if (kept.size() < octets.size()) kept = octets;
  }

  void append_kept() {
    while (!kept_.empty() && kept_.begin()->first <= end()) {
      append(kept_.begin()->first, kept_.begin()->second);
      kept_.erase(kept_.begin());
    }
  }

  std::vector<std::uint8_t> octets_;
  std::map<StreamOffset, ByteView> kept_;  // behind a hole, by where they begin
};

}  // namespace

std::vector<std::uint8_t> written_stream(const capture::Conversation& conversation, const HostView& view) {
  WrittenStream stream;
  for (const LivedFrame& frame : view.frames) {
    if (frame.sent && frame.octets > 0 && !frame.flags.syn())
      stream.add(frame.seq, conversation.frames[frame.index].segment.payload);
  }
  return stream.take();
}

}  // namespace fourtuple::replay
