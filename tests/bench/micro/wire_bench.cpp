// What the bytes cost: parsing, emitting, summing.
#include <array>
#include <benchmark/benchmark.h>
#include <vector>

#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kIpStart = wire::kEthernetHeaderSize;
constexpr std::size_t kTcpStart = kIpStart + wire::kIpv4HeaderSize;

// A data segment as it looks on most wires: timestamps, 1,448 octets.
Segment data_segment() {
  Segment segment;
  segment.source_port = 40000;
  segment.destination_port = 80;
  segment.seq = SeqNum{0xfffffff0};
  segment.ack = SeqNum{77};
  segment.flags = {TcpFlags::kAck | TcpFlags::kPsh};
  segment.window = 1000;
  segment.options.timestamps = TcpTimestamps{1, 2};
  return segment;
}

std::size_t emit_headers(ByteSpan to) {
  wire::EthernetHeader{.destination = {}, .source = {}, .type = wire::ether_type::kIpv4}.emit(to);
  const std::size_t tcp = wire::emit_tcp_header(data_segment(), to.subspan(kTcpStart));
  wire::Ipv4Header ip;
  ip.protocol = wire::ip_protocol::kTcp;
  ip.total_length = static_cast<std::uint16_t>(to.size() - kIpStart);
  ip.emit(to.subspan(kIpStart));
  return kTcpStart + tcp;
}

void EmitHeaders(benchmark::State& state) {
  std::array<std::uint8_t, 1514> frame{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(emit_headers(frame));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(EmitHeaders);

void ParseHeaders(benchmark::State& state) {
  std::array<std::uint8_t, 1514> frame{};
  emit_headers(frame);
  for (auto _ : state) {
    const auto ethernet = wire::EthernetHeader::parse(frame);
    const auto ip = wire::Ipv4Header::parse(ByteView(frame).subspan(kIpStart));
    const auto view = wire::TcpView::parse(ByteView(frame).subspan(kTcpStart));
    auto segment = view->to_segment();
    benchmark::DoNotOptimize(ethernet);
    benchmark::DoNotOptimize(ip);
    benchmark::DoNotOptimize(segment);
  }
}
BENCHMARK(ParseHeaders);

void Checksum(benchmark::State& state) {
  const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.range(0)), 0xa5);
  for (auto _ : state) benchmark::DoNotOptimize(wire::internet_checksum(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Checksum)->Arg(20)->Arg(40)->Arg(576)->Arg(1460)->Arg(9000)->Arg(65535);

void CopyAndSum(benchmark::State& state) {
  const std::vector<std::uint8_t> from(static_cast<std::size_t>(state.range(0)), 0xa5);
  std::vector<std::uint8_t> to(from.size());
  for (auto _ : state) {
    wire::ChecksumSum sum;
    wire::copy_and_sum(to.data(), from, sum);
    benchmark::DoNotOptimize(sum.folded());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(CopyAndSum)->Arg(1460)->Arg(65535);

}  // namespace
}  // namespace fourtuple
