// Labs as documents: what they say is read, and what they promise holds.
#include "apps/lab/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/lab/embedded_labs.hpp"

namespace fourtuple::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kDocument = R"(# Lab 7: A title

## Question
Why?

## Run
```lab
# a remark
wire: delay 20ms
client: sack=0
seed 9
0ms server: listen 80
+5ms client: connect 80
until 2s
check exactly 2 options-agreed
check state-changed host=client to=ESTABLISHED within 85ms..86ms
```
Behind the block.
)";

TEST(Scenario, IsReadFromItsDocument) {
  const auto scenario = parse_scenario(kDocument);
  ASSERT_TRUE(scenario) << scenario.error();
  EXPECT_EQ(scenario->id, "07");
  EXPECT_EQ(scenario->title, "A title");
  EXPECT_THAT(scenario->question, HasSubstr("Why?"));
  EXPECT_EQ(scenario->setup.seed, 9U);
  EXPECT_FALSE(scenario->setup.hosts[0].tcp.sack);
  EXPECT_TRUE(scenario->setup.hosts[1].tcp.sack);
  ASSERT_EQ(scenario->setup.script.size(), 2U);
  EXPECT_EQ(scenario->setup.script[1].at, 5ms);
  EXPECT_EQ(scenario->until, 2s);
  EXPECT_EQ(scenario->checks.size(), 2U);
}

TEST(Scenario, NamesTheLineThatIsWrong) {
  EXPECT_EQ(parse_scenario("# Lab 1: x\n```lab\nwire: dely 3\n```\n").error().substr(0, 7), "line 3:");
  EXPECT_THAT(parse_scenario("# Lab 1: x\n## Nonsense\n").error(), HasSubstr("no section is called 'Nonsense'"));
  EXPECT_THAT(parse_scenario("## Question\n").error(), HasSubstr("# Lab NUMBER"));
  EXPECT_THAT(parse_setup("client: sack=2").error(), HasSubstr("sack"));
}

TEST(Check, ComparesWhatItFilters) {
  const std::vector<std::string> events{
      R"({"n":0,"time_ns":1000000,"host":0,"event":"wire-sent","fate":"dropped by a rule","bytes":60})",
      R"({"n":1,"time_ns":2000000,"host":1,"event":"wire-sent","fate":"carried","bytes":1500})"};
  const auto broken = [&](std::string_view text) { return parse_check(text).value().broken_by(events); };
  EXPECT_EQ(broken("exactly 2 wire-sent"), "");
  EXPECT_EQ(broken("exactly 1 wire-sent fate=dropped-by-a-rule host=client"), "");
  EXPECT_EQ(broken("at least 1 wire-sent bytes>1000"), "");
  EXPECT_EQ(broken("at most 0 wire-sent bytes<60"), "");
  EXPECT_EQ(broken("no segment-sent"), "");
  EXPECT_EQ(broken("wire-sent host=client before wire-sent host=server"), "");
  EXPECT_EQ(broken("wire-sent host=server within 2ms..2ms"), "");
  EXPECT_EQ(broken("exactly 1 wire-sent"), "there are 2");
  EXPECT_EQ(broken("wire-sent host=server before wire-sent host=client"), "the first is event 1, the second event 0");
  EXPECT_EQ(broken("wire-sent host=server within 3ms..4ms"), "it happens after 2 ms");
  EXPECT_EQ(broken("segment-sent before wire-sent"), "there is no segment-sent");
}

TEST(Check, SaysWhatWasExpected) {
  EXPECT_THAT(parse_check("exactly wire-sent").error(), HasSubstr("expected:"));
  EXPECT_THAT(parse_check("no wire-sent host").error(), HasSubstr("'host' is no FIELD=VALUE"));
  EXPECT_THAT(parse_check("wire-sent within soon").error(), HasSubstr("within 1s..2s"));
}

// Every lab that comes with the program does what it says.
TEST(Labs, KeepTheirPromises) {
  ASSERT_FALSE(scenarios().empty());
  for (const Scenario& scenario : scenarios()) {
    SCOPED_TRACE("lab " + scenario.id + ": " + scenario.title);
    EXPECT_FALSE(scenario.checks.empty());
    for (const std::string* text :
         {&scenario.question, &scenario.predict, &scenario.run, &scenario.see, &scenario.explain, &scenario.exercise}) {
      EXPECT_GT(text->size(), 20U) << "a section is missing";
    }
    Experiment experiment(scenario.setup);
    experiment.run_until(scenario.until);
    EXPECT_FALSE(experiment.log().is_full());
    for (const Check& check : scenario.checks) {
      EXPECT_EQ(check.broken_by(experiment.log().events()), "") << check.text;
    }
  }
}

// A document that could not be read would be missing without a word.
TEST(Labs, AreAllRead) { EXPECT_EQ(scenarios().size(), embedded_labs().size()); }

}  // namespace
}  // namespace fourtuple::lab
