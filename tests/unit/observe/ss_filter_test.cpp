#include "stack/observe/ss_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stack/observe/ss_text.hpp"

namespace fourtuple::observe {
namespace {

using ::testing::HasSubstr;

Row row_from(Port local, Port remote, TcpState state = TcpState::kEstablished) {
  Row row;
  row.name = {{Ipv4Address::from_octets(10, 0, 0, 4), local}, {Ipv4Address::from_octets(10, 0, 0, 5), remote}};
  row.state = state;
  return row;
}

bool takes(std::string_view filter, const Row& row) {
  const auto parsed = SsFilter::parse(filter);
  EXPECT_TRUE(parsed) << filter;
  return parsed && parsed->matches(row);
}

TEST(SsFilter, TakesEverythingWhenItSaysNothing) { EXPECT_TRUE(takes("", row_from(80, 1))); }

TEST(SsFilter, KnowsStatesAndTheirGroups) {
  const Row waiting = row_from(80, 1, TcpState::kTimeWait);
  EXPECT_TRUE(takes("state time-wait", waiting));
  EXPECT_TRUE(takes("state established state time-wait", waiting));
  EXPECT_TRUE(takes("state connected", waiting));
  EXPECT_TRUE(takes("state bucket", waiting));
  EXPECT_FALSE(takes("state big", waiting));
  EXPECT_FALSE(takes("exclude time-wait", waiting));
  EXPECT_FALSE(takes("state established", waiting));
  EXPECT_TRUE(takes("exclude listening", waiting));
}

TEST(SsFilter, ComparesPortsAsSsDoes) {
  const Row row = row_from(80, 40000);
  for (const char* filter : {"sport = :80", "sport :80", "sport eq 80", "dport > 1024", "dport != :80",
                             "dport <= :40000", "sport=:80", "not sport = :81", "! ( sport = :81 )"})
    EXPECT_TRUE(takes(filter, row)) << filter;
  for (const char* filter : {"sport = :81", "dport < 1024", "sport ne :80", "not sport = :80"})
    EXPECT_FALSE(takes(filter, row)) << filter;
}

TEST(SsFilter, ComparesAddressesWithAndWithoutPrefixAndPort) {
  const Row row = row_from(80, 40000);
  for (const char* filter : {"src 10.0.0.4", "dst 10.0.0.0/24", "dst 10.0.0.5:40000", "src :80", "dst != 10.0.0.9"})
    EXPECT_TRUE(takes(filter, row)) << filter;
  for (const char* filter : {"src 10.0.0.5", "dst 10.1.0.0/16", "dst 10.0.0.5:1", "src != 10.0.0.4"})
    EXPECT_FALSE(takes(filter, row)) << filter;
}

TEST(SsFilter, BindsAndStrongerThanOr) {
  const Row row = row_from(80, 40000);
  EXPECT_TRUE(takes("sport = :80 or sport = :81 and dport = :1", row));
  EXPECT_FALSE(takes("( sport = :80 or sport = :81 ) and dport = :1", row));
  EXPECT_TRUE(takes("state established sport = :80 dport = :40000", row));
}

TEST(SsFilter, SaysWhatIsWrong) {
  const auto problem = [](std::string_view text) {
    const auto parsed = SsFilter::parse(text);
    return parsed ? std::string() : parsed.error();
  };
  EXPECT_THAT(problem("state happy"), HasSubstr("'happy' is no state"));
  EXPECT_THAT(problem("sport = :http"), HasSubstr("no port"));
  EXPECT_THAT(problem("dst 10.0.0.x"), HasSubstr("no address"));
  EXPECT_THAT(problem("( sport = :80"), HasSubstr("not closed"));
  EXPECT_THAT(problem("sport"), HasSubstr("needs a value"));
  EXPECT_THAT(problem("sport = :80 or"), HasSubstr("missing"));
  EXPECT_THAT(problem("colour = red"), HasSubstr("none of src"));
  EXPECT_THAT(problem("sport = :80 )"), HasSubstr("not expected"));
  EXPECT_THAT(problem(std::string(900, '(')), HasSubstr("too deep"));
  EXPECT_THAT(problem(std::string(2000, ' ')), HasSubstr("too long"));
}

TEST(SsTable, ShowsWhatTheFilterNamesAndNoColumnForOneState) {
  const auto filter = SsFilter::parse("state time-wait");
  ASSERT_TRUE(filter);
  const Rows rows{row_from(80, 1), row_from(80, 2, TcpState::kTimeWait)};
  EXPECT_EQ(ss_table(rows, {.tcp = true, .filter = &*filter}),
            "Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
            "0      0           10.0.0.4:80       10.0.0.5:2          \n");
}

}  // namespace
}  // namespace fourtuple::observe
