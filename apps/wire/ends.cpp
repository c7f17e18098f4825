#include "apps/wire/ends.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sstream>
#include <unistd.h>
#include <utility>

#include "apps/report.hpp"
#include "apps/world/link.hpp"
#include "apps/world/namespaces.hpp"
#include "drivers/interface.hpp"
#include "drivers/raw/raw.hpp"
#include "drivers/tap/tap.hpp"

namespace fourtuple::apps {
namespace {

constexpr auto kNearAddress = Ipv4Address::from_octets(10, 77, 0, 1);
constexpr auto kFarAddress = Ipv4Address::from_octets(10, 77, 0, 2);
// Not the interface's own, so that it listens to all addresses.
constexpr MacAddress kNobody{{0x02, 0, 0, 0, 0, 0}};
constexpr const char* kListening = "0A";  // the kernel's number, as its table has it

SetupResult<std::unique_ptr<Driver>> open_raw_end(const std::string& name, BufferPool& pool) {
  auto raw = RawDriver::open({.interface = name, .mac = kNobody}, pool);
  if (!raw) return failure(raw.error());
  return std::unique_ptr<Driver>(std::move(*raw));
}

SetupResult<std::unique_ptr<Driver>> open_tap_end(const std::string& name, const WireOptions& options,
                                                  BufferPool& pool) {
  auto tap = TapDriver::open({.name = name, .vnet_header = tap_header(options.vnet_header), .mtu = options.mtu}, pool);
  if (!tap) return failure(tap.error());
  if ((*tap)->created()) {
    remark(
        fmt::format("made {}, which goes when this program ends; move it to its stack's network "
                    "(ip link set {} netns NAME), then give it an address and set it up",
                    name, name));
  }
  return std::unique_ptr<Driver>(std::move(*tap));
}

SetupResult<std::unique_ptr<Driver>> open_end(const std::string& name, const WireOptions& options, BufferPool& pool) {
  const bool is_other_kind = interface::exists(name) && interface::kind(name).driver != "tun";
  return is_other_kind ? open_raw_end(name, pool) : open_tap_end(name, options, pool);
}

SetupResult<WireEnds> open_named_ends(const WireOptions& options, BufferPool& pool) {
  WireEnds ends;
  auto a = open_end(options.a, options, pool);
  if (!a) return failure(a.error());
  auto b = open_end(options.b, options, pool);
  if (!b) return failure(b.error());
  ends.a = std::move(*a);
  ends.b = std::move(*b);
  return ends;
}

SetupResult<WireEnds> open_private_ends(const WireOptions& options, BufferPool& pool) {
  WireEnds ends;
  ends.user_namespace = ::geteuid() != 0;
  auto near = WireNetwork::make(options, kNearAddress, pool);
  if (!near) return failure(near.error());
  auto far = WireNetwork::make(options, kFarAddress, pool);
  if (!far) return failure(far.error());
  if (auto done = near->enter(); !done) return failure(done.error());
  ends.a = near->take_driver();
  ends.b = far->take_driver();
  ends.near = std::move(*near);
  ends.far = std::move(*far);
  return ends;
}

SetupError only_memory() {
  return {.cause = "two kernels need TAP devices or veth pairs, and here is only a wire in memory",
          .cure = "see above what keeps them away",
          .environment = true};
}

Descriptor open_table(const char* path) { return Descriptor(::open(path, O_RDONLY | O_CLOEXEC)); }

std::string text_of(const Descriptor& table) {
  std::string text;
  std::array<char, 4096> piece{};
  ::lseek(table.get(), 0, SEEK_SET);
  for (ssize_t size = 0; (size = ::read(table.get(), piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(size));
  return text;
}

// A row is "0: 0100007F:1F90 00000000:0000 0A ..."; without `state` any row will do.
bool has_row(const Descriptor& table, const char* state) {
  std::istringstream rows(text_of(table));
  std::string row;
  std::getline(rows, row);  // the head line
  while (std::getline(rows, row)) {
    std::istringstream words(row);
    std::string number, local, remote, found;
    words >> number >> local >> remote >> found;
    if (state == nullptr || found == state) return true;
  }
  return false;
}

}  // namespace

SetupResult<WireNetwork> WireNetwork::make(const WireOptions& options, Ipv4Address address, BufferPool& pool) {
  if (const auto entered = enter_private_network(); !entered) return failure(entered.error());
  AttachOptions attach;
  attach.link = options.link;
  attach.vnet_header = options.vnet_header;
  attach.mtu = options.mtu;
  attach.address = {Ipv4Address{address.value - 1}, 24};  // the kernel of a private link has the one after ours
  auto link = open_private_link(attach, nullptr, pool);
  if (!link) return failure(link.error());
  for (const std::string& text : link->remarks) remark(text);
  if (link->kind == LinkChoice::kMemory) return failure(only_memory());
  WireNetwork network;
  network.space_ = open_table("/proc/self/ns/net");
  for (const char* path : {"/proc/self/net/tcp", "/proc/self/net/tcp6"})
    network.tcp_tables_.push_back(open_table(path));
  for (const char* path : {"/proc/self/net/udp", "/proc/self/net/udp6"})
    network.udp_tables_.push_back(open_table(path));
  network.driver_ = std::move(link->driver);
  return network;
}

SetupResult<bool> WireNetwork::enter() const {
  if (::setns(space_.get(), CLONE_NEWNET) == 0) return true;
  return failure(SetupError{.cause = "cannot go back into a private network: " + error_text(errno), .cure = {}});
}

std::string WireNetwork::path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), space_.get()); }

bool WireNetwork::has_server() const {
  for (const Descriptor& table : tcp_tables_) {
    if (table && has_row(table, kListening)) return true;
  }
  for (const Descriptor& table : udp_tables_) {
    if (table && has_row(table, nullptr)) return true;
  }
  return false;
}

SetupResult<WireEnds> open_wire_ends(const WireOptions& options, BufferPool& pool) {
  return options.is_private() ? open_private_ends(options, pool) : open_named_ends(options, pool);
}

}  // namespace fourtuple::apps
