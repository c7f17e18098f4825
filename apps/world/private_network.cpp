#include "apps/world/private_network.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>
#include <utility>

#include "apps/report.hpp"
#include "apps/world/link.hpp"
#include "apps/world/namespaces.hpp"

namespace fourtuple::apps {
namespace {

SetupError no_second_kernel() {
  return {.cause = "two kernels need TAP devices or veth pairs, and here is only a wire in memory",
          .cure = "see above what keeps them away",
          .environment = true};
}

// A private link's kernel has the address after ours; nobody is at ours here.
AttachOptions options_for_kernel_at(Ipv4Address address, const AttachOptions& options) {
  AttachOptions result;
  result.link = options.link;
  result.mtu = options.mtu;
  result.vnet_header = options.vnet_header;
  result.address = {Ipv4Address{address.value - 1}, 24};
  return result;
}

}  // namespace

SetupResult<PrivateNetwork> PrivateNetwork::make(const AttachOptions& options, Ipv4Address address, BufferPool& pool) {
  const auto kind = enter_private_network();
  if (!kind) return failure(kind.error());
  auto link = open_private_link(options_for_kernel_at(address, options), nullptr, pool);
  if (!link) return failure(link.error());
  if (link->kind == LinkChoice::kMemory) {
    for (const std::string& text : link->remarks) remark(text);
    return failure(no_second_kernel());
  }
  PrivateNetwork network;
  network.space_ = Descriptor(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!network.space_) {
    return failure(
        SetupError{.cause = "no descriptor for a private network: " + error_text(errno), .cure = "raise `ulimit -n`"});
  }
  network.sockets_ = KernelSockets::of_this_network();
  network.driver_ = std::move(link->driver);
  network.remarks_ = std::move(link->remarks);
  network.has_user_namespace_ = kind->user;
  return network;
}

SetupResult<bool> PrivateNetwork::enter() const {
  if (::setns(space_.get(), CLONE_NEWNET) == 0) return true;
  return failure(SetupError{.cause = "cannot go back into a private network: " + error_text(errno),
                            .cure = "run as root",
                            .environment = true});
}

std::string PrivateNetwork::path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), space_.get()); }

}  // namespace fourtuple::apps
