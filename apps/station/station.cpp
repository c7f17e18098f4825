#include "apps/station/station.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "apps/control/control_server.hpp"
#include "apps/report.hpp"
#include "apps/station/attached_drivers.hpp"
#include "apps/station/listing.hpp"
#include "apps/world/link.hpp"
#include "apps/world/namespaces.hpp"

namespace fourtuple::apps {
namespace {

std::string describe(LinkChoice kind, const std::string& driver_name) {
  switch (kind) {
    case LinkChoice::kTap:
      return "TAP device " + driver_name + " in a private network";
    case LinkChoice::kVeth:
      return "a veth pair in a private network";
    case LinkChoice::kMemory:
      return "a wire in memory, a second stack of ours at its other end";
    case LinkChoice::kAuto:
      break;
  }
  return driver_name;
}

RuntimeOptions runtime_options(const AttachOptions& options) {
  RuntimeOptions result;
  result.drain_on_exit = options.drain;
  return result;
}

}  // namespace

SetupResult<std::unique_ptr<Station>> Station::open(boost::asio::io_context& io, const AttachOptions& options,
                                                    const std::string& program, Write ladder) {
  std::unique_ptr<Station> station(new Station(io, options, program));
  station->control_->listen_here();
  auto watchers = Watchers::open(options, program, std::move(ladder));
  if (!watchers) return failure(watchers.error());
  station->watchers_ = std::move(*watchers);
  auto driver = station->prepare();
  if (!driver) return failure(driver.error());
  if (options.is_private()) station->control_->listen_here();
  if (station->watchers_->sink() != nullptr) station->runtime_->set_trace_sink(station->watchers_->sink());
  station->runtime_->attach(std::move(*driver), station->interface_config(options.address));
  station->runtime_->with_stack([&](Stack& stack, Instant now) {
    if (options.gateway) static_cast<void>(stack.add_route({.destination = {}, .gateway = *options.gateway}));
    stack.announce(now);
  });
  station->control_->start([raw = station.get()](const ListingRequest& request) { return raw->listing(request); });
  return station;
}

Station::Station(boost::asio::io_context& io, const AttachOptions& options, std::string program)
    : options_(options),
      program_(std::move(program)),
      runtime_(std::make_unique<Runtime>(io, runtime_options(options))),
      control_(std::make_unique<ControlServer>(io)) {}

// The watchers outlive the runtime, whose last segments belong to the picture.
Station::~Station() {
  control_.reset();
  peer_.reset();
  runtime_.reset();
  if (watchers_) watchers_->write_if_broken();
}

SetupResult<std::unique_ptr<Driver>> Station::prepare() {
  auto link = open_link();
  if (!link) return link;
  description_ = describe(link_kind_, (*link)->name());
  auto wrapped = wrap(std::move(*link), options_, runtime_->buffers());
  if (!wrapped) return wrapped;
  return watchers_->wrap(std::move(*wrapped));
}

SetupResult<std::unique_ptr<Driver>> Station::open_link() {
  if (!options_.tap.empty()) return open_tap(options_, runtime_->buffers());
  if (!options_.raw.empty()) return open_raw(options_, runtime_->buffers());
  return open_private_world();
}

SetupResult<std::unique_ptr<Driver>> Station::open_private_world() {
  const bool wants_network = options_.link != LinkChoice::kMemory;
  const auto network = wants_network ? enter_private_network() : NamespaceKind{};
  auto link = open_private_link(options_, network ? nullptr : &network.error(), runtime_->buffers());
  if (!link) return failure(link.error());
  for (const std::string& text : link->remarks) remark(text);
  link_kind_ = link->kind;
  if (link->peer_driver) start_peer(std::move(link->peer_driver));
  return std::move(link->driver);
}

void Station::start_peer(std::unique_ptr<Driver> driver) {
  peer_ = std::make_unique<Runtime>();
  peer_->attach(std::move(driver), interface_config(neighbour_of(options_.address)));
  peer_->start_thread();
}

InterfaceConfig Station::interface_config(Ipv4Prefix address) const {
  return {.name = "ft0",
          .mac = address == options_.address ? our_mac(options_) : mac_for(address.address),
          .address = address,
          .mtu = options_.mtu != 0 ? options_.mtu : 65535};  // cut to the driver's
}

void Station::flush_watchers() {
  runtime_->with_stack([this](Stack&, Instant) {
    watchers_->flush();
    watchers_->write_if_broken();
  });
}

void Station::add_watcher(trace::Sink& sink) {
  runtime_->with_stack([&](Stack& stack, Instant) {
    watchers_->add(sink);
    stack.set_trace_sink(watchers_->sink());
  });
}

void Station::finish_ladder() {
  runtime_->with_stack([this](Stack& stack, Instant) {
    watchers_->finish_ladder();
    stack.set_trace_sink(watchers_->sink());
  });
}

Ipv4Address Station::neighbour() const { return neighbour_of(options_.address).address; }

std::string Station::listing(const ListingRequest& request) {
  if (request.style == ListingStyle::kWho) return fmt::format("{} on {}\n", program_, to_string(address()));
  if (request.style == ListingStyle::kRecordedLadder || request.style == ListingStyle::kRecordedCapture)
    return recorded(request.style);
  return listing_of(*runtime_, request);
}

std::string Station::recorded(ListingStyle style) {
  return runtime_->with_stack([&](Stack&, Instant) {
    return style == ListingStyle::kRecordedLadder ? watchers_->recorded_ladder() : watchers_->recorded_capture();
  });
}

std::string Station::peer_listing(const ListingRequest& request) { return listing_of(*peer_, request); }

std::string Station::listing_of(Runtime& runtime, const ListingRequest& request) const {
  return runtime.with_stack(
      [&](Stack& stack, Instant now) { return render_listing(stack, now, request, program_, ::getpid()); });
}

}  // namespace fourtuple::apps
