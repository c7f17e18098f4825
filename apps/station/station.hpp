// A stack that stands somewhere: on a device, on an interface, or in a private world built for it.
#pragma once

#include <memory>
#include <string>

#include "apps/control/listing_request.hpp"
#include "apps/options.hpp"
#include "apps/station/watchers.hpp"
#include "fourtuple/runtime.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

class ControlServer;

class Station {
 public:
  // Takes what the ladder draws.
  using Write = observe::Ladder::Write;

  // Attaches a stack as `options` say, pumped by whoever runs `io`. For a private world call it before the process has
  // a second thread. Remarks (why a link fell back) go to standard error. `program` is the name that listings show.
  // Without `ladder` the ladder goes to standard error.
  [[nodiscard]] static SetupResult<std::unique_ptr<Station>> open(boost::asio::io_context& io,
                                                                  const AttachOptions& options,
                                                                  const std::string& program, Write ladder = {});
  ~Station();
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  [[nodiscard]] Runtime& runtime() { return *runtime_; }
  // The second stack of a memory link, driven by a thread of its own; nullptr otherwise.
  [[nodiscard]] Runtime* peer() { return peer_.get(); }
  // kAuto where the link is not a private world's.
  [[nodiscard]] LinkChoice link_kind() const { return link_kind_; }
  [[nodiscard]] Ipv4Address address() const { return options_.address.address; }
  // Who is at the other end of a private world.
  [[nodiscard]] Ipv4Address neighbour() const;
  // "TAP device tap0 in a private network", for people.
  [[nodiscard]] const std::string& description() const { return description_; }
  // What netstat, ss or who would get.
  [[nodiscard]] std::string listing(const ListingRequest& request);
  // The same of the second stack. Precondition: peer() != nullptr.
  [[nodiscard]] std::string peer_listing(const ListingRequest& request);
  // Draws and writes what the watchers hold back for now; where the engine broke, the flight recorder's files too.
  void flush_watchers();
  // The ladder ends.
  void finish_ladder();
  // Hears of everything from now on, too; it outlives the station.
  void add_watcher(trace::Sink& sink);

 private:
  Station(boost::asio::io_context& io, const AttachOptions& options, std::string program);
  [[nodiscard]] SetupResult<std::unique_ptr<Driver>> open_link();
  [[nodiscard]] SetupResult<std::unique_ptr<Driver>> open_private_world();
  [[nodiscard]] SetupResult<std::unique_ptr<Driver>> prepare();
  [[nodiscard]] InterfaceConfig interface_config(Ipv4Prefix address) const;
  [[nodiscard]] std::string listing_of(Runtime& runtime, const ListingRequest& request) const;
  [[nodiscard]] std::string recorded(ListingStyle style);
  void start_peer(std::unique_ptr<Driver> driver);

  const AttachOptions options_;
  const std::string program_;
  LinkChoice link_kind_ = LinkChoice::kAuto;
  std::string description_;
  std::unique_ptr<Watchers> watchers_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Runtime> peer_;
  std::unique_ptr<ControlServer> control_;
};

}  // namespace fourtuple::apps
