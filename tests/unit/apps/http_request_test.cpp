#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "apps/http/request_parser.hpp"

namespace fourtuple::apps::http {
namespace {

// Hands the parser pieces of `piece` octets, keeping what it leaves, as a connection does.
struct Reader {
  RequestParser parser;
  std::string body;
  std::string left;
  int status = 0;

  Reader() {
    parser.set_body_sink([this](std::string_view bytes) {
      body += bytes;
      return true;
    });
  }

  void read(std::string_view text, std::size_t piece) {
    while (status == 0 && (!text.empty() || (!left.empty() && !parser.is_complete()))) {
      const std::size_t before = left.size() + text.size();
      left += text.substr(0, piece);
      text.remove_prefix(std::min(piece, text.size()));
      const auto used = parser.take(left);
      if (!used) {
        status = used.error();
      } else {
        left.erase(0, *used);
        if (before == left.size()) break;
      }
    }
  }
};

constexpr std::string_view kGet = "GET /a?b HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\n\r\n";
constexpr std::string_view kPut = "PUT /a HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello";
constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n";

TEST(HttpRequest, IsReadWhateverThePieces) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
    Reader reader;
    reader.read(kGet, piece);
    ASSERT_TRUE(reader.parser.is_complete()) << piece;
    EXPECT_EQ(reader.parser.request().method, "GET");
    EXPECT_EQ(reader.parser.request().target, "/a?b");
    EXPECT_EQ(reader.parser.request().range, "bytes=1-2");
    EXPECT_TRUE(reader.parser.request().keep_alive);
    EXPECT_FALSE(reader.parser.request().has_body);
  }
}

TEST(HttpRequest, BodyOfKnownLengthReachesTheSink) {
  for (const std::size_t piece : {1U, 2U, 50U, 1000U}) {
    Reader reader;
    reader.read(kPut, piece);
    ASSERT_TRUE(reader.parser.is_complete()) << piece;
    EXPECT_TRUE(reader.parser.request().expects_continue);
    EXPECT_EQ(reader.body, "hello");
  }
}

TEST(HttpRequest, ChunkedBodyReachesTheSinkWithoutItsChunks) {
  for (const std::size_t piece : {1U, 4U, 60U, 1000U}) {
    Reader reader;
    reader.read(kChunked, piece);
    ASSERT_TRUE(reader.parser.is_complete()) << piece << " status " << reader.status;
    EXPECT_EQ(reader.body, "hello world");
  }
}

TEST(HttpRequest, TheNextOneIsLeftAlone) {
  Reader reader;
  reader.read(std::string(kGet) + std::string(kGet), 1000);
  EXPECT_TRUE(reader.parser.is_complete());
  EXPECT_EQ(reader.left, kGet);
}

TEST(HttpRequest, StopsAtTheEndOfTheHeadFirst) {
  RequestParser parser;
  const auto used = parser.take(kPut);
  ASSERT_TRUE(used);
  EXPECT_EQ(kPut.substr(*used), "hello");
  EXPECT_TRUE(parser.has_head());
  EXPECT_FALSE(parser.is_complete());
}

TEST(HttpRequest, EndlessHeadIsRefused) {
  Reader reader;
  reader.read("GET / HTTP/1.1\r\nX: " + std::string(RequestParser::kMaxHeadBytes, 'x'), 1000);
  EXPECT_EQ(reader.status, 431);
}

TEST(HttpRequest, NonsenseIsRefused) {
  for (const std::string_view text : {"\x16\x03\x01\x02", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                                      " / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                                      "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}) {
    Reader reader;
    reader.read(std::string(text) + std::string(64, '\n'), 1000);
    EXPECT_NE(reader.status, 0) << text;
  }
}

TEST(HttpRequest, AFullDiskIsToldAsSuch) {
  RequestParser parser;
  parser.set_body_sink([](std::string_view) { return false; });
  const auto head = parser.take(kPut);
  ASSERT_TRUE(head);
  const auto body = parser.take(kPut.substr(*head));
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error(), 507);
}

}  // namespace
}  // namespace fourtuple::apps::http
