// serve: the files of a folder over HTTP.
#include <fmt/format.h>

#include "apps/http/connection.hpp"
#include "apps/programs.hpp"
#include "apps/programs/sessions.hpp"
#include "apps/report.hpp"
#include "apps/station/program.hpp"
#include "stack/observe/statistics.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

constexpr auto kSweepInterval = std::chrono::seconds(1);

asio::awaitable<void> serve_client(tcp::socket socket, std::shared_ptr<http::Site> site) {
  http::Connection connection(std::move(socket), std::move(site));
  co_await connection.run();
}

// Looks after late clients; sleeps while there is none to look after.
class Sweeper : public std::enable_shared_from_this<Sweeper> {
 public:
  Sweeper(asio::io_context& io, std::shared_ptr<http::Site> site) : timer_(io), site_(std::move(site)) {}

  void wake() {
    if (!sweeping_) wait();
  }

 private:
  void wait() {
    sweeping_ = true;
    timer_.expires_after(kSweepInterval);
    timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
      if (!error) self->sweep();
    });
  }

  void sweep() {
    sweeping_ = false;
    const auto now = http::Connection::Clock::now();
    const std::vector<http::Connection*> all(site_->connections.begin(), site_->connections.end());
    for (http::Connection* connection : all)
      if (site_->connections.contains(connection)) connection->close_if_late(now);
    if (!site_->connections.empty()) wait();
  }

  asio::steady_timer timer_;
  std::shared_ptr<http::Site> site_;
  bool sweeping_ = false;
};

SetupResult<std::shared_ptr<http::Site>> open_site(const ServeOptions& options) {
  auto files = http::FileTree::open(options.folder);
  if (!files) return failure(files.error());
  auto site = std::make_shared<http::Site>(std::move(*files));
  if (!options.upload_folder.empty()) {
    auto uploads = http::FileTree::open(options.upload_folder);
    if (!uploads) return failure(uploads.error());
    site->uploads = std::move(*uploads);
  }
  return site;
}

SetupResult<Program::Holding> start(Program& program, const ServeOptions& options,
                                    const std::shared_ptr<http::Site>& site) {
  auto listening = program.listen(options.port);
  if (!listening) return failure(listening.error());
  auto acceptor = std::make_shared<tcp::acceptor>(std::move(*listening));
  if (options.metrics) {
    site->metrics = [&program] {
      return program.station().runtime().with_stack(
          [](Stack& stack, Instant) { return observe::prometheus_text(stack); });
    };
  }
  auto sweeper = std::make_shared<Sweeper>(program.io(), site);
  asio::io_context& io = program.io();
  accept_many(io, acceptor, [&io, site, sweeper](tcp::socket socket) {
    if (site->connections.size() >= http::Site::kMaxConnections) return;
    asio::co_spawn(io, serve_client(std::move(socket), site), asio::detached);
    sweeper->wake();
  });
  const std::string port = options.port == 80 ? "" : fmt::format(":{}", options.port);
  program.set_ready(
      fmt::format("serving {} at http://{}{}/", options.folder, to_string(program.station().address()), port));
  return Program::Holding(acceptor);
}

}  // namespace

int run_serve(const ServeOptions& options) {
  auto site = open_site(options);  // before the private world: the folders are the caller's
  if (!site) return report(site.error());
  Program program("serve", options.attach);
  return program.run([&](Program& host) { return start(host, options, *site); });
}

}  // namespace fourtuple::apps
