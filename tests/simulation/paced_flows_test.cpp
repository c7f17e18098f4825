// BBR, and CUBIC with pacing, over a path of 10 Mbit/s and 40 ms: 50 kB fill it. In virtual time, judged like all else.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <optional>

#include "tests/support/pattern.hpp"
#include "tests/support/two_hosts.hpp"

namespace fourtuple::test {
namespace {

using namespace std::chrono_literals;

constexpr double kFlowMegabit = 1e6;
constexpr double kPathMost = 10 * kFlowMegabit * 1448 / 1514;  // what TCP can carry of ten: headers take the rest
constexpr std::size_t kFlowWrite = 65536;

struct FlowSetup {
  std::string_view congestion = "bbr";
  bool pacing = false;
  std::size_t flows = 1;
};

TwoHostsSetup hosts_for(std::string_view rules, const FlowSetup& setup) {
  TwoHostsSetup hosts;
  hosts.rules = impair::parse_rules(rules).value();
  for (auto& config : hosts.tcp) {
    config.congestion = setup.congestion;
    config.pacing = setup.pacing;
  }
  return hosts;
}

// Connections from host 0 to host 1 that send without end; host 1 throws away what comes.
class PacedFlows {
  template <class Call>
  auto call(int host, Call&& what) {
    return hosts_.stack(host).with_tcp(hosts_.now(), std::forward<Call>(what));
  }

 public:
  explicit PacedFlows(std::string_view rules, const FlowSetup& setup = {})
      : hosts_(hosts_for(rules, setup)), room_(65536) {
    const auto way = hosts_.stack(0).way_to(TwoHosts::address(1));
    for (std::size_t i = 0; i < setup.flows; ++i) {
      const auto port = static_cast<Port>(WireObserver::kFirstPort + i);
      flows_.emplace_back(i);
      flows_.back().listener = call(1, [&](tcp::Layer& layer, tcp::Context& context) {
        return *layer.listen(*layer.bind({IpAddress{}, port}, false, false, context), 16, {}, 1);
      });
      flows_.back().sender = call(0, [&](tcp::Layer& layer, tcp::Context& context) {
        return *layer.connect({way->source, 0}, {TwoHosts::address(1), port}, way->path, {}, 2, context);
      });
    }
  }

  // Octets a second, eight bits each, that the applications had in this time, all together.
  double run(Duration span) {
    const std::uint64_t before = octets();
    longest_rtt_ = Duration::zero();
    const Instant end = hosts_.now() + span;
    const auto act = [&](Instant) {
      write();
      read();
      for (const Flow& flow : flows_) longest_rtt_ = std::max(longest_rtt_, info(flow).smoothed_rtt);
      return end;
    };
    hosts_.run(span + 1s, act, [&] { return hosts_.now() >= end; });
    EXPECT_EQ(hosts_.problem(), "");
    return static_cast<double>(octets() - before) * 8 / std::chrono::duration<double>(span).count();
  }
  [[nodiscard]] std::uint64_t octets(std::size_t flow) const { return flows_[flow].octets; }
  [[nodiscard]] Duration longest_rtt() const { return longest_rtt_; }
  [[nodiscard]] tcp::Info sender(std::size_t flow) { return info(flows_[flow]); }

 private:
  struct Flow {
    explicit Flow(std::size_t number) : base(WireObserver::stream_base(number)) {}

    std::uint64_t base;  // of the pattern that it writes
    std::uint64_t written = 0;
    std::uint64_t octets = 0;  // read
    tcp::ListenerId listener;
    tcp::ConnectionId sender;
    std::optional<tcp::ConnectionId> receiver;
  };

  tcp::Info info(const Flow& flow) { return *hosts_.stack(0).tcp().info(flow.sender, hosts_.now()); }
  [[nodiscard]] std::uint64_t octets() const {
    std::uint64_t sum = 0;
    for (const Flow& flow : flows_) sum += flow.octets;
    return sum;
  }

  void write() {
    for (Flow& flow : flows_) {
      while (hosts_.stack(0).tcp().status(flow.sender)->writable_bytes >= kFlowWrite) {
        const auto octets = pattern(Direction::kOurs, flow.base + flow.written, kFlowWrite);
        const ByteView piece(octets);
        flow.written += call(0, [&](tcp::Layer& layer, tcp::Context& context) {
          return layer.send(flow.sender, {&piece, 1}, {}, context).value_or(0);
        });
      }
    }
  }
  void read() {
    const ByteSpan room(room_);
    for (Flow& flow : flows_) {
      if (!flow.receiver) {
        flow.receiver =
            call(1, [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(flow.listener, context); });
      }
      if (!flow.receiver) continue;
      while (const std::size_t size = call(1, [&](tcp::Layer& layer, tcp::Context& context) {
               return layer.receive_data(*flow.receiver, {&room, 1}, {.discard = true}, context).value_or(0);
             })) {
        flow.octets += size;
      }
    }
  }

  TwoHosts hosts_;
  std::vector<std::uint8_t> room_;
  std::vector<Flow> flows_;
  Duration longest_rtt_{};
};

double jain_index(const PacedFlows& flows, std::size_t count, const std::vector<std::uint64_t>& before) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto octets = static_cast<double>(flows.octets(i) - before[i]);
    sum += octets;
    squares += octets * octets;
  }
  return sum * sum / (static_cast<double>(count) * squares);
}

TEST(BbrOnAPath, FillsItThroughASmallQueue) {
  PacedFlows flows("rate 10mbit; queue 25kB; delay 20ms");
  flows.run(2s);
  EXPECT_GT(flows.run(8s), 0.9 * kPathMost);
}

TEST(BbrOnAPath, KeepsTheQueueShortWhereThereIsRoomForALongOne) {
  PacedFlows flows("rate 10mbit; queue 2MB; delay 20ms");
  flows.run(3s);
  EXPECT_GT(flows.run(6s), 0.93 * kPathMost);
  EXPECT_LT(flows.longest_rtt(), 60ms);
}

TEST(BbrOnAPath, IsNotSlowedDownByLosses) {
  PacedFlows flows("rate 10mbit; queue 100kB; delay 20ms; loss 1%");
  flows.run(2s);
  EXPECT_GT(flows.run(8s), 0.9 * kPathMost);
}

TEST(BbrOnAPath, SharesItWithItsLike) {
  PacedFlows flows("rate 10mbit; queue 100kB; delay 20ms", {.flows = 2});
  flows.run(5s);
  const std::vector<std::uint64_t> before{flows.octets(0), flows.octets(1)};
  EXPECT_GT(flows.run(15s), 0.9 * kPathMost);
  EXPECT_GT(jain_index(flows, 2, before), 0.9);
}

TEST(CubicOnAPath, LosesNothingByPacing) {
  const std::string_view rules = "rate 10mbit; queue 50kB; delay 20ms; loss 0.1%";
  PacedFlows plain(rules, {.congestion = "cubic"});
  PacedFlows paced(rules, {.congestion = "cubic", .pacing = true});
  EXPECT_GT(paced.run(10s), 0.95 * plain.run(10s));
}

}  // namespace
}  // namespace fourtuple::test
