#include "apps/http/connection.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
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
  for (;;) {
    parser_ = RequestParser();
    if (!co_await read_until(&RequestParser::has_head)) {
      if (refused_status_ != 0) co_await answer_and_leave(refused_status_);
      co_return;
    }
    const bool keep_alive = parser_.request().keep_alive;
    if (!co_await answer()) co_return;
    if (refused_status_ != 0 || !parser_.is_complete()) break;
    if (!keep_alive) break;
  }
  co_await answer_and_leave(0);
}

// Input goes through one buffer that all connections share: waited for first, then read and taken in one step.
asio::awaitable<bool> Connection::read_until(Done done) {
  if (!unparsed_.empty() && !feed({}, done)) co_return false;
  while (!(parser_.*done)()) {
    if (std::get<0>(co_await socket_.async_wait(tcp::socket::wait_read, kAsTuple))) co_return false;
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(site_->input), error);
    if (error == asio::error::would_block) continue;
    if (error || !feed({site_->input.data(), size}, done)) co_return false;
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

// A client that is still sending would be reset before it has read why: its words are taken and thrown away for a
// little while.
asio::awaitable<void> Connection::answer_and_leave(int status) {
  if (status != 0) {
    const std::string page = error_page(status);
    const ResponseHead head{.status = status,
                            .content_length = page.size(),
                            .content_type = "text/html",
                            .keep_alive = false,
                            .fields = {}};
    if (!co_await write(to_text(head, std::time(nullptr)), page)) co_return;
  }
  ErrorCode error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  deadline_ = Clock::now() + Site::kLastPatience;
  while (!error || error == asio::error::would_block) {
    if (std::get<0>(co_await socket_.async_wait(tcp::socket::wait_read, kAsTuple))) co_return;
    static_cast<void>(socket_.read_some(asio::buffer(site_->input), error));
  }
}

asio::awaitable<bool> Connection::answer() {
  const std::string& method = parser_.request().method;
  if (method == "PUT" || method == "POST") co_return co_await answer_upload();
  if (!co_await receive_body()) co_return refused_status_ != 0;
  if (method == "GET" || method == "HEAD") co_return co_await answer_download();
  co_return co_await send_error(405, "Allow: GET, HEAD, PUT, POST");
}

asio::awaitable<bool> Connection::receive_body() {
  if (parser_.request().expects_continue && parser_.request().has_body) {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return false;
  }
  co_return co_await read_until(&RequestParser::is_complete);
}

asio::awaitable<bool> Connection::answer_upload() {
  const auto path = path_of_target(parser_.request().target);
  if (!path) co_return co_await send_error(400);
  if (!site_->uploads) {
    if (!co_await receive_body()) co_return refused_status_ != 0;
    co_return co_await send_text(200, "read and thrown away\n");
  }
  auto upload = site_->uploads->begin_upload();
  if (!upload) co_return co_await send_error(upload.error());
  parser_.set_body_sink([&file = *upload](std::string_view bytes) { return file.append(bytes); });
  const bool received = co_await receive_body();
  parser_.set_body_sink({});
  if (!received) co_return refused_status_ != 0 && co_await send_error(refused_status_);
  const auto committed = upload->commit(*path);
  if (!committed) co_return co_await send_error(committed.error());
  co_return co_await send_text(201, "stored as " + *path + "\n");
}

asio::awaitable<bool> Connection::answer_download() {
  const std::string& target = parser_.request().target;
  const auto path = path_of_target(target);
  if (!path) co_return co_await send_error(400);
  auto file = site_->files.open_file(*path);
  if (!file) co_return co_await send_error(file.error());
  if (!file->is_folder) co_return co_await send_file(*file, *path);
  // Relative links on the page need the slash at the end.
  const std::string_view place = std::string_view(target).substr(0, target.find('?'));
  if (!place.ends_with('/')) co_return co_await send_error(301, "Location: /" + escape_url(*path) + "/");
  co_return co_await send_folder(*file, *path);
}

asio::awaitable<bool> Connection::send_folder(const OpenFile& folder, const std::string& path) {
  const std::string index = path == "." ? "index.html" : path + "/index.html";
  if (auto page = site_->files.open_file(index); page && !page->is_folder) co_return co_await send_file(*page, index);
  ResponseHead head{.content_type = "text/html; charset=utf-8"};
  co_return co_await send_page(std::move(head), site_->files.listing(folder, path));
}

asio::awaitable<bool> Connection::send_file(const OpenFile& file, const std::string& path) {
  const auto range = parse_range(parser_.request().range, file.size_bytes);
  if (!range) co_return co_await send_error(416, "Content-Range: bytes */" + std::to_string(file.size_bytes));
  const ByteRange octets = range->value_or(ByteRange{0, file.size_bytes});
  ResponseHead head{.content_length = octets.length,
                    .content_type = std::string(content_type(path)),
                    .fields = {"Accept-Ranges: bytes"}};
  if (*range) {
    head.status = 206;
    head.fields.push_back("Content-Range: bytes " + std::to_string(octets.first) + "-" +
                          std::to_string(octets.first + octets.length - 1) + "/" + std::to_string(file.size_bytes));
  }
  std::string text = head_text(std::move(head));
  if (is_head_request()) co_return co_await write(text, {});
  co_return co_await send_octets(std::move(text), file, octets);
}

asio::awaitable<bool> Connection::send_octets(std::string head, const OpenFile& file, ByteRange range) {
  std::vector<char> piece(std::min<std::uint64_t>(range.length, Site::kPieceBytes));
  for (bool first = true; first || range.length > 0; first = false) {
    const std::size_t wanted = std::min<std::uint64_t>(range.length, piece.size());
    const ssize_t size = ::pread(file.descriptor.get(), piece.data(), wanted, static_cast<off_t>(range.first));
    if (size < 0 || (size == 0 && wanted > 0)) co_return false;  // shorter than it was: no way to say so but to stop
    const auto count = static_cast<std::size_t>(size);
    if (!co_await write(first ? std::string_view(head) : std::string_view(), {piece.data(), count})) co_return false;
    range.first += count;
    range.length -= count;
  }
  co_return true;
}

asio::awaitable<bool> Connection::send_text(int status, std::string text) {
  ResponseHead head{.status = status, .content_type = "text/plain"};
  co_return co_await send_page(std::move(head), std::move(text));
}

asio::awaitable<bool> Connection::send_page(ResponseHead head, std::string page) {
  head.content_length = page.size();
  const std::string text = head_text(std::move(head));
  co_return co_await write(text, is_head_request() ? std::string_view() : std::string_view(page));
}

// The connection goes on after it where the request was read to its end.
asio::awaitable<bool> Connection::send_error(int status, std::string field) {
  ResponseHead head{.status = status, .content_type = "text/html"};
  if (!field.empty()) head.fields.push_back(std::move(field));
  co_return co_await send_page(std::move(head), error_page(status));
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

std::string Connection::head_text(ResponseHead head) const {
  head.keep_alive = parser_.is_complete() && refused_status_ == 0 && parser_.request().keep_alive;
  return to_text(head, std::time(nullptr));
}

}  // namespace fourtuple::apps::http
