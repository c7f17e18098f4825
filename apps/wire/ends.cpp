#include "apps/wire/ends.hpp"

#include <fmt/format.h>
#include <utility>

#include "apps/report.hpp"
#include "apps/world/link.hpp"
#include "drivers/interface.hpp"
#include "drivers/raw/raw.hpp"
#include "drivers/tap/tap.hpp"

namespace fourtuple::apps {
namespace {

constexpr auto kNearAddress = Ipv4Address::from_octets(10, 77, 0, 1);
constexpr auto kFarAddress = Ipv4Address::from_octets(10, 77, 0, 2);
// Not the interface's own, so that it listens to all addresses.
constexpr MacAddress kNobody{{0x02, 0, 0, 0, 0, 0}};

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
  AttachOptions attach;
  attach.link = options.link;
  attach.vnet_header = options.vnet_header;
  attach.mtu = options.mtu;
  auto near = PrivateNetwork::make(attach, kNearAddress, pool);
  if (!near) return failure(near.error());
  for (const std::string& text : near->remarks()) remark(text);
  auto far = PrivateNetwork::make(attach, kFarAddress, pool);
  if (!far) return failure(far.error());
  if (auto done = near->enter(); !done) return failure(done.error());
  WireEnds ends;
  ends.a = near->take_driver();
  ends.b = far->take_driver();
  ends.near = std::move(*near);
  ends.far = std::move(*far);
  return ends;
}

}  // namespace

SetupResult<WireEnds> open_wire_ends(const WireOptions& options, BufferPool& pool) {
  return options.is_private() ? open_private_ends(options, pool) : open_named_ends(options, pool);
}

}  // namespace fourtuple::apps
