#include "apps/world/link.hpp"

#include <chrono>
#include <fmt/format.h>
#include <thread>
#include <utility>

#include "apps/report.hpp"
#include "apps/world/veth.hpp"
#include "drivers/interface.hpp"
#include "drivers/memory/memory.hpp"
#include "drivers/raw/raw.hpp"
#include "drivers/tap/tap.hpp"

namespace fourtuple::apps {
namespace {

constexpr auto kRunningPatience = std::chrono::seconds(2);
constexpr const char* kTapName = "tap0";
constexpr const char* kKernelEnd = "kernel0";
constexpr const char* kOurEnd = "ours0";

// So that the first packet is not lost, which would cost its sender a second.
SetupResult<interface::Unit> wait_until_running(const std::string& name) {
  const auto deadline = std::chrono::steady_clock::now() + kRunningPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto running = interface::is_running(name);
    if (!running) return failure(running.error());
    if (*running) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return interface::Unit {};
}

// The kernel's end gets its address and comes up.
SetupResult<interface::Unit> settle_kernel(const std::string& name, const AttachOptions& options) {
  if (options.mtu != 0) {
    if (auto done = interface::set_mtu(name, options.mtu); !done) return done;
  }
  if (auto done = interface::set_ipv4(name, neighbour_of(options.address)); !done) return done;
  if (auto done = interface::set_up(name); !done) return done;
  return wait_until_running(name);
}

SetupResult<Link> open_tap_link(const AttachOptions& options, BufferPool& pool) {
  auto tap = TapDriver::open({.name = kTapName, .vnet_header = tap_header(options.vnet_header)}, pool);
  if (!tap) return failure(tap.error());
  if (auto settled = settle_kernel((*tap)->name(), options); !settled) return failure(settled.error());
  return Link{.kind = LinkChoice::kTap, .driver = std::move(*tap), .peer_driver = {}, .remarks = {}};
}

// Frames that leave the kernel's end arrive at ours as they are, so its checksums must be final.
SetupResult<Link> open_veth_link(const AttachOptions& options, BufferPool& pool) {
  if (options.vnet_header == VnetChoice::kOn) {
    return failure(
        SetupError{.cause = "--vnet-hdr=on needs a TAP device, and this link is a veth pair", .cure = "leave it out"});
  }
  if (auto made = create_veth_pair(kKernelEnd, kOurEnd); !made) return failure(made.error());
  if (auto done = interface::disable_offloads(kKernelEnd); !done) return failure(done.error());
  if (options.mtu != 0) {
    if (auto done = interface::set_mtu(kOurEnd, options.mtu); !done) return failure(done.error());
  }
  if (auto done = interface::set_up(kOurEnd); !done) return failure(done.error());
  if (auto settled = settle_kernel(kKernelEnd, options); !settled) return failure(settled.error());
  if (auto running = wait_until_running(kOurEnd); !running) return failure(running.error());
  auto raw = RawDriver::open({.interface = kOurEnd, .mac = our_mac(options)}, pool);
  if (!raw) return failure(raw.error());
  return Link{.kind = LinkChoice::kVeth, .driver = std::move(*raw), .peer_driver = {}, .remarks = {}};
}

SetupResult<Link> open_memory_link(const AttachOptions& options, BufferPool& pool) {
  const bool offload = options.vnet_header != VnetChoice::kOff;
  MemoryWireOptions wire_options{
      .mtu = options.mtu != 0 ? options.mtu : 1500, .checksum_offload = offload, .tso4 = offload, .real_time = true};
  auto wire = MemoryWire::open(wire_options, pool);
  if (!wire) return failure(wire.error());
  return Link{.kind = LinkChoice::kMemory, .driver = wire->end(0), .peer_driver = wire->end(1), .remarks = {}};
}

SetupError as_environment(SetupError error) {
  error.environment = true;
  return error;
}

// Each kind in its turn, with a remark for each that did not work.
SetupResult<Link> open_best_link(const AttachOptions& options, const SetupError* no_network, BufferPool& pool) {
  std::vector<std::string> remarks;
  if (no_network != nullptr) remarks.push_back(one_line(*no_network) + " (going on with two stacks in memory)");
  if (no_network == nullptr) {
    auto link = open_tap_link(options, pool);
    if (link) return link;
    remarks.push_back(one_line(link.error()) + " (going on with a veth pair)");
    link = open_veth_link(options, pool);
    if (!link) remarks.push_back(one_line(link.error()) + " (going on with two stacks in memory)");
    if (link) {
      link->remarks = std::move(remarks);
      return link;
    }
  }
  auto link = open_memory_link(options, pool);
  if (link) link->remarks = std::move(remarks);
  return link;
}

}  // namespace

MacAddress mac_for(Ipv4Address address) {
  const std::uint32_t value = address.value;
  return {{0x02, 0x00, static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
           static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)}};
}

MacAddress our_mac(const AttachOptions& options) { return options.mac.value_or(mac_for(options.address.address)); }

VnetHeader tap_header(VnetChoice choice) {
  switch (choice) {
    case VnetChoice::kAuto:
      return VnetHeader::kAuto;
    case VnetChoice::kOn:
      return VnetHeader::kOn;
    case VnetChoice::kOff:
      return VnetHeader::kOff;
  }
  return VnetHeader::kAuto;
}

Ipv4Prefix neighbour_of(const Ipv4Prefix& ours) {
  Ipv4Prefix result = ours;
  ++result.address.value;
  const bool usable = ours.contains(result.address) && !ours.is_broadcast(result.address);
  if (!usable) result.address.value = ours.address.value - 1;
  return result;
}

SetupResult<Link> open_private_link(const AttachOptions& options, const SetupError* no_network, BufferPool& pool) {
  switch (options.link) {
    case LinkChoice::kAuto:
      return open_best_link(options, no_network, pool);
    case LinkChoice::kMemory:
      return open_memory_link(options, pool);
    case LinkChoice::kTap:
    case LinkChoice::kVeth:
      break;
  }
  if (no_network != nullptr) return failure(*no_network);
  auto link = options.link == LinkChoice::kTap ? open_tap_link(options, pool) : open_veth_link(options, pool);
  return link ? std::move(link) : SetupResult<Link>(failure(as_environment(link.error())));
}

}  // namespace fourtuple::apps
