// What netstat, ss and others ask a running program, as one line of text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/options.hpp"

namespace fourtuple::apps {

enum class ListingStyle : std::uint8_t {
  kNetstat,
  kSs,
  kWho,
  kRoutes,      // netstat -r
  kInterfaces,  // netstat -i
  kStatistics,  // netstat -s
  kStat,
  kAddresses,  // ip addr
  kIpRoutes,
  kNeighbours,
  kRecordedLadder,  // of the flight recorder
  kRecordedCapture,
};

struct ListingRequest {
  ListingStyle style = ListingStyle::kNetstat;
  ListingOptions options;
};

// "netstat tan", "ss ta state established"; the letters are those of the options, and what follows is the filter.
[[nodiscard]] std::string to_line(const ListingRequest& request);
[[nodiscard]] std::optional<ListingRequest> parse_listing_request(std::string_view line);

}  // namespace fourtuple::apps
