#include "apps/http/connection.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <ctime>
#include <tuple>
#include <utility>

#include "apps/programs/sessions.hpp"

namespace fourtuple::apps::http {

namespace asio = boost::asio;

Connection::Connection(tcp::socket socket, std::shared_ptr<Site> site)
    : socket_(std::move(socket)), site_(std::move(site)) {
  ErrorCode ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  site_->connections.insert(this);
  touch();
}

Connection::~Connection() { site_->connections.erase(this); }

void Connection::close_if_late(Clock::time_point now) {
  ErrorCode ignored;
  if (now > deadline_) socket_.close(ignored);
}

asio::awaitable<void> Connection::run() {
  bool goes_on = true;
  while (goes_on) goes_on = co_await exchange();
  co_await say_farewell();
}

asio::awaitable<bool> Connection::exchange() {
  parser_ = RequestParser();
  upload_.reset();
  const bool has_head = co_await receive(&RequestParser::has_head);
  if (!has_head && refused_status_ == 0) co_return false;
  std::optional<Answer> answer = has_head ? prepare() : std::nullopt;
  if (!answer && has_head) {
    const bool received = co_await receive_body();
    if (received) answer = conclude();
  }
  if (!answer && refused_status_ == 0) co_return false;
  if (!answer) answer = error_answer(refused_status_);
  answer->head.keep_alive = parser_.is_complete() && refused_status_ == 0 && parser_.request().keep_alive;
  const bool sent = co_await send(*answer);
  co_return sent && answer->head.keep_alive;
}

bool Connection::is_upload() const { return parser_.request().method == "PUT" || parser_.request().method == "POST"; }

std::optional<Answer> Connection::prepare() {
  if (!is_upload() || !site_->uploads) return std::nullopt;
  auto upload = site_->uploads->begin_upload();
  if (!upload) return error_answer(upload.error());
  upload_.emplace(std::move(*upload));
  parser_.set_body_sink([this](std::string_view bytes) { return upload_->append(bytes); });
  return std::nullopt;
}

Answer Connection::conclude() {
  const Request& request = parser_.request();
  const bool is_download = request.method == "GET" || request.method == "HEAD";
  if (is_download && site_->metrics && path_of_target(request.target) == "metrics")
    return metrics_answer(site_->metrics());
  if (is_download) return download_answer(site_->files, request);
  if (!is_upload()) return error_answer(405, "Allow: GET, HEAD, PUT, POST");
  if (!upload_) return text_answer(200, "read and thrown away\n");
  const auto path = path_of_target(request.target);
  const Result<void, int> stored = path ? upload_->commit(*path) : Result<void, int>(failure(400));
  return stored ? text_answer(201, "stored as " + *path + "\n") : error_answer(stored.error());
}

// Input goes through one buffer that all connections share: waited for first, then read and taken in one step.
asio::awaitable<bool> Connection::receive(Done done) {
  if (!unparsed_.empty() && !feed(std::string_view(), done)) co_return false;
  while (!(parser_.*done)()) {
    const auto [failed] = co_await socket_.async_wait(tcp::socket::wait_read, kAsTuple);
    if (failed) co_return false;
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(site_->input), error);
    if (error == asio::error::would_block) continue;
    if (error || !feed(std::string_view(site_->input.data(), size), done)) co_return false;
    touch();
  }
  co_return true;
}

bool Connection::feed(std::string_view bytes, Done done) {
  if (!unparsed_.empty()) {
    unparsed_.append(bytes);
    bytes = unparsed_;
  }
  const auto used = parser_.take(bytes);
  if (!used) {
    refused_status_ = used.error();
    return false;
  }
  std::string rest(bytes.substr(*used));
  unparsed_ = std::move(rest);
  // What the parser waits for the rest of is never longer than a head.
  if ((parser_.*done)() || unparsed_.size() <= RequestParser::kMaxHeadBytes) return true;
  refused_status_ = 431;
  return false;
}

asio::awaitable<bool> Connection::receive_body() {
  if (parser_.request().expects_continue && parser_.request().has_body) {
    const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool written = co_await write(go_on, std::string_view());
    if (!written) co_return false;
  }
  const bool received = co_await receive(&RequestParser::is_complete);
  co_return received;
}

asio::awaitable<bool> Connection::send(Answer& answer) {
  const std::string text = to_text(answer.head, std::time(nullptr));
  std::string_view head = text;
  std::string_view body = answer.page;
  if (parser_.has_head() && parser_.request().method == "HEAD") {
    body = std::string_view();
    answer.range.length = 0;
  }
  std::vector<char> piece(std::min<std::uint64_t>(answer.range.length, Site::kPieceBytes));
  while (!head.empty() || answer.range.length > 0) {
    if (answer.range.length > 0) {
      const std::size_t wanted = std::min<std::uint64_t>(answer.range.length, piece.size());
      const ssize_t size =
          ::pread(answer.file.descriptor.get(), piece.data(), wanted, static_cast<off_t>(answer.range.first));
      if (size <= 0) co_return false;  // shorter than it was: no way to say so but to stop
      body = std::string_view(piece.data(), static_cast<std::size_t>(size));
      answer.range.first += body.size();
      answer.range.length -= body.size();
    }
    const bool written = co_await write(head, body);
    if (!written) co_return false;
    head = std::string_view();
  }
  co_return true;
}

asio::awaitable<bool> Connection::write(std::string_view head, std::string_view body) {
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  std::size_t left = head.size() + body.size();
  while (left > 0) {
    const auto [error, size] = co_await socket_.async_write_some(buffers, kAsTuple);
    if (error) co_return false;
    left -= size;
    const std::size_t of_head = std::min(size, buffers[0].size());
    buffers[0] += of_head;
    buffers[1] += size - of_head;
    touch();
  }
  co_return true;
}

// A client that is still sending would be reset before it has read why we end: its words are taken and thrown away for
// a little while.
asio::awaitable<void> Connection::say_farewell() {
  ErrorCode error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  deadline_ = Clock::now() + Site::kLastPatience;
  while (!error || error == asio::error::would_block) {
    const auto [failed] = co_await socket_.async_wait(tcp::socket::wait_read, kAsTuple);
    if (failed) co_return;
    static_cast<void>(socket_.read_some(asio::buffer(site_->input), error));
  }
}

}  // namespace fourtuple::apps::http
