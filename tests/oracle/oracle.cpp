#include "tests/oracle/oracle.hpp"

#include <algorithm>
#include <set>
#include <unistd.h>

#include "tests/oracle/differences.hpp"
#include "tests/oracle/transcripts.hpp"

namespace fourtuple::oracle {
namespace {

// The rows of one case that have not been seen yet.
class Expected {
 public:
  explicit Expected(const std::string& name) {
    for (const Difference& one : differences()) {
      if (one.test == name) rows_.push_back(&one);
    }
  }
  bool take(const std::string& theirs, const std::string& ours) {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Difference* one) {
      return one->linux_says == theirs && one->we_say == ours;
    });
    if (found == rows_.end()) return false;
    seen_.insert(*found);
    return true;
  }
  void expect_all_seen() const {
    for (const Difference* one : rows_) {
      EXPECT_TRUE(seen_.contains(one)) << "this difference no longer occurs; take it out of the table:\n  Linux:     "
                                       << one->linux_says << "\n  fourtuple: " << one->we_say;
    }
  }

 private:
  std::vector<const Difference*> rows_;
  std::set<const Difference*> seen_;
};

// The conversation so far, differences marked: what a failure shows.
std::string story(const Lines& theirs, const Lines& ours) {
  std::string text;
  for (std::size_t i = 0; i < std::max(theirs.size(), ours.size()); ++i) {
    const std::string left = i < theirs.size() ? theirs[i] : "(nothing)";
    const std::string right = i < ours.size() ? ours[i] : "(nothing)";
    text += left == right ? "    " + left + "\n" : "  - Linux:     " + left + "\n  + fourtuple: " + right + "\n";
  }
  return text;
}

// Another kernel than the recorded one may answer otherwise in a detail, and so does the same one to an ordinary user
// (SO_DEBUG); then either answer of Linux is right.
void compare_lines(const std::string& name, const Lines& kernel, const Lines& recorded, const Lines& ours) {
  Expected expected(name);
  bool good = kernel.size() == ours.size();
  for (std::size_t i = 0; i < std::min(kernel.size(), ours.size()); ++i) {
    if (kernel[i] == ours[i] || expected.take(kernel[i], ours[i])) continue;
    const bool was_linux = i < recorded.size() && (recorded[i] == ours[i] || expected.take(recorded[i], ours[i]));
    good = good && was_linux;
  }
  EXPECT_TRUE(good) << name << "\n" << story(kernel, ours);
  expected.expect_all_seen();
}

}  // namespace

std::map<std::string, Case>& cases() {
  static std::map<std::string, Case> all;
  return all;
}

void compare(const std::string& name, Case body) {
  const Record record = read_record();
  const auto found = record.cases.find(name);
  ASSERT_NE(found, record.cases.end()) << name << " is not recorded; run: oracle --record, as root";
  const Lines& recorded = found->second;
  const Lines ours = play_on_fourtuple(body);
  const Played kernel = play_on_kernel(body);
  if (!kernel.obstacle.empty()) {
    compare_lines(name, recorded, recorded, ours);
    if (!::testing::Test::HasFailure()) {
      GTEST_SKIP() << "compared with the recorded answers of Linux " << record.kernel << " only: " << kernel.obstacle;
    }
    return;
  }
  const bool same_kernel = kernel_version() == record.kernel && ::geteuid() == 0;
  compare_lines(name, kernel.lines, same_kernel ? kernel.lines : recorded, ours);
  if (!same_kernel) return;
  EXPECT_EQ(kernel.lines, recorded) << "linux.txt is not what this kernel answers; run: oracle --record, as root";
}

}  // namespace fourtuple::oracle
