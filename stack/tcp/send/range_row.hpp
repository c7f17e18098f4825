// A row of ranges that is changed in the middle all the time, near where it was changed before.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace fourtuple::tcp {

// A vector with a gap where the last change was: the next change costs the way there, not the way to the end. SACK
// walks along the row with the segments that arrive, so that way is short, however many are in flight.
//
//      | 0 | 1 | 2 |   gap   | 3 | 4 | 5 | 6 |
template <class Range>
class RangeRow {
 public:
  [[nodiscard]] std::size_t size() const { return store_.size() - gap_size(); }
  [[nodiscard]] std::size_t capacity() const { return store_.capacity(); }
  [[nodiscard]] Range& operator[](std::size_t i) { return store_[i < gap_begin_ ? i : i + gap_size()]; }
  [[nodiscard]] const Range& operator[](std::size_t i) const { return store_[i < gap_begin_ ? i : i + gap_size()]; }
  [[nodiscard]] Range& back() { return (*this)[size() - 1]; }
  [[nodiscard]] const Range& back() const { return (*this)[size() - 1]; }

  void push_back(const Range& range) {
    if (gap_end_ == store_.size()) close_gap();
    store_.push_back(range);
  }
  // Before the one at `i`.
  void insert(std::size_t i, const Range& range) {
    if (gap_size() == 0) open_gap();
    move_gap(i);
    store_[gap_begin_++] = range;
  }
  void erase(std::size_t i) {
    move_gap(i);
    ++gap_end_;
  }
  void erase_front(std::size_t count) {
    close_gap();
    store_.erase(store_.begin(), store_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  void clear() {
    store_.clear();
    gap_begin_ = gap_end_ = 0;
  }
  void shrink_to_fit() { store_.shrink_to_fit(); }

 private:
  [[nodiscard]] std::size_t gap_size() const { return gap_end_ - gap_begin_; }

  void move_gap(std::size_t to) {
    const auto at = [&](std::size_t i) { return store_.begin() + static_cast<std::ptrdiff_t>(i); };
    if (to < gap_begin_) {
      std::move_backward(at(to), at(gap_begin_), at(gap_end_));
    } else {
      std::move(at(gap_end_), at(to + gap_size()), at(gap_begin_));
    }
    gap_end_ = to + gap_size();
    gap_begin_ = to;
  }
  void close_gap() {
    move_gap(size());
    store_.resize(gap_begin_);
    gap_end_ = gap_begin_ = store_.size();
  }
  void open_gap() {
    const std::size_t end = store_.size();
    store_.resize(end + end / 8 + 16);
    gap_begin_ = end;
    gap_end_ = store_.size();
  }

  std::vector<Range> store_;
  std::size_t gap_begin_ = 0;  // where store_ has nothing: [gap_begin_, gap_end_)
  std::size_t gap_end_ = 0;
};

}  // namespace fourtuple::tcp
