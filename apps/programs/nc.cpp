// nc: one connection, or one conversation of datagrams, and the standard streams.
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <vector>

#include "apps/programs.hpp"
#include "apps/programs/sessions.hpp"
#include "apps/programs/standard_streams.hpp"
#include "apps/report.hpp"
#include "apps/station/program.hpp"
#include "fourtuple/udp.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kDatagramPayload = 65507;
constexpr auto kLastDatagrams = std::chrono::seconds(1);
constexpr auto kDrain = std::chrono::seconds(30);  // our last words may be on their way to a slow reader

asio::ip::address_v4 as_address(const std::string& text) {
  return asio::ip::make_address_v4(Ipv4Address::parse(text).value_or(Ipv4Address{}).value);
}

class Nc {
 public:
  Nc(Program& program, const NcOptions& options)
      : program_(program),
        options_(options),
        input_(program.io().get_executor()),
        output_(program.io().get_executor()),
        acceptor_(program.io()),
        socket_(program.io()),
        datagrams_(program.io()),
        last_wait_(program.io()) {}

  // The peer has connected, and its last octet has not come.
  [[nodiscard]] bool is_receiving() const { return is_connected_ && !received_all_; }

  [[nodiscard]] SetupResult<bool> start() {
    if (options_.datagrams) return start_datagrams();
    if (!options_.listen) {
      asio::co_spawn(program_.io(), connect(), asio::detached);
      return true;
    }
    auto acceptor = program_.listen(options_.port);
    if (!acceptor) return failure(acceptor.error());
    acceptor_ = std::move(*acceptor);
    asio::co_spawn(program_.io(), accept(), asio::detached);
    return true;
  }

 private:
  void fail(const std::string& what, const ErrorCode& error) {
    remark(fmt::format("nc: {}: {}", what, error.message()));
    program_.finish(kFailed);
  }

  // --- A connection.

  asio::awaitable<void> connect() {
    ErrorCode error;
    socket_.open(tcp::v4(), error);
    if (options_.source_port != 0 && !error) socket_.bind({tcp::v4(), options_.source_port}, error);
    if (!error) {
      const tcp::endpoint remote(as_address(options_.host), options_.port);
      const auto [failed] = co_await socket_.async_connect(remote, kAsTuple);
      error = failed;
    }
    if (error) co_return fail(fmt::format("no connection to {} port {}", options_.host, options_.port), error);
    converse();
  }

  asio::awaitable<void> accept() {
    auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (error) co_return fail("nobody accepted", error);
    ErrorCode ignored;
    acceptor_.close(ignored);
    socket_ = std::move(socket);
    converse();
  }

  void converse() {
    is_connected_ = true;
    if (options_.verbose) {
      ErrorCode error;
      const auto peer = socket_.remote_endpoint(error);
      remark(fmt::format("nc: connected with {} port {}", peer.address().to_string(), peer.port()));
    }
    asio::co_spawn(program_.io(), send_input(), asio::detached);
    asio::co_spawn(program_.io(), print_received(), asio::detached);
  }

  asio::awaitable<void> send_input() {
    for (;;) {
      if (received_all_ && !may_still_send()) break;
      const std::string piece = co_await input_.read();
      if (piece.empty()) break;
      const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(piece), kAsTuple);
      if (error) break;
    }
    ErrorCode ignored;
    sent_all_ = true;
    if (options_.half_close) socket_.shutdown(tcp::socket::shutdown_send, ignored);
    finish_if_over();
  }

  asio::awaitable<void> print_received() {
    std::vector<char> piece(kPieceBytes);
    for (;;) {
      const auto [error, size] = co_await socket_.async_read_some(asio::buffer(piece), kAsTuple);
      if (error && error != asio::error::eof) co_return fail("the connection ended", error);
      const std::string_view bytes(piece.data(), size);
      if (error || !co_await output_.write(bytes)) break;
    }
    received_all_ = true;
    finish_if_over();
  }

  // The peer has said all it had to say, and may still listen: what waits on our input is worth sending. A terminal
  // or, for a listener, an input that is silent now, is not waited for.
  [[nodiscard]] bool may_still_send() const { return !input_.is_terminal() && (!options_.listen || input_.is_ready()); }

  void finish_if_over() {
    if (!received_all_ || (!sent_all_ && may_still_send())) return;
    ErrorCode ignored;
    socket_.close(ignored);
    program_.finish(kSuccess);
  }

  // --- Datagrams.

  [[nodiscard]] SetupResult<bool> start_datagrams() {
    ErrorCode error;
    datagrams_.open(udp::v4(), error);
    const Port local = options_.listen ? options_.port : options_.source_port;
    if (!error) datagrams_.bind({udp::v4(), local}, error);
    if (error) {
      return failure(SetupError{.cause = fmt::format("cannot use UDP port {}: {}", local, error.message()),
                                .cure = "choose another one"});
    }
    if (!options_.listen) {
      peer_ = {as_address(options_.host), options_.port};
      asio::co_spawn(program_.io(), send_datagrams(), asio::detached);
    }
    asio::co_spawn(program_.io(), print_datagrams(), asio::detached);
    return true;
  }

  asio::awaitable<void> send_datagrams() {
    for (;;) {
      const std::string piece = co_await input_.read();
      if (piece.empty()) break;
      const std::size_t size = std::min(piece.size(), kDatagramPayload);
      const auto [error, sent] = co_await datagrams_.async_send_to(asio::buffer(piece, size), peer_, kAsTuple);
      if (error) co_return fail("cannot send", error);
    }
    if (options_.listen) co_return;
    last_wait_.expires_after(kLastDatagrams);
    co_await last_wait_.async_wait(kAsTuple);
    program_.finish(kSuccess);
  }

  asio::awaitable<void> print_datagrams() {
    std::vector<char> piece(kDatagramPayload);
    udp::endpoint from;
    for (;;) {
      const auto [error, size] = co_await datagrams_.async_receive_from(asio::buffer(piece), from, kAsTuple);
      if (error) co_return fail("cannot receive", error);
      const std::string_view bytes(piece.data(), size);
      if (!co_await output_.write(bytes)) co_return program_.finish(kFailed);
      const bool is_first = peer_ == udp::endpoint();
      if (is_first) peer_ = from;
      if (is_first) asio::co_spawn(program_.io(), send_datagrams(), asio::detached);
    }
  }

  Program& program_;
  const NcOptions options_;
  StandardInput input_;
  StandardOutput output_;
  tcp::acceptor acceptor_;
  tcp::socket socket_;
  udp::socket datagrams_;
  udp::endpoint peer_;
  asio::steady_timer last_wait_;
  bool is_connected_ = false;
  bool sent_all_ = false;
  bool received_all_ = false;
};

}  // namespace

int run_nc(const NcOptions& options) {
  AttachOptions attach = options.attach;
  attach.drain = kDrain;
  Program program("nc", attach);
  return program.run([&](Program& host) -> SetupResult<Program::Holding> {
    auto nc = std::make_shared<Nc>(host, options);
    if (auto started = nc->start(); !started) return failure(started.error());
    host.set_busy([raw = nc.get()] { return raw->is_receiving(); });
    if (options.listen)
      host.set_ready(fmt::format("listening on {}:{}", to_string(host.station().address()), options.port));
    return Program::Holding(nc);
  });
}

}  // namespace fourtuple::apps
