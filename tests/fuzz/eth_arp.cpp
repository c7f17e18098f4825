// F1, the living half: frames, questions and time against a neighbour table with a small bound.
#include "stack/link/frame.hpp"
#include "stack/link/neighbour_table.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using link::NeighbourTable;
using Operation = wire::ArpPacket::Operation;

constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 4}};
constexpr Ipv4Address kOurs{0x0a000004};
constexpr std::size_t kMaxEntries = 8;

class Link {
 public:
  // The first octet of a record says what happens.
  void step(Input& input) {
    const std::uint8_t what = input.octet();
    if (what < 0x40) {
      hear_arp(input);
    } else if (what < 0x60) {
      hear_raw(input, what & 0x1f);
    } else if (what < 0xc0) {
      send_to(address(input.octet()));
    } else {
      now_ += std::chrono::milliseconds(what < 0xf0 ? input.octet() * 4 : input.word() * 16);
      table_.advance(now_, {}, out_);
      require(table_.next_deadline() > now_, "after advance() nothing is due");
    }
    check();
  }

 private:
  // A small world, so that the input meets the same neighbour often: 10.0.0.0 to 10.0.0.15, and everything else.
  static Ipv4Address address(std::uint8_t octet) {
    return octet < 0xf0 ? Ipv4Address{0x0a000000U + octet % 16U} : Ipv4Address{octet * 0x01010101U};
  }
  static MacAddress mac(std::uint8_t octet) {
    return octet < 0xf0 ? MacAddress{{2, 0, 0, 0, 0, octet}} : MacAddress{{octet, 0, octet, 0, 0, 0}};
  }
  static bool is_neighbour(Ipv4Address a) { return a.value >> 8 == 0x0a0000 && a.value != 0x0a000000; }

  void hear_arp(Input& input) {
    const std::uint8_t kind = input.octet();
    wire::ArpPacket arp;
    arp.operation = kind % 2 == 0 ? Operation::kRequest : Operation::kReply;
    arp.sender_mac = mac(input.octet());
    arp.sender_ip = kind >= 0xf0 ? Ipv4Address{} : address(input.octet());
    arp.target_ip = kind % 4 < 2 ? kOurs : address(input.octet());
    hear(arp);
  }

  void hear_raw(Input& input, std::size_t size) {
    std::vector<std::uint8_t> frame(14 + size);
    for (std::uint8_t& octet : frame) octet = input.octet();
    const auto arrival = link::accept_frame(frame, kOurMac);
    if (!arrival) return;
    if (const auto arp = wire::ArpPacket::parse(ByteView(frame).subspan(14))) hear(*arp);
  }

  void hear(const wire::ArpPacket& arp) {
    const std::size_t before = table_.size();
    const NeighbourTable::Local local{0, kOurMac, [](Ipv4Address a) { return a == kOurs; }, is_neighbour};
    const auto answer = table_.receive(arp, local, now_, {}, out_);
    const bool asks_us = arp.operation == Operation::kRequest && arp.target_ip == kOurs;
    if (answer.reply) {
      require(asks_us, "only requests for our address are answered");
      require(answer.reply->sender_mac == kOurMac && answer.reply->sender_ip == kOurs, "we answer for ourselves");
      require(!answer.reply->target_mac.is_group() && !answer.reply->target_mac.is_zero(), "a reply is for one host");
      require(answer.reply->target_ip == arp.sender_ip, "the asker is answered");
    }
    if (!asks_us || arp.sender_ip.is_any()) require(table_.size() <= before, "only who asks for us becomes known");
  }

  void send_to(Ipv4Address to) {
    const link::NeighbourKey key{0, to};
    const auto mac = table_.resolve(key, now_, {}, out_);
    if (!mac || *mac) return;
    if (auto frame = pool_.copy(std::vector<std::uint8_t>(60))) {
      (void)table_.park(key, std::move(*frame), Cause::kDatagram, out_);
    }
  }

  void check() {
    const char* const broken = table_.broken_invariant();
    require(broken == nullptr, broken == nullptr ? "" : broken);
    require(table_.size() <= kMaxEntries, "the table stays within its bound");
    for (const auto& parked : out_.released) {
      require(!parked.mac.is_group() && !parked.mac.is_zero(), "frames leave to one host");
    }
    for (const auto& question : out_.questions) {
      require(question.to.is_broadcast() || !question.to.is_group(), "questions go to everybody or to one host");
    }
    out_.clear();
  }

  NeighbourTable table_{{.max_entries = kMaxEntries, .max_queued_per_entry = 4, .max_queued_bytes = 4000}};
  BufferPool pool_;
  link::Outcome out_;
  Instant now_{1h};
};

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::Link link;
  fourtuple::fuzz::Input input(data, size);
  while (!input.empty()) link.step(input);
  return 0;
}
