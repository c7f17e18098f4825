// The oracle's own options; everything else is gtest's.
#include <cstring>
#include <fstream>
#include <iostream>

#include "tests/oracle/differences.hpp"
#include "tests/oracle/oracle.hpp"
#include "tests/oracle/transcripts.hpp"

namespace fourtuple::oracle {
namespace {

TEST(Differences, ArePublishedAsTheyAre) {
  EXPECT_EQ(read_text(differences_path()), differences_page()) << "run: oracle --write-differences";
}

TEST(Differences, BelongToCases) {
  const Record record = read_record();
  for (const Difference& one : differences()) EXPECT_TRUE(record.cases.contains(one.test)) << one.test;
}

TEST(Record, NamesOnlyCasesThatExist) {
  for (const auto& [name, lines] : read_record().cases) {
    EXPECT_TRUE(cases().contains(name)) << name << " is recorded in linux.txt but is no case; take it out there";
  }
}

}  // namespace

int record_all() {
  Record record = read_record();  // cases that another build of this program recorded stay
  record.kernel = kernel_version();
  for (const auto& [name, body] : cases()) {
    const Played played = play_on_kernel(body);
    if (!played.obstacle.empty()) {
      std::cerr << "oracle: " << played.obstacle << "\n";
      return 1;
    }
    record.cases[name] = played.lines;
  }
  return write_record(record) ? 0 : 1;
}

int write_differences() {
  std::ofstream file(differences_path());
  file << differences_page();
  return file.flush() ? 0 : 1;
}

}  // namespace fourtuple::oracle

int main(int count, char** arguments) {
  if (count == 2 && std::strcmp(arguments[1], "--record") == 0) return fourtuple::oracle::record_all();
  if (count == 2 && std::strcmp(arguments[1], "--write-differences") == 0) {
    return fourtuple::oracle::write_differences();
  }
  ::testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
