#include <gtest/gtest.h>

#include "apps/http/range.hpp"

namespace fourtuple::apps::http {
namespace {

ByteRange range_of(std::string_view field, std::uint64_t size) {
  const auto range = parse_range(field, size);
  return range && *range ? **range : ByteRange{0, 0};
}

bool means_everything(std::string_view field) {
  const auto range = parse_range(field, 1000);
  return range && !*range;
}

TEST(HttpRange, CountsFromTheFrontAndFromTheBack) {
  EXPECT_EQ(range_of("bytes=0-0", 1000), (ByteRange{0, 1}));
  EXPECT_EQ(range_of("bytes=100-199", 1000), (ByteRange{100, 100}));
  EXPECT_EQ(range_of("bytes=900-", 1000), (ByteRange{900, 100}));
  EXPECT_EQ(range_of("bytes=-1", 1000), (ByteRange{999, 1}));
}

TEST(HttpRange, EndsWhereTheFileEnds) {
  EXPECT_EQ(range_of("bytes=900-5000", 1000), (ByteRange{900, 100}));
  EXPECT_EQ(range_of("bytes=-5000", 1000), (ByteRange{0, 1000}));
  EXPECT_EQ(range_of("bytes=0-18446744073709551615", 1000), (ByteRange{0, 1000}));
}

TEST(HttpRange, BeyondTheEndIsRefused) {
  EXPECT_EQ(parse_range("bytes=1000-", 1000).error(), 416);
  EXPECT_EQ(parse_range("bytes=0-", 0).error(), 416);
  EXPECT_EQ(parse_range("bytes=-0", 1000).error(), 416);
}

TEST(HttpRange, OfAnotherFormIsPassedOver) {
  EXPECT_TRUE(means_everything(""));
  EXPECT_TRUE(means_everything("lines=1-2"));
  EXPECT_TRUE(means_everything("bytes=0-1,5-6"));
  EXPECT_TRUE(means_everything("bytes=5-1"));
  EXPECT_TRUE(means_everything("bytes=a-b"));
  EXPECT_TRUE(means_everything("bytes=-"));
  EXPECT_TRUE(means_everything("bytes=99999999999999999999-"));
}

}  // namespace
}  // namespace fourtuple::apps::http
