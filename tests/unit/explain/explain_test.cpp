#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "apps/explain/explanation.hpp"
#include "stack/base/reasons.hpp"
#include "stack/judge/judge.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::explain {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Explain : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> names(std::string_view word) const {
    std::vector<std::string> found;
    for (const Topic* topic : find(topics, word)) found.push_back(topic->name);
    return found;
  }
  [[nodiscard]] Explanation the(std::string_view word) const {
    const auto found = find(topics, word);
    EXPECT_THAT(found, SizeIs(1)) << word;
    return found.empty() ? Explanation{} : explain(*found.front(), records);
  }

  const Records records = read_records();
  const std::vector<Topic> topics = all_topics(records);
};

auto owned_by(std::string_view owner) { return Contains(Field(&Place::owner, owner)); }
auto in_file(std::string_view file) { return Contains(Field(&Place::file, file)); }

TEST_F(Explain, KnowsEveryStateHoweverItIsSpelled) {
  for (const char* word : {"TIME-WAIT", "time-wait", "TIME_WAIT", "timewait", "state:TIME-WAIT"})
    EXPECT_THAT(names(word), Contains("TIME-WAIT")) << word;
  EXPECT_THAT(names("FIN_WAIT2"), Contains("FIN-WAIT-2"));
  EXPECT_THAT(names("ESTAB"), ElementsAre("ESTABLISHED"));
}

TEST_F(Explain, TellsWhereAStateComesFromAndLeadsTo) {
  const Explanation state = the("CLOSE-WAIT");
  EXPECT_THAT(state.facts, Contains(std::pair<std::string, std::string>("comes from", "SYN-RECEIVED, ESTABLISHED")));
  EXPECT_THAT(state.facts, Contains(std::pair<std::string, std::string>("leads to", "CLOSED, LAST-ACK")));
  EXPECT_EQ(state.clause, "RFC 9293 3.3.2");
  EXPECT_THAT(state.code, in_file("stack/tcp/text.cpp"));
}

TEST_F(Explain, FindsARequirementByEveryWayOfNamingIt) {
  for (const char* word : {"MUST-58", "must-58", "rfc9293#MUST-58", "RFC9293 MUST-58", "RFC 9293 MUST-58",
                           "[RFC9293 MUST-58]", "rfc9293:must-58"})
    EXPECT_THAT(names(word), ElementsAre("rfc9293#MUST-58")) << word;
  const Explanation requirement = the("MUST-58");
  EXPECT_THAT(requirement.code, Not(IsEmpty()));
  EXPECT_THAT(requirement.tests, Not(IsEmpty()));
  EXPECT_THAT(requirement.defined, in_file("docs/requirements/rfc9293.tsv"));
}

TEST_F(Explain, TellsASectionWithItsRequirements) {
  const Explanation section = the("rfc9293#3.10.7.4");
  EXPECT_THAT(section.says, StartsWith("It arrives at a connection"));
  EXPECT_THAT(section.code, Not(IsEmpty()));
  EXPECT_THAT(names("3.10.7.4"), ElementsAre("rfc9293#3.10.7.4"));
  EXPECT_THAT(names("rfc5961#3.2"), ElementsAre("rfc5961#3.2"));
}

TEST_F(Explain, TellsADropReasonWithOrWithoutItsLayer) {
  EXPECT_THAT(names("drop:out-of-window"), ElementsAre("drop:tcp-out-of-window"));
  const Explanation reason = the("drop:tcp-out-of-window");
  EXPECT_EQ(reason.says, "No octet of the segment lies in the window.");
  EXPECT_THAT(reason.defined, in_file("stack/base/reasons.hpp"));
  EXPECT_THAT(reason.code, in_file("stack/tcp/arrives_synchronized.cpp"));
  EXPECT_THAT(reason.see, ElementsAre("rfc9293#3.10.7.4"));
}

TEST_F(Explain, TellsCausesTimersRulesAndStatements) {
  EXPECT_THAT(the("cause:tail-loss-probe").code, in_file("stack/tcp/timeouts.cpp"));
  EXPECT_EQ(the("timer:persist").clause, "RFC 9293 3.8.6.1");
  EXPECT_THAT(the("rule:ack-goes-back").code, Not(Contains(Field(&Place::file, StartsWith("tests/")))));
  EXPECT_THAT(the("rule:ack-goes-back").tests, Contains(Field(&Place::file, StartsWith("tests/unit/judge/"))));
  EXPECT_THAT(the("s47").tests, owned_by("OracleInheritance.OfEveryNumber"));
}

TEST_F(Explain, HasSomethingToSayAboutEverythingThatItLists) {
  for (const Topic& topic : topics) {
    const Explanation explanation = explain(topic, records);
    EXPECT_THAT(explanation.says, Not(IsEmpty())) << topic.name;
    EXPECT_THAT(to_text(explanation, 100), StartsWith(topic.name)) << topic.name;
  }
}

TEST_F(Explain, KnowsWhereEveryWordOfTheStackIsDefined) {
  for (const Topic& topic : topics) {
    if (topic.kind > Kind::kRule) continue;
    EXPECT_THAT(explain(topic, records).defined, SizeIs(1)) << topic.name;
  }
}

TEST_F(Explain, NamesCodeForEveryRequirementThatIsDone) {
  for (const Topic& topic : topics) {
    if (topic.kind != Kind::kRequirement || records.requirements[topic.index].status != "done") continue;
    const Explanation requirement = explain(topic, records);
    EXPECT_THAT(requirement.code, Not(IsEmpty())) << topic.name;
    EXPECT_THAT(requirement.tests, Not(IsEmpty())) << topic.name;
  }
}

TEST_F(Explain, ListsAllThatTheStackCanSay) {
  const auto count = [this](Kind kind) {
    return static_cast<std::size_t>(std::ranges::count(topics, kind, &Topic::kind));
  };
  EXPECT_EQ(count(Kind::kState), kTcpStateCount);
  EXPECT_EQ(count(Kind::kTimer), trace::kTimerCount);
  EXPECT_EQ(count(Kind::kCause), kCauseCount);
  EXPECT_EQ(count(Kind::kDrop), kDropReasonCount);
  EXPECT_EQ(count(Kind::kRule), judge::all_rule_infos().size());
  EXPECT_GT(count(Kind::kStatement), 50U);
}

TEST_F(Explain, SuggestsWhatIsSpelledNearly) {
  const auto first = [this](std::string_view word) {
    const auto found = nearest(topics, word, 3);
    return found.empty() ? std::string() : found.front()->name;
  };
  EXPECT_EQ(first("TIME-WIAT"), "TIME-WAIT");
  EXPECT_EQ(first("timer:persit"), "timer:persist");
  EXPECT_EQ(first("rule:ack-goes-bakc"), "rule:ack-goes-back");
  EXPECT_EQ(first("zebra crossing"), "");
  EXPECT_THAT(nearest(topics, "window", 4), SizeIs(4));
}

TEST_F(Explain, TakesAnRfcAndItsClauseInTwoWords) {
  EXPECT_THAT(joined_words({"RFC", "9293", "MUST-58", "TIME-WAIT", "rfc5961", "3.2"}),
              ElementsAre("RFC 9293 MUST-58", "TIME-WAIT", "rfc5961 3.2"));
  EXPECT_THAT(joined_words({"rfc9293", "MUST-58", "MUST-59"}), ElementsAre("rfc9293 MUST-58", "MUST-59"));
}

TEST_F(Explain, KeepsItsProseToTheWidth) {  // names of places stay whole, to be copied
  for (const char* word : {"SYN-SENT", "rfc9293"}) {
    std::istringstream lines(to_text(the(word), 80));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("tests/") == std::string::npos) {
        EXPECT_LE(line.size(), 80U) << line;
      }
    }
  }
}

TEST_F(Explain, SaysTheSameAsJson) {
  const std::string json = to_json(the("drop:out-of-window"));
  EXPECT_THAT(json, StartsWith(R"({"kind":"drop","name":"drop:tcp-out-of-window","says":"No octet)"));
  EXPECT_THAT(json, HasSubstr(R"("clause":"RFC 9293 3.10.7.4")"));
  EXPECT_THAT(json, HasSubstr(R"("defined":[{"file":"stack/base/reasons.hpp","line":)"));
}

}  // namespace
}  // namespace fourtuple::explain
