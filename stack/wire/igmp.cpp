#include "stack/wire/igmp.hpp"

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple::wire {

std::optional<IgmpMessage> IgmpMessage::parse(ByteView message) {
  if (message.size() < kIgmpSize || internet_checksum(message) != 0) return std::nullopt;
  return IgmpMessage{.type = message[0], .max_response_tenths = message[1], .group = {load_be32(message.data() + 4)}};
}

void IgmpMessage::emit(ByteSpan to) const {
  to[0] = type;
  to[1] = max_response_tenths;
  store_be16(to.data() + 2, 0);
  store_be32(to.data() + 4, group.value);
  store_be16(to.data() + 2, internet_checksum(to.first(kIgmpSize)));
}

}  // namespace fourtuple::wire
