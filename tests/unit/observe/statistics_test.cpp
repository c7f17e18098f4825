#include "stack/observe/statistics.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

#include "stack/observe/ip_text.hpp"
#include "stack/observe/netstat_views.hpp"

namespace fourtuple::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A device that takes everything and brings nothing.
class SilentDriver final : public Driver {
 public:
  [[nodiscard]] DriverCapabilities capabilities() const override { return {}; }
  std::size_t receive(std::vector<PacketBuffer>&, std::size_t, Instant) override { return 0; }
  std::size_t send(std::span<const TransmitFrame> frames, Instant) override { return frames.size(); }
  [[nodiscard]] std::string name() const override { return "silent"; }
};

class StackView : public ::testing::Test {
 protected:
  StackView() {
    stack_.attach(driver_, {.name = "ft0",
                            .mac = MacAddress::parse("02:00:00:00:00:04").value_or(MacAddress{}),
                            .address = {Ipv4Address::from_octets(10, 0, 0, 4), 24}});
    static_cast<void>(stack_.add_route({.destination = {}, .gateway = Ipv4Address::from_octets(10, 0, 0, 1)}));
    stack_.add_static_neighbour(0, Ipv4Address::from_octets(10, 0, 0, 1),
                                MacAddress::parse("02:00:00:00:00:01").value_or(MacAddress{}));
    stack_.announce(Instant{} + 1s);
  }
  // Before the stack, which knows it.
  SilentDriver driver_;
  Stack stack_{StackConfig{}, RandomSource::from_seed(1)};
};

// The exposition format, read as strictly as a scraper does: HELP and TYPE once and before the samples of a metric, and
// samples "name{label="value"} number".
struct Metrics {
  std::map<std::string, double> samples;  // by name and labels
  std::map<std::string, std::string> types;
  std::string problem;
};

bool is_metric_name(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == ':'; });
}

void read_sample(const std::string& line, Metrics& metrics) {
  const std::size_t space = line.rfind(' ');
  if (space == std::string::npos) return void(metrics.problem = line);
  const std::string series = line.substr(0, space);
  const std::string name = series.substr(0, series.find('{'));
  const bool has_labels = name.size() != series.size();
  if (!is_metric_name(name) || !metrics.types.contains(name)) metrics.problem = line;
  if (has_labels && (!series.ends_with("\"}") || series.find("=\"") == std::string::npos)) metrics.problem = line;
  double value = 0;
  const char* end = line.data() + line.size();
  if (std::from_chars(line.data() + space + 1, end, value).ptr != end) metrics.problem = line;
  if (!metrics.samples.emplace(series, value).second) metrics.problem = "twice: " + line;
}

Metrics read_metrics(const std::string& text) {
  Metrics metrics;
  std::istringstream lines(text);
  std::string described;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string sign, keyword, name, type;
    words >> sign >> keyword >> name >> type;
    if (sign != "#") {
      read_sample(line, metrics);
    } else if (keyword == "HELP") {
      described = name;
    } else if (keyword != "TYPE" || name != described || (type != "counter" && type != "gauge") ||
               !metrics.types.emplace(name, type).second) {
      metrics.problem = line;
    }
  }
  return metrics;
}

TEST_F(StackView, IsReadByAScraper) {
  const std::string text = prometheus_text(stack_);
  const Metrics metrics = read_metrics(text);
  EXPECT_EQ(metrics.problem, "");
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(metrics.types.at("fourtuple_tcp_active_opens_total"), "counter");
  EXPECT_EQ(metrics.types.at("fourtuple_tcp_curr_estab"), "gauge");
  EXPECT_TRUE(metrics.samples.contains("fourtuple_tcp_ext_tcp_timeouts_total"));
  EXPECT_TRUE(metrics.samples.contains("fourtuple_drops_total{reason=\"tcp-out-of-window\"}"));
  EXPECT_TRUE(metrics.samples.contains("fourtuple_tcp_sockets{state=\"TIME-WAIT\"}"));
}

TEST_F(StackView, GivesNoAddressesToAScraper) { EXPECT_THAT(prometheus_text(stack_), Not(HasSubstr("10.0.0."))); }

TEST_F(StackView, NamesEachCounterOnceAndWithAHelp) {
  std::set<std::string> names;
  for (const Statistic& row : statistics(stack_)) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.help.empty()) << row.name;
  }
  for (const char* name :
       {"TcpActiveOpens", "TcpRetransSegs", "TcpExtTCPTimeouts", "UdpInDatagrams", "DropTcpOutOfWindow"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST_F(StackView, HidesZerosUnlessAsked) {
  const std::vector<Statistic> rows{{.name = "TcpActiveOpens", .value = 3, .help = ""},
                                    {.name = "TcpInErrs", .value = 0, .help = ""}};
  EXPECT_EQ(stat_text(rows, false), "#fourtuple\nTcpActiveOpens                  3                  0.0\n");
  EXPECT_THAT(stat_text(rows, true), HasSubstr("TcpInErrs                       0                  0.0\n"));
  EXPECT_EQ(stat_json(rows, false), "{\"fourtuple\":{\"TcpActiveOpens\":3}}\n");
}

// As net-tools 2.10 and iproute2 6.1 print the same of a kernel that is set up so.
TEST_F(StackView, ShowsRoutesAsNetstatAndIpDo) {
  EXPECT_EQ(netstat_routes(stack_),
            "Kernel IP routing table\n"
            "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
            "10.0.0.0        0.0.0.0         255.255.255.0   U         0 0          0 ft0\n"
            "0.0.0.0         10.0.0.1        0.0.0.0         UG        0 0          0 ft0\n");
  EXPECT_EQ(ip_routes(stack_, false),
            "10.0.0.0/24 dev ft0 proto kernel scope link src 10.0.0.4 \n"
            "default via 10.0.0.1 dev ft0 \n");
  EXPECT_EQ(
      ip_routes(stack_, true),
      "[{\"dst\":\"10.0.0.0/24\",\"dev\":\"ft0\",\"protocol\":\"kernel\",\"scope\":\"link\",\"prefsrc\":\"10.0.0.4\","
      "\"flags\":[]},{\"dst\":\"default\",\"gateway\":\"10.0.0.1\",\"dev\":\"ft0\",\"flags\":[]}]\n");
}

TEST_F(StackView, ShowsInterfacesWithTheirFrames) {
  EXPECT_THAT(netstat_interfaces(stack_),
              HasSubstr("ft0              1500        0      0      0 0             1      0      0      0 BMRU\n"));
  EXPECT_THAT(ip_addresses(stack_, false), HasSubstr("    inet 10.0.0.4/24 scope global ft0\n"));
  EXPECT_THAT(ip_addresses(stack_, true), StartsWith("[{\"ifindex\":1,\"ifname\":\"ft0\","));
}

TEST_F(StackView, ShowsNeighboursWithTheirState) {
  EXPECT_THAT(ip_neighbours(stack_, false), StartsWith("10.0.0.1 dev ft0 lladdr 02:00:00:00:00:01 "));
  EXPECT_THAT(ip_neighbours(stack_, true), StartsWith("[{\"dst\":\"10.0.0.1\",\"dev\":\"ft0\",\"lladdr\":"));
}

TEST_F(StackView, TellsCountersInTheSectionsOfNetstat) {
  const std::string text = netstat_statistics(stack_);
  for (const char* line :
       {"Ip:\n", "Icmp:\n", "Tcp:\n    0 active connection openings\n", "Udp:\n", "TcpExt:\n", "IpExt:\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

}  // namespace
}  // namespace fourtuple::observe
