#include "stack/wire/igmp.hpp"

#include <array>
#include <gtest/gtest.h>

namespace fourtuple::wire {
namespace {

// A report for 224.0.0.251.
constexpr std::array<std::uint8_t, 8> kReport{0x16, 0x00, 0x09, 0x04, 0xe0, 0x00, 0x00, 0xfb};

TEST(Igmp, ReadsAndWritesTheSameReport) {
  const auto message = IgmpMessage::parse(kReport);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, igmp_type::kReportV2);
  EXPECT_EQ(message->max_response_tenths, 0);
  EXPECT_EQ(to_string(message->group), "224.0.0.251");
  std::array<std::uint8_t, 8> written{};
  message->emit(written);
  EXPECT_EQ(written, kReport);
}

TEST(Igmp, RefusesAMessageCutShort) {
  for (std::size_t size = 0; size < kReport.size(); ++size) {
    EXPECT_FALSE(IgmpMessage::parse(ByteView(kReport).first(size))) << size;
  }
  EXPECT_FALSE(IgmpMessage::parse(std::array<std::uint8_t, 2>{0xff, 0xff}));  // its sum is right: it is only short
}

TEST(Igmp, RefusesAnyDamagedOctet) {
  for (std::size_t at = 0; at < kReport.size(); ++at) {
    auto damaged = kReport;
    damaged[at] ^= 0x20;
    EXPECT_FALSE(IgmpMessage::parse(damaged)) << at;
  }
}

}  // namespace
}  // namespace fourtuple::wire
