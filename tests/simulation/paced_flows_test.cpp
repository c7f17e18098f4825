// BBR, and CUBIC with pacing, over a path of 10 Mbit/s and 40 ms: 50 kB fill it. In virtual time, judged like all else.
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/simulate/judged.hpp"
#include "drivers/impair/impair.hpp"
#include "drivers/memory/memory.hpp"
#include "stack/core/stack.hpp"

namespace fourtuple::simulate {
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

// Two stacks on such a path, each judged by what it says that it does.
class PacedPath {
 public:
  PacedPath(std::string_view rules, const FlowSetup& setup)
      : wire_(MemoryWire::open({}, pool_).value()),
        near_(ImpairDriver::open({.rules = impair::parse_rules(rules).value()}, wire_.end(0), pool_).value()),
        far_(wire_.end(1)) {
    const std::array<Driver*, 2> drivers{near_.get(), far_.get()};
    for (std::size_t i = 0; i < 2; ++i) {
      StackConfig config;
      config.tcp.congestion = setup.congestion;
      config.tcp.pacing = setup.pacing;
      config.tcp.check_invariants = true;
      stacks_[i] = std::make_unique<Stack>(config, RandomSource::from_seed(1 + i));
      stacks_[i]->set_trace_sink(&judges_[i]);
      stacks_[i]->attach(*drivers[i], {.name = "ft0", .mac = mac(i), .address = {address(i), 24}});
      stacks_[i]->add_static_neighbour(0, address(1 - i), mac(1 - i));
    }
  }

  static constexpr Ipv4Address address(std::size_t end) { return {0x0a000001U + static_cast<std::uint32_t>(end)}; }
  [[nodiscard]] Stack& stack(std::size_t end) { return *stacks_[end]; }
  [[nodiscard]] Instant now() const { return now_; }

  // Lets both do what is due, and moves on to the next event. False at `end`.
  bool pass(Instant end) {
    const Instant next = std::min(stacks_[0]->next_deadline(), stacks_[1]->next_deadline());
    if (next > end) return false;
    now_ = std::max(now_, next);
    for (auto& stack : stacks_) {
      while (stack->receive_from_driver(0, now_) == stack->config().receive_batch) {
      }
      stack->advance(now_);
    }
    return true;
  }
  [[nodiscard]] std::string problem() const {
    for (std::size_t i = 0; i < 2; ++i) {
      if (const char* const broken = stacks_[i]->broken_invariant()) return broken;
      if (const std::string broken = judges_[i].first(); !broken.empty()) return broken;
    }
    return {};
  }

 private:
  static constexpr MacAddress mac(std::size_t end) { return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(end + 1)}}; }

  BufferPool pool_;
  MemoryWire wire_;
  std::unique_ptr<ImpairDriver> near_;
  std::unique_ptr<Driver> far_;
  std::array<judge::Listener, 2> judges_{judge_of_ours(), judge_of_ours()};
  std::array<std::unique_ptr<Stack>, 2> stacks_;
  Instant now_{std::chrono::hours(1)};
};

// Connections from host 0 to host 1 that send without end; host 1 throws away what comes.
class PacedFlows {
  template <class Call>
  auto call(std::size_t host, Call&& what) {
    return hosts_.stack(host).with_tcp(hosts_.now(), std::forward<Call>(what));
  }

 public:
  explicit PacedFlows(std::string_view rules, const FlowSetup& setup = {}) : hosts_(rules, setup), room_(kFlowWrite) {
    const auto way = hosts_.stack(0).way_to(PacedPath::address(1));
    for (std::size_t i = 0; i < setup.flows; ++i) {
      const auto port = static_cast<Port>(5001 + i);
      flows_.emplace_back();
      flows_.back().listener = call(1, [&](tcp::Layer& layer, tcp::Context& context) {
        return *layer.listen(*layer.bind({IpAddress{}, port}, false, false, context), 16, {}, 1);
      });
      flows_.back().sender = call(0, [&](tcp::Layer& layer, tcp::Context& context) {
        return *layer.connect({way->source, 0}, {PacedPath::address(1), port}, way->path, {}, 2, context);
      });
    }
  }

  // Octets a second, eight bits each, that the applications had in this time, all together.
  double run(Duration span) {
    const std::uint64_t before = octets();
    longest_rtt_ = Duration::zero();
    const Instant end = hosts_.now() + span;
    do {
      write();
      read();
      for (const Flow& flow : flows_) longest_rtt_ = std::max(longest_rtt_, info(flow).smoothed_rtt);
    } while (hosts_.pass(end));
    EXPECT_EQ(hosts_.problem(), "");
    return static_cast<double>(octets() - before) * 8 / std::chrono::duration<double>(span).count();
  }
  [[nodiscard]] std::uint64_t octets(std::size_t flow) const { return flows_[flow].octets; }
  [[nodiscard]] Duration longest_rtt() const { return longest_rtt_; }
  [[nodiscard]] tcp::Info sender(std::size_t flow) { return info(flows_[flow]); }

 private:
  struct Flow {
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
        const ByteView piece(room_);
        call(0, [&](tcp::Layer& layer, tcp::Context& context) {
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

  PacedPath hosts_;
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
}  // namespace fourtuple::simulate
