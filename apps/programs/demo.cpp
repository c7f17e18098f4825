// demo: two hosts meet, and both tell what they know.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "apps/demo/page_server.hpp"
#include "apps/demo/visitor.hpp"
#include "apps/demo/web_view.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/station/station.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

constexpr const char* kPage =
    "Hello from a TCP/IP stack in user space.\n"
    "These words crossed a wire between two implementations of RFC 9293.\n";
constexpr auto kRequestPatience = std::chrono::seconds(10);

void say(std::string_view text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}
void title(std::string_view text) { say(fmt::format("\n== {}\n", text)); }

class Demo {
 public:
  Demo(asio::io_context& io, DemoOptions options) : io_(io), options_(std::move(options)) {
    options_.attach.ladder = true;
    options_.attach.command.clear();
  }

  int run() {
    // Where the user's browser is; once inside the private network there is no way back.
    if (options_.web) {
      if (auto ready = web_.emplace(io_).listen(options_.web_port); !ready) return report(ready.error());
      options_.attach.ladder = false;
    }
    auto station = Station::open(io_, options_.attach, "demo", [this](std::string_view text) { ladder_ += text; });
    if (!station) return report(station.error());
    station_ = std::move(*station);
    server_ = std::make_shared<PageServer>(
        io_, kPage, [this] { std::call_once(first_request_, [this] { requested_.set_value(); }); });
    if (const auto error = server_->listen(options_.port)) {
      return report({.cause = fmt::format("cannot listen on port {}: {}", options_.port, error.message()),
                     .cure = "choose another one with --port"});
    }
    if (web_) {
      station_->add_watcher(web_->log());
      web_->serve(station_->peer() == nullptr ? "kernel" : "second stack", station_->neighbour(), station_->address());
    }
    const auto working = asio::make_work_guard(io_);
    std::jthread loop([this] { io_.run(); });
    const int code = play();
    if (web_) go_on_until_signal();
    io_.stop();
    return code;
  }

 private:
  int play() {
    introduce();
    title("netstat -tan on our stack, before");
    say(netstat(false));
    const int pinged = ping();
    const int fetched = fetch();
    title("netstat -tan on our stack, after");
    say(netstat(false));
    if (!web_) {
      title(fmt::format("The conversation, as our stack ({}) saw it", to_string(station_->address())));
      station_->finish_ladder();
      say(ladder_);
    }
    if (!options_.attach.pcap.empty()) title("The frames are in " + options_.attach.pcap);
    return pinged == kSuccess && fetched == kSuccess ? kSuccess : kFailed;
  }

  // More visitors can come from a second terminal meanwhile.
  void go_on_until_signal() {
    title("The same in the browser, live");
    say(fmt::format("{}\nMore visitors: fourtuple in-world -- curl http://{}{}/\nCtrl-C ends it.\n", web_->address(),
                    to_string(station_->address()), options_.port == 80 ? "" : fmt::format(":{}", options_.port)));
    server_->hold_no_more();
    web_->wait_for_signal();
  }

  void introduce() const {
    const char* other = station_->peer() != nullptr ? "a second stack of ours" : "the Linux kernel";
    say(fmt::format("Two hosts on one wire: {} at {}, our stack at {}.\nThe wire: {}.\n", other,
                    to_string(station_->neighbour()), to_string(station_->address()), station_->description()));
  }

  int ping() {
    const Visit visit = ping_visit(station_->peer(), station_->address());
    title((station_->peer() == nullptr ? "The kernel pings our stack: " : "Ping: ") + visit.title);
    const CommandResult result = visit.run();
    say(result.text);
    return result.code;
  }

  // The page is held back until both ends have been asked about the connection.
  int fetch() {
    const Visit visit = page_visit(station_->peer(), station_->address(), options_.port);
    title((station_->peer() == nullptr ? "The kernel fetches a page: " : "HTTP: ") + visit.title);
    auto page = std::async(std::launch::async, visit.run);
    if (requested_.get_future().wait_for(kRequestPatience) != std::future_status::ready) {
      say(page.get().text);
      return report({.cause = "no request arrived", .cure = "look at the ladder, or try --link=veth or --link=mem"});
    }
    say("The request is here. Before the answer goes out, both ends are asked about their connections.\n");
    title("netstat -tan on our stack");
    say(netstat(false));
    show_other_end();
    server_->go_on();
    const CommandResult result = page.get();
    title("The page");
    say(result.text);
    return result.code == 0 && result.text == kPage ? kSuccess : kFailed;
  }

  void show_other_end() {
    if (station_->peer() != nullptr) {
      title("netstat -tan on the second stack");
      return say(netstat(true));
    }
    const KernelView view = kernel_view();
    title(view.source + " on the kernel");
    say(view.text);
  }

  [[nodiscard]] std::string netstat(bool of_peer) {
    const ListingRequest request{.style = ListingStyle::kNetstat, .options = {.tcp = true, .all = true, .filter = {}}};
    return of_peer ? station_->peer_listing(request) : station_->listing(request);
  }

  asio::io_context& io_;
  DemoOptions options_;
  std::string ladder_;
  std::optional<WebView> web_;
  std::once_flag first_request_;
  std::promise<void> requested_;
  std::unique_ptr<Station> station_;
  std::shared_ptr<PageServer> server_;
};

}  // namespace

int run_demo(const DemoOptions& options) {
  asio::io_context io;
  return Demo(io, options).run();
}

}  // namespace fourtuple::apps
