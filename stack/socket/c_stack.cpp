// The C face: opening and choosing stacks.
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "drivers/raw/raw.hpp"
#include "drivers/tap/tap.hpp"
#include "fourtuple/stack_handle.hpp"
#include "stack/socket/process.hpp"

namespace fourtuple {
namespace {

using sockets::process;

// The sentence about the last failure is each thread's own, as errno is.
std::string& last_error() {
  thread_local std::string text;
  return text;
}

struct Failure {
  int number = 0;
  std::string sentence;
};
template <class Value>
using Opened = tl::expected<Value, Failure>;

[[nodiscard]] tl::unexpected<Failure> refuse(int number, std::string sentence) {
  return tl::unexpected<Failure>({number, std::move(sentence)});
}

[[nodiscard]] tl::unexpected<Failure> refuse(const SetupError& error) {
  // The drivers say in words what failed; the number is what the system said last.
  const int number = errno != 0 ? errno : ENODEV;
  return refuse(number, error.cause + "; " + error.cure);
}

[[nodiscard]] Opened<InterfaceConfig> interface_from(const ft_stack_options& options) {
  InterfaceConfig config;
  if (options.address == nullptr) {
    return refuse(EINVAL, "no address is given; set options.address, for example \"10.0.0.4/24\"");
  }
  const auto address = Ipv4Prefix::parse(options.address);
  if (!address) {
    return refuse(EINVAL, std::string("\"") + options.address + "\" is no address; write it like \"10.0.0.4/24\"");
  }
  config.address = *address;
  config.mac = {{2, 0, static_cast<std::uint8_t>(address->address.value >> 24),
                 static_cast<std::uint8_t>(address->address.value >> 16),
                 static_cast<std::uint8_t>(address->address.value >> 8),
                 static_cast<std::uint8_t>(address->address.value)}};
  if (options.mac != nullptr) {
    const auto mac = MacAddress::parse(options.mac);
    if (!mac || mac->is_group()) {
      return refuse(EINVAL, std::string("\"") + options.mac +
                                "\" is no MAC address of a station; write it like \"02:00:00:00:00:04\"");
    }
    config.mac = *mac;
  }
  if (options.mtu != 0 && (options.mtu < 68 || options.mtu > 65535)) {
    return refuse(EINVAL, "an MTU is 68 to 65535 octets; set options.mtu so, or to 0 for the device's");
  }
  config.name = options.tap != nullptr ? options.tap : options.raw;
  return config;
}

[[nodiscard]] Opened<std::unique_ptr<Driver>> driver_from(const ft_stack_options& options, const MacAddress& mac,
                                                          BufferPool& pool) {
  errno = 0;
  if (options.tap != nullptr) {
    TapOptions tap;
    tap.name = options.tap;
    tap.mtu = options.mtu;
    auto opened = TapDriver::open(tap, pool);
    if (!opened) return refuse(opened.error());
    return std::move(*opened);
  }
  RawOptions raw;
  raw.interface = options.raw;
  raw.mac = mac;
  auto opened = RawDriver::open(raw, pool);
  if (!opened) return refuse(opened.error());
  return std::move(*opened);
}

[[nodiscard]] Opened<void> add_gateway(Runtime& runtime, const char* text) {
  if (text == nullptr) return {};
  const auto gateway = Ipv4Address::parse(text);
  if (!gateway)
    return refuse(EINVAL, std::string("\"") + text + "\" is no address; write the gateway like \"10.0.0.5\"");
  Route route;
  route.gateway = *gateway;
  const auto added = runtime.with_stack([&](Stack& stack, Instant) { return stack.add_route(route); });
  if (added) return {};
  return refuse(static_cast<int>(added.error()),
                std::string("the gateway ") + text + " is not on the network of options.address; name one that is");
}

[[nodiscard]] Opened<std::unique_ptr<Runtime>> runtime_from(const ft_stack_options& options) {
  if (options.tap != nullptr && options.raw != nullptr) {
    return refuse(EINVAL, "a TAP device and a raw interface are both named; name one of them");
  }
  auto runtime = std::make_unique<Runtime>();
  if (options.tap == nullptr && options.raw == nullptr) return runtime;
  auto config = interface_from(options);
  if (!config) return tl::unexpected(config.error());
  auto driver = driver_from(options, config->mac, runtime->buffers());
  if (!driver) return tl::unexpected(driver.error());
  config->mtu = options.mtu != 0 ? options.mtu : (*driver)->capabilities().mtu;
  runtime->attach(std::move(*driver), *config);
  if (const auto routed = add_gateway(*runtime, options.gateway); !routed) return tl::unexpected(routed.error());
  runtime->with_stack([](Stack& stack, Instant now) { stack.announce(now); });
  return runtime;
}

}  // namespace

ft_stack* adopt_stack(Runtime& runtime) {
  auto stack = std::make_unique<ft_stack>();
  stack->core = runtime.core();
  return process().add(std::move(stack));
}

}  // namespace fourtuple

using fourtuple::sockets::process;

extern "C" {

ft_stack* ft_stack_open(const ft_stack_options* options) try {
  const ft_stack_options chosen = options != nullptr ? *options : ft_stack_options{};
  fourtuple::last_error().clear();
  auto runtime = fourtuple::runtime_from(chosen);
  if (!runtime) {
    fourtuple::last_error() = std::move(runtime.error().sentence);
    errno = runtime.error().number;
    return nullptr;
  }
  if (chosen.descriptors != 0) process().descriptors.set_limit(chosen.descriptors);
  auto stack = std::make_unique<ft_stack>();
  stack->owned = std::move(*runtime);
  stack->owned->start_thread();
  stack->core = stack->owned->core();
  return process().add(std::move(stack));
} catch (const std::exception& error) {
  fourtuple::last_error() = error.what();
  errno = ENOMEM;
  return nullptr;
}

const char* ft_stack_error(void) { return fourtuple::last_error().c_str(); }

void ft_use_stack(ft_stack* stack) { process().use(stack); }

ft_stack* ft_current_stack(void) { return process().current(); }

void ft_stack_close(ft_stack* stack) { process().remove(stack); }

}  // extern "C"
