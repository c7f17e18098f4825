#include "apps/record/between.hpp"

#include <csignal>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <unistd.h>
#include <utility>

#include "apps/record/cable.hpp"
#include "apps/record/recorded_socket.hpp"
#include "apps/record/strays.hpp"
#include "apps/record/waiting.hpp"
#include "apps/report.hpp"
#include "apps/station/attached_drivers.hpp"
#include "apps/world/child_process.hpp"
#include "apps/world/private_network.hpp"

namespace fourtuple::record {
namespace {

using apps::ChildProcess;

constexpr auto kListenPatience = std::chrono::seconds(10);
constexpr auto kQuietPatience = std::chrono::seconds(3);
constexpr auto kStopPatience = std::chrono::seconds(1);

constexpr const char* kClientAddress = "10.77.0.1";
constexpr const char* kServerAddress = "10.77.0.2";

struct Stage {
  apps::PrivateNetwork client;
  apps::PrivateNetwork server;
};

// Single packets with final checksums come from there, as they would be on a cable.
SetupResult<Stage> build_stage(const apps::AttachOptions& options, BufferPool& pool) {
  apps::AttachOptions cable_options = options;
  cable_options.vnet_header = apps::VnetChoice::kOff;
  auto client = apps::PrivateNetwork::make(cable_options, *Ipv4Address::parse(kClientAddress), pool);
  if (!client) return failure(client.error());
  for (const std::string& text : client->remarks()) apps::remark(text);
  auto server = apps::PrivateNetwork::make(cable_options, *Ipv4Address::parse(kServerAddress), pool);
  if (!server) return failure(server.error());
  return Stage{std::move(*client), std::move(*server)};
}

// The client's end sees what the client sent before the wire has spoilt it, and the server's end what is left.
SetupResult<Cable> lay_cable(Stage& stage, const apps::RecordOptions& options, Recording& recording, BufferPool& pool) {
  apps::AttachOptions near;
  near.pcap = options.out + (options.both_ends ? ".client.pcap" : ".pcap");
  recording.captures.push_back(near.pcap);
  auto first = apps::wrap(stage.client.take_driver(), near, pool);
  if (!first) return failure(first.error());
  apps::AttachOptions far;
  if (options.both_ends) recording.captures.push_back(far.pcap = options.out + ".server.pcap");
  auto second = apps::wrap(stage.server.take_driver(), far, pool);
  if (!second) return failure(second.error());
  apps::AttachOptions between;
  between.wire = options.attach.wire;
  second = apps::wrap(std::move(*second), between, pool);
  if (!second) return failure(second.error());
  return Cable(std::move(*first), std::move(*second));
}

class Performance {
 public:
  Performance(Stage stage, Waiting waiting, const Listening& listening)
      : stage_(std::move(stage)), waiting_(std::move(waiting)), listening_(listening) {}

  SetupResult<int> run(const apps::RecordOptions& options, std::vector<Ending>& endings) {
    auto server = start("server", {"sh", "-c", options.server}, ChildProcess::Place::kBackground, stage_.server);
    if (!server) return failure(server.error());
    if (const auto wrong = wait_for_listener(*server)) return failure(*wrong);
    if (waiting_.signal() != 0) return 128 + waiting_.signal();
    auto client = start("client", options.attach.command, ChildProcess::Place::kForeground, stage_.client);
    if (!client) return failure(client.error());
    waiting_.until_ended(client->ended_descriptor(), std::nullopt);
    const int code = waiting_.signal() != 0 ? interrupted(*client, *server) : client->wait();
    endings.push_back({"client", wall_clock()});
    if (waiting_.first_signal() == 0) wait_for_quiet();
    stop(*server);
    endings.push_back({"server", wall_clock()});
    return code;
  }

 private:
  SetupResult<ChildProcess> start(const std::string& who, const std::vector<std::string>& command,
                                  ChildProcess::Place place, const apps::PrivateNetwork& network) {
    if (const auto entered = network.enter(); !entered) return failure(entered.error());
    listening_.expect(who);
    return ChildProcess::start(command, ChildProcess::Output::kOurs, place);
  }

  // An error where the server has ended before it listened.
  std::optional<SetupError> wait_for_listener(ChildProcess& server) {
    const auto is_listening = [this] { return stage_.server.sockets().has_listener(); };
    switch (waiting_.until(is_listening, server.ended_descriptor(), kListenPatience)) {
      case Waiting::Outcome::kHappened:
      case Waiting::Outcome::kSignal:
        break;
      case Waiting::Outcome::kLate:
        apps::remark(fmt::format("the server does not listen on TCP after {} s; the command starts all the same",
                                 kListenPatience.count()));
        break;
      case Waiting::Outcome::kEnded:
        return SetupError{.cause = fmt::format("the server ended with {} before it listened", server.wait()),
                          .cure = "run it by itself and see what it says"};
    }
    return std::nullopt;
  }

  // With everything that the command has started.
  int interrupted(ChildProcess& client, const ChildProcess& server) {
    client.signal(SIGTERM);
    waiting_.forget_signal();
    if (waiting_.until_ended(client.ended_descriptor(), kStopPatience) != Waiting::Outcome::kEnded)
      client.signal(SIGKILL);
    client.wait();
    end_strays(server.pid());
    return 128 + waiting_.first_signal();
  }

  void wait_for_quiet() {
    const auto are_quiet = [this] { return stage_.client.sockets().is_quiet() && stage_.server.sockets().is_quiet(); };
    static_cast<void>(waiting_.until(are_quiet, -1, kQuietPatience));
  }

  // Politely first; what it closes then is part of the recording.
  void stop(ChildProcess& server) {
    server.signal(SIGTERM);
    if (waiting_.until_ended(server.ended_descriptor(), kStopPatience) != Waiting::Outcome::kEnded)
      server.signal(SIGKILL);
    server.wait();
    wait_for_quiet();
  }

  Stage stage_;
  Waiting waiting_;
  const Listening& listening_;
};

}  // namespace

SetupResult<Recording> record_between(const apps::RecordOptions& options, const Listening& listening) {
  Recording recording;
  BufferPool pool;
  auto stage = build_stage(options.attach, pool);
  if (!stage) return failure(stage.error());
  auto cable = lay_cable(*stage, options, recording, pool);
  if (!cable) return failure(cable.error());
  auto waiting = Waiting::open(std::move(*cable));
  if (!waiting) return failure(waiting.error());
  apps::remark(fmt::format("the server is at {}, the command at {}", kServerAddress, kClientAddress));
  Performance performance(std::move(*stage), std::move(*waiting), listening);
  const auto code = performance.run(options, recording.endings);
  if (!code) {
    for (const std::string& capture : recording.captures) ::unlink(capture.c_str());
    return failure(code.error());
  }
  recording.code = *code;
  return recording;
}

}  // namespace fourtuple::record
