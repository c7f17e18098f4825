#include "tests/oracle/differences.hpp"

#include <array>

namespace fourtuple::oracle {
namespace {

// One row for every line of a transcript that differs; rows of one reason stand together.
constexpr std::array<Difference, 0> kDifferences{};

}  // namespace

std::span<const Difference> differences() { return kDifferences; }

std::string differences_page() {
  std::string page =
      "# Where our sockets answer otherwise than Linux\n\n"
      "The oracle test (`tests/oracle/`) makes the same socket calls on the kernel and on fourtuple and compares "
      "every\n"
      "answer: results, errno, poll bits, option values, addresses. What differs is listed here, each with its "
      "reason;\n"
      "anything else that differs fails the test, and so does a row that is no longer true. This page is written by\n"
      "`oracle --write-differences` from `tests/oracle/differences.cpp`.\n";
  const char* reason = nullptr;
  for (const Difference& one : kDifferences) {
    if (reason == nullptr || std::string(reason) != one.reason) {
      page += "\n## " + std::string(one.reason) + "\n\n| Test | Linux | fourtuple |\n|---|---|---|\n";
    }
    reason = one.reason;
    page += "| " + std::string(one.test) + " | `" + one.linux_says + "` | `" + one.we_say + "` |\n";
  }
  return page;
}

}  // namespace fourtuple::oracle
