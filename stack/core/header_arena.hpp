// Room for the headers of one batch. Nothing moves until clear(), and clear() keeps the memory for the next batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "stack/base/bytes.hpp"

namespace fourtuple {

class HeaderArena {
 public:
  // Ethernet, IPv4 and TCP with all options.
  static constexpr std::size_t kMaxHeader = 14 + 60 + 60;

  // kMaxHeader octets to write to; commit() says how many are kept.
  [[nodiscard]] ByteSpan room() {
    if (used_ + kMaxHeader > kChunk) ++chunk_, used_ = 0;
    if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique<std::uint8_t[]>(kChunk));
    return {chunks_[chunk_].get() + used_, kMaxHeader};
  }
  ByteView commit(std::size_t count) {
    const ByteView kept(chunks_[chunk_].get() + used_, count);
    used_ += count;
    return kept;
  }
  void clear() { chunk_ = 0, used_ = 0; }

 private:
  static constexpr std::size_t kChunk = 32 * 1024;

  std::vector<std::unique_ptr<std::uint8_t[]>> chunks_;
  std::size_t chunk_ = 0;
  std::size_t used_ = 0;
};

}  // namespace fourtuple
