// ICMP and IGMP headers and the packet that an ICMP error quotes, against second parsers. (What a quoted packet may do
// to a connection is another target's matter.)
#include <algorithm>

#include "stack/wire/icmp.hpp"
#include "stack/wire/icmp_quotation.hpp"
#include "stack/wire/igmp.hpp"
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

bool is_quotation(ByteView body) {
  if (body.size() < 20 || bits(body, 0, 4) != 4) return false;
  const auto header_size = bits(body, 4, 4) * 4;
  const bool is_first_fragment = bits(body, 51, 13) == 0;
  return header_size >= 20 && body.size() >= header_size + 8 && bits(body, 16, 16) >= header_size + 8 &&
         is_first_fragment;
}

void check_quotation(ByteView bytes) {
  const auto body = exact_copy(bytes);
  const auto quotation = wire::IcmpQuotation::parse(body);
  require(quotation.has_value() == is_quotation(body), "a quotation is what the naive parser takes for one");
  if (!quotation) return;
  const auto transport = bits(body, 4, 4) * 4;
  require(quotation->header.total_length == bits(body, 16, 16), "the original's length");
  require(quotation->header.destination.value == bits(body, 128, 32), "the original's destination");
  require(quotation->transport.data() == body.data() + transport, "the transport header follows");
  require(quotation->transport.size() == body.size() - transport, "up to the end of what is quoted");
  require(quotation->source_port == bits(body, transport * 8, 16), "source port");
  require(quotation->destination_port == bits(body, transport * 8 + 16, 16), "destination port");
  require(quotation->seq.value == bits(body, transport * 8 + 32, 32), "sequence number");
}

void check_igmp(ByteView bytes) {
  const auto message = exact_copy(bytes);
  const auto igmp = wire::IgmpMessage::parse(message);
  require(igmp.has_value() == (message.size() >= 8 && naive_sum(message) == 0xffff), "IGMP as the naive parser");
  if (!igmp) return;
  require(igmp->type == message[0] && igmp->max_response_tenths == message[1], "IGMP type and time");
  require(igmp->group.value == bits(message, 32, 32), "IGMP group");
  std::vector<std::uint8_t> again(wire::kIgmpSize);
  igmp->emit(again);
  const auto read = wire::IgmpMessage::parse(again);
  require(read && read->type == igmp->type && read->group == igmp->group, "IGMP comes back");
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size}, true);
  fourtuple::fuzz::check({data, size}, false);
  fourtuple::fuzz::check_quotation({data, size});
  fourtuple::fuzz::check_igmp({data, size});
  return 0;
}
