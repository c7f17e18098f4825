#include <gtest/gtest.h>

#include "apps/http/file_tree.hpp"

namespace fourtuple::apps::http {
namespace {

TEST(HttpTarget, BecomesAPathBelowTheRoot) {
  EXPECT_EQ(path_of_target("/"), ".");
  EXPECT_EQ(path_of_target("/a/b.txt"), "a/b.txt");
  EXPECT_EQ(path_of_target("/a//b/./c"), "a/b/c");
  EXPECT_EQ(path_of_target("/a/../b"), "b");
}

TEST(HttpTarget, LosesItsQueryAndItsAuthority) {
  EXPECT_EQ(path_of_target("/a?b=/../c"), "a");
  EXPECT_EQ(path_of_target("/a#b"), "a");
  EXPECT_EQ(path_of_target("http://10.0.0.4:80/a/b"), "a/b");
  EXPECT_EQ(path_of_target("http://10.0.0.4"), ".");
}

TEST(HttpTarget, IsPercentDecodedOnce) {
  EXPECT_EQ(path_of_target("/a%20b"), "a b");
  EXPECT_EQ(path_of_target("/%252e%252e/x"), "%2e%2e/x");
}

TEST(HttpTarget, CannotClimbAboveTheRoot) {
  EXPECT_EQ(path_of_target("/.."), std::nullopt);
  EXPECT_EQ(path_of_target("/a/../../etc/passwd"), std::nullopt);
  EXPECT_EQ(path_of_target("/%2e%2e/etc/passwd"), std::nullopt);
  EXPECT_EQ(path_of_target("/..%2fetc"), std::nullopt);
}

TEST(HttpTarget, IsRefusedWhereItIsNoPath) {
  EXPECT_EQ(path_of_target(""), std::nullopt);
  EXPECT_EQ(path_of_target("a"), std::nullopt);
  EXPECT_EQ(path_of_target("*"), std::nullopt);
  EXPECT_EQ(path_of_target("/%"), std::nullopt);
  EXPECT_EQ(path_of_target("/%4"), std::nullopt);
  EXPECT_EQ(path_of_target("/%zz"), std::nullopt);
  EXPECT_EQ(path_of_target("/a%00b"), std::nullopt);
  EXPECT_EQ(path_of_target("/a%0d%0ab"), std::nullopt);
}

TEST(HttpListing, EscapesWhatHtmlAndUrlsReserve) {
  EXPECT_EQ(escape_html("<a & 'b' \"c\">"), "&lt;a &amp; &#39;b&#39; &quot;c&quot;&gt;");
  EXPECT_EQ(escape_url("a b/c?d#e%f\xc3\xa4"), "a%20b/c%3Fd%23e%25f%C3%A4");
}

}  // namespace
}  // namespace fourtuple::apps::http
