// Jobs in processes of their own.
#include "apps/drill/crew.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <unistd.h>

namespace fourtuple::drill {
namespace {

struct Told {
  std::size_t index;
  std::string text;
  std::string fault;
};

std::vector<Told> run(std::size_t count, const CrewOptions& options, const Job& job) {
  std::vector<Told> told;
  run_crew(count, options, job, [&](std::size_t index, const JobResult& result, const std::string& fault) {
    told.push_back({index, std::to_string(result.code) + result.notes + result.text, fault});
  });
  return told;
}

TEST(Crew, TellsResultsInOrder) {
  const auto told = run(40, {.workers = 4}, [](std::size_t index) {
    return JobResult{static_cast<std::uint8_t>(index), std::string(index * 5000, 'x'), "n"};
  });
  ASSERT_EQ(told.size(), 40U);
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].index, i);
    EXPECT_EQ(told[i].text, std::to_string(i) + "n" + std::string(i * 5000, 'x'));
    EXPECT_EQ(told[i].fault, "");
  }
}

TEST(Crew, SurvivesAJobThatCrashes) {
  const auto told = run(3, {.workers = 2}, [](std::size_t index) {
    if (index == 1) ::kill(::getpid(), SIGKILL);
    return JobResult{0, "fine", ""};
  });
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].fault, "");
  EXPECT_EQ(told[1].fault, "the run crashed (Killed)");
  EXPECT_EQ(told[2].fault, "");
}

TEST(Crew, EndsAJobThatNeverEnds) {
  const auto told = run(2, {.workers = 1, .patience = 50ms}, [](std::size_t index) {
    while (index == 0) ::pause();
    return JobResult{0, "fine", ""};
  });
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].fault, "the run took longer than 0.05 s");
  EXPECT_EQ(told[1].text, "0fine");
}

}  // namespace
}  // namespace fourtuple::drill
