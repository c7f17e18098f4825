// The ICMP header against a second parser. (What a quoted packet may do to a connection is another target's matter.)
#include <algorithm>

#include "stack/wire/icmp.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using wire::IcmpHeader;

void check_emit(const IcmpHeader& header, ByteView message) {
  auto again = exact_copy(message);
  header.emit(ByteSpan(again).first(wire::kIcmpHeaderSize), message.subspan(wire::kIcmpHeaderSize));
  require(naive_sum(again) == 0xffff, "the emitted checksum is right");
  require(IcmpHeader::parse(again).has_value(), "the emitted message is accepted");
  std::copy_n(message.begin() + 2, 2, again.begin() + 2);
  require(std::equal(again.begin(), again.end(), message.begin()), "the message comes back as the same octets");
}

void check(ByteView bytes, bool verify) {
  const auto message = exact_copy(bytes);
  const auto header = IcmpHeader::parse(message, verify);
  if (message.size() < 8) return require(!header && header.error() == DropReason::kIcmpTruncated, "cut short");
  if (verify && naive_sum(message) != 0xffff) {
    return require(!header && header.error() == DropReason::kIcmpBadChecksum, "wrong checksum");
  }
  require(header.has_value(), "all else is accepted");
  require(header->type == message[0] && header->code == message[1], "type and code");
  require(header->rest == bits(message, 32, 32), "octets 4 to 7");
  require(header->echo_id() == bits(message, 32, 16) && header->echo_sequence() == bits(message, 48, 16), "halves");
  check_emit(*header, message);
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size}, true);
  fourtuple::fuzz::check({data, size}, false);
  return 0;
}
