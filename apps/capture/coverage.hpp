// Which octets of one direction's stream a capture has, and whether it has them all the same each time.
#pragma once

#include <map>

#include "stack/base/bytes.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::capture {

class Coverage {
 public:
  // False where some of these octets were here before and were others. What was first here is kept.
  bool add(StreamOffset begin, ByteView octets);
  // The first octet at or after `from` that is not here.
  [[nodiscard]] StreamOffset first_missing(StreamOffset from) const;

 private:
  std::map<StreamOffset, ByteView> pieces_;  // disjoint
};

}  // namespace fourtuple::capture
