#include "stack/base/reasons.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>

namespace fourtuple {
namespace {

bool is_dashed_lower_case(std::string_view name) {
  return !name.empty() && name.front() != '-' && name.back() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

template <typename Reason>
void every_word_is_complete(std::size_t count) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_TRUE(is_dashed_lower_case(name(reason))) << name(reason);
    EXPECT_FALSE(clause(reason).empty()) << name(reason);
    EXPECT_FALSE(sentence(reason).empty()) << name(reason);
    EXPECT_TRUE(names.insert(name(reason)).second) << name(reason) << " names two";
  }
}

TEST(DropReasons, HaveUniqueNamesAClauseAndASentence) { every_word_is_complete<DropReason>(kDropReasonCount); }
TEST(Causes, HaveUniqueNamesAClauseAndASentence) { every_word_is_complete<Cause>(kCauseCount); }

TEST(DropReasons, PrintTheWordThatTheEnumeratorSpells) {
  EXPECT_EQ(name(DropReason::kFrameTruncated), "frame-truncated");
  EXPECT_EQ(name(DropReason::kTcpOutOfWindow), "tcp-out-of-window");
  EXPECT_EQ(clause(DropReason::kTcpOutOfWindow), "RFC9293 3.10.7.4");
  EXPECT_EQ(name(DropReason::kImpaired), "impaired");
  EXPECT_EQ(static_cast<std::size_t>(DropReason::kImpaired) + 1, kDropReasonCount);
}

TEST(Causes, PrintTheWordThatTheEnumeratorSpells) {
  EXPECT_EQ(name(Cause::kUserConnect), "user-connect");
  EXPECT_EQ(name(Cause::kFastRetransmit), "fast-retransmit");
  EXPECT_EQ(clause(Cause::kFastRetransmit), "RFC5681 3.2");
  EXPECT_EQ(static_cast<std::size_t>(Cause::kDatagram) + 1, kCauseCount);
}

}  // namespace
}  // namespace fourtuple
