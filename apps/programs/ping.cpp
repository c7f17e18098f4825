// ping: ICMP echo requests through a raw socket of our stack.
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/clients/pinger.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/station/program.hpp"
#include "fourtuple/raw.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;
using OurPinger = Pinger<icmp::socket>;

void print(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

asio::awaitable<void> ping(Program& program, std::shared_ptr<OurPinger> pinger) {
  const std::uint32_t answers = co_await pinger->run();
  program.finish(answers > 0 ? kSuccess : kFailed);
}

}  // namespace

int run_ping(const PingOptions& options) {
  Program program("ping", options.attach);
  return program.run([&](Program& host) -> SetupResult<Program::Holding> {
    const PingPlan plan{.host = options.host,
                        .count = options.count,
                        .payload_bytes = options.payload_bytes,
                        .interval = options.interval,
                        .patience = options.patience,
                        .id = static_cast<std::uint16_t>(::getpid())};
    auto pinger = std::make_shared<OurPinger>(icmp::socket(host.io()), plan, print);
    asio::co_spawn(host.io(), ping(host, pinger), asio::detached);
    return Program::Holding(pinger);
  });
}

}  // namespace fourtuple::apps
