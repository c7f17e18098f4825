#include "apps/station/attached_drivers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "apps/report.hpp"
#include "apps/station/watchers.hpp"
#include "apps/world/link.hpp"
#include "drivers/impair/impair.hpp"
#include "drivers/impair/rules_file.hpp"
#include "drivers/interface.hpp"
#include "drivers/raw/raw.hpp"
#include "drivers/tap/tap.hpp"
#include "drivers/tee/tee.hpp"

namespace fourtuple::apps {
namespace {

SetupError owned_by_kernel(const std::string& name, const AttachOptions& options) {
  return {.cause = fmt::format("the kernel itself has {} on {}", to_string(options.address.address), name),
          .cure = fmt::format("give our stack another one of that network with --addr, or take it from the kernel: "
                              "sudo ip address flush dev {}",
                              name)};
}

// A device that nobody has set up would leave the user with a silent stack.
void explain_new_device(const std::string& name, const AttachOptions& options) {
  remark(
      fmt::format("made {}, which goes when this program ends; give the kernel's end an address: "
                  "sudo ip address add {} dev {}",
                  name, to_string(neighbour_of(options.address)), name));
}

}  // namespace

SetupResult<std::unique_ptr<Driver>> open_tap(const AttachOptions& options, BufferPool& pool) {
  auto tap = TapDriver::open(
      {.name = options.tap, .vnet_header = tap_header(options.vnet_header), .persist = false, .mtu = options.mtu},
      pool);
  if (!tap) return failure(tap.error());
  const std::string name = (*tap)->name();
  const auto kernels = interface::ipv4_addresses(name);
  if (std::find(kernels.begin(), kernels.end(), options.address.address) != kernels.end())
    return failure(owned_by_kernel(name, options));
  if ((*tap)->created()) explain_new_device(name, options);
  return std::unique_ptr<Driver>(std::move(*tap));
}

SetupResult<std::unique_ptr<Driver>> open_raw(const AttachOptions& options, BufferPool& pool) {
  auto raw = RawDriver::open({.interface = options.raw, .mac = our_mac(options)}, pool);
  if (!raw) return failure(raw.error());
  const std::size_t largest = (*raw)->capabilities().mtu;
  if (options.mtu > largest) {
    return failure(
        SetupError{.cause = fmt::format("the MTU of {} is {}, less than --mtu {}", options.raw, largest, options.mtu),
                   .cure = fmt::format("raise it: sudo ip link set dev {} mtu {}", options.raw, options.mtu)});
  }
  return std::unique_ptr<Driver>(std::move(*raw));
}

SetupResult<std::unique_ptr<Driver>> captured(std::unique_ptr<Driver> driver, const std::string& path) {
  if (path.empty()) return driver;
  const auto explain = [path](const std::string& why) { remark("the capture " + path + " is not complete: " + why); };
  auto tee = TeeDriver::open({.path = path, .wall_clock_offset = wall_clock_offset(), .on_failure = explain},
                             std::move(driver));
  if (!tee) return failure(tee.error());
  return std::unique_ptr<Driver>(std::move(*tee));
}

SetupResult<std::unique_ptr<Driver>> wrap(std::unique_ptr<Driver> driver, const AttachOptions& options,
                                          BufferPool& pool) {
  if (!options.wire.empty()) {
    const auto rules = impair::rules_from(options.wire);
    if (!rules) return failure(rules.error());
    auto impaired = ImpairDriver::open({.rules = *rules}, std::move(driver), pool);
    if (!impaired) return failure(impaired.error());
    driver = std::move(*impaired);
  }
  if (wants_comments(options.pcap)) return driver;  // whoever comments on the packets writes them
  return captured(std::move(driver), options.pcap);
}

}  // namespace fourtuple::apps
