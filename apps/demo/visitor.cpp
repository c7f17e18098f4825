#include "apps/demo/visitor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "apps/clients/http_get.hpp"
#include "apps/clients/pinger.hpp"
#include "apps/report.hpp"
#include "apps/world/child_process.hpp"
#include "fourtuple/raw.hpp"
#include "fourtuple/tcp.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t kPings = 3;

template <class Socket>
CommandResult ping_with(asio::io_context& io, Socket socket, Ipv4Address host) {
  CommandResult result;
  const PingPlan plan{.host = host,
                      .count = kPings,
                      .interval = std::chrono::milliseconds(200),
                      .id = static_cast<std::uint16_t>(::getpid())};
  auto pinger = std::make_shared<Pinger<Socket>>(std::move(socket), plan,
                                                 [&result](const std::string& text) { result.text += text; });
  asio::co_spawn(io, pinger->run(), [&result](const std::exception_ptr&, std::uint32_t answers) {
    result.code = answers > 0 ? kSuccess : kFailed;
  });
  io.run();
  return result;
}

CommandResult ping_from_kernel(Ipv4Address host) {
  asio::io_context io;
  asio::ip::icmp::socket socket(io);
  ErrorCode error;
  socket.open(asio::ip::icmp::v4(), error);
  if (error) return {.code = kFailed, .text = "no raw socket of the kernel: " + error.message() + "\n"};
  return ping_with(io, std::move(socket), host);
}

CommandResult ping_from_stack(Runtime& stack, Ipv4Address host) {
  asio::io_context io;
  return ping_with(io, icmp::socket(io, stack), host);
}

template <class Socket>
CommandResult get_with(Socket socket, Ipv4Address host, Port port) {
  const auto response = http_get(socket, host, port);
  if (!response) return {.code = kFailed, .text = one_line(response.error()) + "\n"};
  return {.code = kSuccess, .text = body_of(*response)};
}

CommandResult get_from_kernel(Ipv4Address host, Port port) {
  asio::io_context io;
  return get_with(asio::ip::tcp::socket(io), host, port);
}

CommandResult get_from_stack(Runtime& stack, Ipv4Address host, Port port) {
  asio::io_context io;
  return get_with(tcp::socket(io, stack), host, port);
}

// With its words, or our own client over a kernel socket where there is no such program.
Visit by_program(const std::vector<std::string>& command, std::string substitute, std::function<CommandResult()> own) {
  if (find_program(command.front()))
    return {.title = fmt::format("{}", fmt::join(command, " ")), .run = [command] { return run_command(command); }};
  return {.title = std::move(substitute), .run = std::move(own)};
}

}  // namespace

Visit ping_visit(Runtime* peer, Ipv4Address host) {
  if (peer != nullptr)
    return {.title = "the second stack pings", .run = [peer, host] { return ping_from_stack(*peer, host); }};
  return by_program({"ping", "-c", std::to_string(kPings), "-i", "0.2", to_string(host)},
                    "a built-in ping over a kernel socket (there is no ping program here)",
                    [host] { return ping_from_kernel(host); });
}

Visit page_visit(Runtime* peer, Ipv4Address host, Port port) {
  if (peer != nullptr)
    return {.title = "the second stack asks for /",
            .run = [peer, host, port] { return get_from_stack(*peer, host, port); }};
  const std::string url = fmt::format("http://{}{}/", to_string(host), port == 80 ? "" : fmt::format(":{}", port));
  return by_program({"curl", "-sS", "--max-time", "20", url},
                    "a built-in client over a kernel socket (there is no curl here)",
                    [host, port] { return get_from_kernel(host, port); });
}

}  // namespace fourtuple::apps
