#include "apps/record/two_networks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sched.h>
#include <sstream>
#include <utility>

#include "apps/report.hpp"
#include "apps/world/link.hpp"
#include "apps/world/namespaces.hpp"

namespace fourtuple::record {
namespace {

// The kernel's numbers. [include/net/tcp_states.h]
constexpr unsigned kTimeWait = 6;
constexpr unsigned kListen = 10;

SetupError only_memory() {
  return {.cause = "two kernels need TAP devices or veth pairs, and here is only a wire in memory",
          .cure = "see above what keeps them away",
          .environment = true};
}

// A private link's kernel has the address after ours; nobody is at ours here.
apps::AttachOptions link_options(const apps::AttachOptions& options, Ipv4Address kernel) {
  apps::AttachOptions result;
  result.link = options.link;
  result.mtu = options.mtu;
  result.vnet_header = apps::VnetChoice::kOff;
  result.address = {Ipv4Address{kernel.value - 1}, 24};
  return result;
}

Descriptor open_here(const char* path) { return Descriptor(::open(path, O_RDONLY | O_CLOEXEC)); }

std::string read_again(const Descriptor& file) {
  std::string text;
  std::array<char, 4096> piece{};
  ::lseek(file.get(), 0, SEEK_SET);
  for (ssize_t size = 0; (size = ::read(file.get(), piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(size));
  return text;
}

}  // namespace

SetupResult<Network> Network::make(const apps::AttachOptions& options, Ipv4Address address, BufferPool& pool) {
  if (const auto entered = apps::enter_private_network(); !entered) return failure(entered.error());
  auto link = apps::open_private_link(link_options(options, address), nullptr, pool);
  if (!link) return failure(link.error());
  if (link->kind == apps::LinkChoice::kMemory) {
    for (const std::string& text : link->remarks) apps::remark(text);
    return failure(only_memory());
  }
  Network network;
  network.space_ = open_here("/proc/self/ns/net");
  network.tables_.push_back(open_here("/proc/self/net/tcp"));
  network.tables_.push_back(open_here("/proc/self/net/tcp6"));  // listeners for both families stand there
  network.driver_ = std::move(link->driver);
  network.remarks_ = std::move(link->remarks);
  return network;
}

bool Network::enter() const { return ::setns(space_.get(), CLONE_NEWNET) == 0; }

std::vector<unsigned> Network::states() const {
  std::vector<unsigned> result;
  for (const Descriptor& table : tables_) {
    const std::vector<unsigned> more = table ? states_in(read_again(table)) : std::vector<unsigned>();
    result.insert(result.end(), more.begin(), more.end());
  }
  return result;
}

bool Network::has_listener() const {
  const std::vector<unsigned> all = states();
  return std::find(all.begin(), all.end(), kListen) != all.end();
}

bool Network::is_quiet() const {
  const std::vector<unsigned> all = states();
  return std::all_of(all.begin(), all.end(), [](unsigned state) { return state == kListen || state == kTimeWait; });
}

std::vector<unsigned> states_in(const std::string& table) {
  std::vector<unsigned> states;
  std::istringstream rows(table);
  std::string row;
  std::getline(rows, row);  // the head line
  while (std::getline(rows, row)) {
    std::istringstream words(row);
    std::string number, local, remote, state;
    words >> number >> local >> remote >> state;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(state.data(), state.data() + state.size(), value, 16);
    if (error == std::errc()) states.push_back(value);
  }
  return states;
}

}  // namespace fourtuple::record
