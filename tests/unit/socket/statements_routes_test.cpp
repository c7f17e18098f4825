// A host with two networks: wildcard listeners, the addresses that connections get. And a bad wire under datagrams.
// [SOCKETS.md S35, S37, S38, S39, S71]
#include <map>

#include "drivers/impair/impair.hpp"
#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

// 10.0.0.4 and 10.1.0.4 are one host in the middle; 10.0.0.5 and 10.1.0.5 are hosts on either side.
class TwoNetworks : public ::testing::Test {
 protected:
  TwoNetworks() : middle_(options(1)), left_(options(2)), right_(options(3)) {
    wire(left_, "10.0.0");
    wire(right_, "10.1.0");
    middle = adopt_stack(middle_);
    left = adopt_stack(left_);
    right = adopt_stack(right_);
  }
  ~TwoNetworks() override {
    for (int fd = 0; fd < 16; ++fd) ft_close(fd);
    for (ft_stack* const stack : {right, left, middle}) ft_stack_close(stack);
  }

  static sockaddr_in name(const std::string& host, Port port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    result.sin_addr.s_addr = ::inet_addr(host.c_str());
    return result;
  }
  static int open(ft_stack* stack) {
    ft_use_stack(stack);
    return ft_socket(AF_INET, SOCK_STREAM, 0);
  }
  static int listener(ft_stack* stack) {
    const int fd = open(stack);
    const sockaddr_in local = name("0.0.0.0", 80);
    EXPECT_EQ(ft_bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local), 0);
    EXPECT_EQ(ft_listen(fd, 4), 0);
    return fd;
  }
  static int client(ft_stack* stack, const std::string& to) {
    const int fd = open(stack);
    const sockaddr_in remote = name(to, 80);
    EXPECT_EQ(ft_connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof remote), 0) << errno;
    return fd;
  }
  static std::string address_of(int fd) {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    EXPECT_EQ(ft_getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), 0);
    return ::inet_ntoa(local.sin_addr);
  }

  ft_stack* middle = nullptr;
  ft_stack* left = nullptr;
  ft_stack* right = nullptr;

 private:
  bool step(Instant limit) {
    bool any = false;
    for (Runtime* const one : {&middle_, &left_, &right_}) any |= one->poll();
    if (any) return true;
    const Instant next = std::min({middle_.next_deadline(), left_.next_deadline(), right_.next_deadline(), limit});
    if (next == kNever) return false;
    clock_->advance_to(next);
    return next < limit;
  }
  RuntimeOptions options(std::uint64_t seed) {
    RuntimeOptions chosen;
    chosen.seed = RandomSource::Seed{seed, 2, 3, 4};
    chosen.clock = clock_;
    chosen.while_blocked = [this](Instant limit) { return step(limit) || clock_->now() >= limit; };
    return chosen;
  }
  void wire(Runtime& neighbour, const std::string& network) {
    auto opened = MemoryWire::open({}, pool_);
    attach(middle_, opened->end(0), network + ".4/24");
    attach(neighbour, opened->end(1), network + ".5/24");
  }
  void attach(Runtime& runtime, std::unique_ptr<Driver> end, const std::string& prefix) {
    InterfaceConfig config;
    config.name = "net" + std::to_string(++stations_);
    config.mac = {{2, 0, 0, 0, 0, stations_}};
    config.address = *Ipv4Prefix::parse(prefix);
    runtime.attach(std::move(end), config);
  }

  BufferPool pool_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  std::uint8_t stations_ = 0;
  Runtime middle_;
  Runtime left_;
  Runtime right_;
};

TEST_F(TwoNetworks, AreServedByOneWildcardListener) {  // S35, S37, S38
  const int server = listener(middle);
  const int from_left = client(left, "10.0.0.4");
  const int accepted_left = ft_accept(server, nullptr, nullptr);
  const int from_right = client(right, "10.1.0.4");
  const int accepted_right = ft_accept(server, nullptr, nullptr);
  EXPECT_EQ(address_of(server), "0.0.0.0");
  EXPECT_EQ(address_of(accepted_left), "10.0.0.4");
  EXPECT_EQ(address_of(accepted_right), "10.1.0.4");
  char octet = 'x';
  EXPECT_EQ(ft_send(accepted_left, &octet, 1, 0), 1);
  EXPECT_EQ(ft_send(accepted_right, &octet, 1, 0), 1);
  EXPECT_EQ(ft_recv(from_left, &octet, 1, 0), 1);
  EXPECT_EQ(ft_recv(from_right, &octet, 1, 0), 1);
}

TEST_F(TwoNetworks, GiveAClientTheAddressOfTheNetworkThatItsPeerIsOn) {  // S38, S39
  listener(left);
  listener(right);
  EXPECT_EQ(address_of(client(middle, "10.0.0.5")), "10.0.0.4");
  EXPECT_EQ(address_of(client(middle, "10.1.0.5")), "10.1.0.4");
}

TEST(DatagramsOnABadWire, AreLostDoubledAndReorderedAndTheProgramSeesIt) {  // S71
  BufferPool pool;
  auto wire = MemoryWire::open({}, pool);
  ImpairOptions bad;
  bad.rules = *impair::parse_rules("loss 20%; duplicate 20%; reorder 30%");
  auto impaired = ImpairDriver::open(bad, wire->end(0), pool);
  ASSERT_TRUE(impaired);
  const auto clock = std::make_shared<ManualClock>();
  RuntimeOptions options;
  options.clock = clock;
  options.seed = RandomSource::Seed{1, 2, 3, 4};
  Runtime near(options);
  Runtime far(options);
  const auto attach = [](Runtime& runtime, std::unique_ptr<Driver> end, std::uint8_t last) {
    InterfaceConfig config;
    config.mac = {{2, 0, 0, 0, 0, last}};
    config.address = {Ipv4Address::from_octets(10, 0, 0, last), 24};
    runtime.attach(std::move(end), config);
  };
  attach(near, std::move(*impaired), 4);
  attach(far, wire->end(1), 5);
  for (Runtime* const one : {&near, &far}) {
    const bool is_near = one == &near;
    one->with_stack([&](Stack& stack, Instant) {  // ARP would be lost too
      const std::uint8_t other = is_near ? 5 : 4;
      stack.add_static_neighbour(0, Ipv4Address::from_octets(10, 0, 0, other), {{2, 0, 0, 0, 0, other}});
    });
  }
  ft_stack* const near_stack = adopt_stack(near);
  ft_stack* const far_stack = adopt_stack(far);
  ft_use_stack(far_stack);
  const int receiver = ft_socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(5000);
  ASSERT_EQ(ft_bind(receiver, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  ft_use_stack(near_stack);
  const int sender = ft_socket(AF_INET, SOCK_DGRAM, 0);
  to.sin_addr.s_addr = ::inet_addr("10.0.0.5");
  std::map<int, int> seen;
  bool out_of_order = false;
  int last = -1;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(ft_sendto(sender, &i, sizeof i, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 4);
    for (int turn = 0; turn < 3; ++turn) {
      clock->advance(std::chrono::milliseconds(1));
      while (near.poll() || far.poll()) {
      }
    }
    for (int got = 0; ft_recv(receiver, &got, sizeof got, 0) == 4; last = got) {
      ++seen[got];
      out_of_order |= got < last;
    }
  }
  EXPECT_LT(seen.size(), 300U);
  EXPECT_GT(seen.size(), 150U);
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& one) { return one.second > 1; }));
  EXPECT_TRUE(out_of_order);
  for (const int fd : {sender, receiver}) ft_close(fd);
  ft_stack_close(far_stack);
  ft_stack_close(near_stack);
}

}  // namespace
}  // namespace fourtuple::test
