// Assertions in %{ ... }% blocks.
#include "apps/drill/assertions.hpp"

#include <gtest/gtest.h>
#include <string>

namespace fourtuple::drill {
namespace {

std::optional<double> names(std::string_view name) {
  if (name == "tcpi_snd_cwnd") return 10;
  if (name == "tcpi_options") return 6;
  return std::nullopt;
}

std::string fault(std::string_view text) {
  const auto found = check_assertions(text, names);
  return found ? std::to_string(found->line) + ": " + found->message : "";
}

TEST(Assertion, HoldsOrSaysTheValue) {
  EXPECT_EQ(fault("assert tcpi_snd_cwnd == 10"), "");
  EXPECT_EQ(fault("assert tcpi_snd_cwnd == 20"), "0: tcpi_snd_cwnd == 20 does not hold: tcpi_snd_cwnd is 10");
}

TEST(Assertion, RepeatsTheAuthorsWordsOnlyWhereTheySaySomethingNew) {
  EXPECT_EQ(fault("assert tcpi_snd_cwnd == 20, tcpi_snd_cwnd"),
            "0: tcpi_snd_cwnd == 20 does not hold: tcpi_snd_cwnd is 10");
  EXPECT_EQ(fault("assert tcpi_snd_cwnd == 20, 'the window'"),
            "0: tcpi_snd_cwnd == 20 does not hold: tcpi_snd_cwnd is 10 ('the window')");
  EXPECT_EQ(fault("assert tcpi_snd_cwnd == 20, tcpi_snd_cwnd + 1"),
            "0: tcpi_snd_cwnd == 20 does not hold: tcpi_snd_cwnd is 10 (tcpi_snd_cwnd + 1 is 11)");
}

TEST(Assertion, KnowsTheOperatorsOfPython) {
  EXPECT_EQ(fault("assert tcpi_snd_cwnd >= 10 and not tcpi_snd_cwnd > 10 or False"), "");
  EXPECT_EQ(fault("assert 5 < tcpi_snd_cwnd < 15"), "");
  EXPECT_NE(fault("assert 5 < tcpi_snd_cwnd < 9"), "");
  EXPECT_EQ(fault("assert (tcpi_snd_cwnd + 2) * 3 == 36 and tcpi_snd_cwnd / 4 == 2.5 and tcpi_snd_cwnd // 4 == 2"), "");
  EXPECT_EQ(fault("assert tcpi_snd_cwnd % 3 == 1 and -tcpi_snd_cwnd + 0xa == 0"), "");
  EXPECT_EQ(fault("assert tcpi_options & 2 and not tcpi_options & 1 and 1 << 3 == 8"), "");
}

TEST(Assertion, StandsOnLinesAndBehindSemicolons) {
  EXPECT_EQ(fault("print(tcpi_snd_cwnd); assert (tcpi_snd_cwnd ==\n 10)\n# assert 0\n"), "");
  EXPECT_EQ(fault("assert 1; assert 1\n  assert 2 == 3\n").substr(0, 3), "1: ");
}

TEST(Assertion, ThatIsNotUnderstoodIsAFault) {
  EXPECT_EQ(fault("assert tcpi_nonsense == 1"),
            "0: the assertion 'tcpi_nonsense == 1' is not understood: the name tcpi_nonsense is not known");
  EXPECT_EQ(fault("x = 5"), "0: only assertions are understood here, not 'x = 5'");
  EXPECT_NE(fault("assert 1 / 0"), "");
  EXPECT_NE(fault("assert"), "");
  EXPECT_NE(fault("assert " + std::string(1000, '(')), "");
  EXPECT_NE(fault("assert " + std::string(1000, '-') + "1"), "");
}

}  // namespace
}  // namespace fourtuple::drill
