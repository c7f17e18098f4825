// What netstat and ss ask a running program, as one line of text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/options.hpp"

namespace fourtuple::apps {

enum class ListingStyle : std::uint8_t { kNetstat, kSs, kWho };

struct ListingRequest {
  ListingStyle style = ListingStyle::kNetstat;
  ListingOptions options;
};

// "netstat tan"; the letters are those of the options.
[[nodiscard]] std::string to_line(const ListingRequest& request);
[[nodiscard]] std::optional<ListingRequest> parse_listing_request(std::string_view line);

}  // namespace fourtuple::apps
