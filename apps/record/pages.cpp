#include "apps/record/pages.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <fmt/format.h>
#include <memory>
#include <string_view>

#include "apps/http/request_parser.hpp"
#include "apps/http/response.hpp"

namespace fourtuple::record {
namespace {

namespace asio = boost::asio;
namespace http = apps::http;

constexpr std::size_t kRequestPieceBytes = 16384;
constexpr std::size_t kMaxPageBytes = std::size_t{1} << 26;

struct Page {
  int status = 200;
  std::string text = {};          // what the page says, or
  std::size_t pattern_bytes = 0;  // how much of the pattern it has
  [[nodiscard]] std::size_t size() const { return text.size() + pattern_bytes; }
};

Page error_page(int status) { return {.status = status, .text = http::error_page(status)}; }

Page page_for(const http::Request& request, std::size_t body_bytes) {
  if (request.method == "PUT" || request.method == "POST")
    return {.text = fmt::format("{} octets, read and thrown away\n", body_bytes)};
  if (request.method != "GET" && request.method != "HEAD") return error_page(405);
  if (request.target == "/") return {.text = "A page for a recording. /N has N octets.\n"};
  const std::string_view number = std::string_view(request.target).substr(1);
  std::size_t bytes = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bytes);
  if (error != std::errc() || end != number.data() + number.size() || bytes > kMaxPageBytes) return error_page(404);
  return {.pattern_bytes = bytes};
}

// One client's conversation.
class Conversation {
 public:
  explicit Conversation(RecordedSocket socket) : socket_(std::move(socket)) {}

  // One request and its answer; false when the connection is over.
  asio::awaitable<bool> exchange() {
    http::RequestParser parser;
    std::size_t body_bytes = 0;
    parser.set_body_sink([&body_bytes](std::string_view octets) {
      body_bytes += octets.size();
      return true;
    });
    const bool has_head = co_await receive(parser, &http::RequestParser::has_head);
    if (!has_head) co_return false;
    if (parser.request().expects_continue && !parser.is_complete()) {
      const bool invited = co_await socket_.write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!invited) co_return false;
    }
    const bool is_complete = co_await receive(parser, &http::RequestParser::is_complete);
    if (!is_complete) co_return false;
    const Page page = page_for(parser.request(), body_bytes);
    const bool answered = co_await answer(page, parser.request());
    co_return answered&& parser.request().keep_alive;
  }

 private:
  using Done = bool (http::RequestParser::*)() const;

  asio::awaitable<bool> receive(http::RequestParser& parser, Done done) {
    for (;;) {
      const auto used = parser.take(unread_);
      if (!used) {
        const Page page = error_page(used.error());
        const http::Request refused;
        co_await answer(page, refused);
        co_return false;
      }
      unread_.erase(0, *used);
      if ((parser.*done)()) co_return true;
      if (*used > 0 && !unread_.empty()) continue;
      if (unread_.size() > http::RequestParser::kMaxHeadBytes) co_return false;
      const auto [error, size] = co_await socket_.read_some(asio::buffer(piece_));
      if (error) co_return false;
      unread_.append(piece_.data(), size);
    }
  }

  asio::awaitable<bool> answer(const Page& page, const http::Request& request) {
    const http::ResponseHead head{.status = page.status,
                                  .content_length = page.size(),
                                  .content_type = "text/plain",
                                  .keep_alive = request.keep_alive};
    std::string octets = http::to_text(head, std::time(nullptr));
    if (request.method != "HEAD") octets += page.text + pattern(page.pattern_bytes);
    const bool written = co_await socket_.write(octets);
    co_return written;
  }

  RecordedSocket socket_;
  std::string unread_;
  std::array<char, kRequestPieceBytes> piece_{};
};

}  // namespace

std::string pattern(std::size_t octets) {
  constexpr std::string_view kLine = "The quick brown fox jumps over the lazy dog, and TCP brings it all in order.\n";
  std::string text;
  text.reserve(octets + kLine.size());
  while (text.size() < octets) text += kLine;
  text.resize(octets);
  return text;
}

asio::awaitable<void> serve_pages(RecordedSocket socket) {
  const auto conversation = std::make_unique<Conversation>(std::move(socket));
  for (bool goes_on = true; goes_on;) goes_on = co_await conversation->exchange();
}

}  // namespace fourtuple::record
