#include "apps/http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/none.hpp>
#include <utility>

namespace fourtuple::apps::http {
namespace {

namespace beast = boost::beast;

using beast::error_code;
using Text = beast::string_view;

std::string to_string(Text text) { return {text.data(), text.size()}; }

int status_for(const error_code& error) {
  using Known = beast::http::error;
  if (error == Known::header_limit) return 431;
  if (error == Known::body_limit || error == Known::buffer_overflow) return 413;
  if (error == Known::bad_version) return 505;
  if (error == Known::unexpected_body) return 507;
  return 400;
}

}  // namespace

class RequestParser::Grammar final : public beast::http::basic_parser<true> {
 public:
  Grammar() {
    header_limit(static_cast<std::uint32_t>(kMaxHeadBytes));
    body_limit(boost::none);
  }

  Request request;
  BodySink sink;

 private:
  void on_request_impl(beast::http::verb, Text method, Text target, int, error_code& error) override {
    request.method = to_string(method);
    request.target = to_string(target);
    error = {};
  }
  void on_response_impl(int, Text, int, error_code&) override {}

  void on_field_impl(beast::http::field field, Text, Text value, error_code& error) override {
    if (field == beast::http::field::range) request.range = to_string(value);
    if (field == beast::http::field::expect) request.expects_continue = beast::iequals(value, "100-continue");
    error = {};
  }

  void on_header_impl(error_code& error) override {
    request.keep_alive = keep_alive();
    request.has_body = chunked() || content_length().value_or(0) > 0;
    error = {};
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& error) override { error = {}; }
  std::size_t on_body_impl(Text body, error_code& error) override { return pass_on(body, error); }
  void on_chunk_header_impl(std::uint64_t, Text, error_code& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& error) override { return pass_on(body, error); }
  void on_finish_impl(error_code& error) override { error = {}; }

  std::size_t pass_on(Text body, error_code& error) {
    const bool taken = !sink || sink({body.data(), body.size()});
    error = taken ? error_code{} : make_error_code(beast::http::error::unexpected_body);
    return taken ? body.size() : 0;
  }
};

RequestParser::RequestParser() : grammar_(std::make_unique<Grammar>()) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

Result<std::size_t, int> RequestParser::take(std::string_view bytes) {
  grammar_->eager(grammar_->is_header_done());
  std::size_t used = 0;
  while (used < bytes.size() && !grammar_->is_done()) {
    error_code error;
    const bool had_head = grammar_->is_header_done();
    const std::string_view rest = bytes.substr(used);
    used += grammar_->put(boost::asio::buffer(rest.data(), rest.size()), error);
    if (error == beast::http::error::need_more) break;
    if (error) return failure(status_for(error));
    if (!had_head) break;
  }
  return used;
}

void RequestParser::set_body_sink(BodySink sink) { grammar_->sink = std::move(sink); }
bool RequestParser::has_head() const { return grammar_->is_header_done(); }
bool RequestParser::is_complete() const { return grammar_->is_done(); }
const Request& RequestParser::request() const { return grammar_->request; }

}  // namespace fourtuple::apps::http
