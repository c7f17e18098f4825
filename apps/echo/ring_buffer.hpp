// Bytes on their way from reading to writing, in a fixed room. The memory is touched only as far as it is used.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace fourtuple::apps {

class RingBuffer {
 public:
  explicit RingBuffer(std::size_t capacity)
      : bytes_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t room() const { return capacity_ - size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  // Where the next bytes go, at most room() of them; the second part may be empty.
  [[nodiscard]] std::array<std::span<char>, 2> space() { return parts((first_ + size_) % capacity_, room()); }
  // Precondition: count <= room().
  void commit(std::size_t count) { size_ += count; }

  // What has been committed and not consumed; the second part may be empty.
  [[nodiscard]] std::array<std::span<char>, 2> content() { return parts(first_, size_); }
  // Precondition: count <= size().
  void consume(std::size_t count) {
    size_ -= count;
    first_ = size_ == 0 && !is_lent_ ? 0 : (first_ + count) % capacity_;
  }

  // While somebody writes into space(), an empty buffer must not start over at the front.
  void lend(bool lent) { is_lent_ = lent; }

 private:
  [[nodiscard]] std::array<std::span<char>, 2> parts(std::size_t from, std::size_t count) {
    const std::size_t straight = std::min(count, capacity_ - from);
    return {std::span(bytes_.get() + from, straight), std::span(bytes_.get(), count - straight)};
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  bool is_lent_ = false;
};

}  // namespace fourtuple::apps
