#include "stack/wire/icmp.hpp"

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple::wire {

Result<IcmpHeader, DropReason> IcmpHeader::parse(ByteView message, bool verify_checksum) {
  if (message.size() < kIcmpHeaderSize) return failure(DropReason::kIcmpTruncated);
  if (verify_checksum && internet_checksum(message) != 0) return failure(DropReason::kIcmpBadChecksum);
  return IcmpHeader{.type = message[0], .code = message[1], .rest = load_be32(message.data() + 4)};
}

void IcmpHeader::emit(ByteSpan to, ByteView body) const {
  std::uint8_t* const at = to.data();
  at[0] = type;
  at[1] = code;
  store_be16(at + 2, 0);
  store_be32(at + 4, rest);
  store_be16(at + 2, ChecksumSum{}.add(to.first(kIcmpHeaderSize)).add(body).checksum());
}

}  // namespace fourtuple::wire
