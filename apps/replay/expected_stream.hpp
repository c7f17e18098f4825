// The octets that the other host sent, as the capture has them, to compare with what our application reads.
#pragma once

#include <vector>

#include "apps/capture/conversation.hpp"
#include "stack/base/bytes.hpp"

namespace fourtuple::replay {

class ExpectedStream {
 public:
  ExpectedStream(const capture::Conversation& conversation, capture::Host sender);

  // True where `octets` are the next of the stream.
  [[nodiscard]] bool take(ByteView octets);

 private:
  struct Piece {
    std::uint64_t begin = 0;  // counted from the first octet of data
    ByteView octets;
    bool is_doubtful = false;
  };
  void collect(const capture::Conversation& conversation, capture::Host sender);
  void cut_overlaps();

  std::vector<Piece> pieces_;  // ascending, without overlaps
  std::size_t current_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace fourtuple::replay
