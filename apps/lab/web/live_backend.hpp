// A running stack answers the lab's page: its events as they come. The peer is a kernel with a clock of its own, so
// nothing can be stepped, rewound or branched; what was recorded can be looked at.
#pragma once

#include <string>

#include "apps/lab/live_log.hpp"
#include "apps/lab/web/backend.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::lab::web {

class LiveBackend final : public Backend {
 public:
  static constexpr std::size_t kMostEvents = 5000;

  struct Names {
    std::string peer;  // "kernel"
    Ipv4Address peer_address;
    Ipv4Address our_address;
  };
  // `log` outlives it.
  LiveBackend(const LiveLog& log, Names names) : log_(log), names_(std::move(names)) {}

  [[nodiscard]] std::optional<Reply> handle(const Request& request, bool patience_is_over) override;

 private:
  [[nodiscard]] Reply tell_session() const;
  [[nodiscard]] std::optional<Reply> tell_events(const Request& request, bool patience_is_over) const;
  [[nodiscard]] Reply export_log(const Request& request) const;
  [[nodiscard]] std::string branch() const;

  const LiveLog& log_;
  Names names_;
};

}  // namespace fourtuple::lab::web
