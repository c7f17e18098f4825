#include "apps/station/listing.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "stack/observe/ip_text.hpp"
#include "stack/observe/netstat_text.hpp"
#include "stack/observe/netstat_views.hpp"
#include "stack/observe/rows.hpp"
#include "stack/observe/rows_json.hpp"
#include "stack/observe/ss_text.hpp"
#include "stack/observe/statistics.hpp"

namespace fourtuple::apps {
namespace {

observe::NetstatOptions netstat_options(const ListingOptions& options) {
  return {.tcp = options.tcp,
          .udp = options.udp,
          .raw = options.raw,
          .all = options.all,
          .listening = options.listening,
          .timers = options.timers,
          .programs = options.programs,
          .extended = options.extended,
          .user = ::geteuid()};
}

observe::SsOptions ss_options(const ListingOptions& options, const observe::SsFilter* filter) {
  return {.tcp = options.tcp,
          .udp = options.udp,
          .raw = options.raw,
          .all = options.all,
          .listening = options.listening,
          .timers = options.timers,
          .programs = options.programs,
          .info = options.information,
          .extended = options.extended,
          .user = ::geteuid(),
          .filter = filter};
}

// Rows that the switches ask for, whatever the tables would say about them.
bool is_asked(const observe::Row& row, const ListingOptions& options, const observe::SsFilter* filter) {
  using observe::RowKind;
  const bool any_kind = !options.tcp && !options.udp && !options.raw;
  const bool kind = any_kind || (options.tcp && row.kind == RowKind::kTcp) ||
                    (options.udp && row.kind == RowKind::kUdp) || (options.raw && row.kind == RowKind::kRaw);
  const bool waits = row.kind == RowKind::kTcp ? row.is_listener() : !row.is_connected();
  const bool by_state = filter != nullptr && filter->names_states();
  if (filter != nullptr && !filter->matches(row)) return false;
  return kind && (options.all || by_state || options.listening == waits);
}

std::string render_json(observe::Rows rows, const ListingOptions& options, const observe::SsFilter* filter,
                        const observe::RowNames& names) {
  std::erase_if(rows, [&](const observe::Row& row) { return !is_asked(row, options, filter); });
  return observe::rows_json(rows, names);
}

std::string render_sockets(const Stack& stack, Instant now, const ListingRequest& request, const std::string& owner) {
  const ListingOptions& options = request.options;
  const bool as_ss = request.style == ListingStyle::kSs;
  const auto filter = observe::SsFilter::parse(options.filter);
  if (!filter) return {};  // who asked has looked at it
  const observe::SsFilter* wanted = as_ss && !options.filter.empty() ? &*filter : nullptr;
  const bool with_info = options.information || options.timers || options.json;
  const observe::Rows rows = observe::snapshot(stack, now, with_info);
  const observe::RowNames names{.host = {}, .service = {}, .program = [&owner](OwnerId) { return owner; }};
  if (options.json) return render_json(rows, options, wanted, names);
  return as_ss ? observe::ss_table(rows, ss_options(options, wanted), names)
               : observe::netstat_table(rows, netstat_options(options), names);
}

std::string render_statistics(const Stack& stack, const ListingOptions& options) {
  const auto rows = observe::statistics(stack);
  return options.json ? observe::stat_json(rows, options.all) : observe::stat_text(rows, options.all);
}

}  // namespace

std::string render_listing(const Stack& stack, Instant now, const ListingRequest& request, const std::string& program,
                           pid_t pid) {
  switch (request.style) {
    case ListingStyle::kNetstat:
      return render_sockets(stack, now, request, fmt::format("{}/{}", pid, program));
    case ListingStyle::kSs:
      return render_sockets(stack, now, request, fmt::format("users:((\"{}\",pid={}))", program, pid));
    case ListingStyle::kRoutes:
      return observe::netstat_routes(stack);
    case ListingStyle::kInterfaces:
      return observe::netstat_interfaces(stack);
    case ListingStyle::kStatistics:
      return observe::netstat_statistics(stack);
    case ListingStyle::kStat:
      return render_statistics(stack, request.options);
    case ListingStyle::kAddresses:
      return observe::ip_addresses(stack, request.options.json);
    case ListingStyle::kIpRoutes:
      return observe::ip_routes(stack, request.options.json);
    case ListingStyle::kNeighbours:
      return observe::ip_neighbours(stack, request.options.json);
    case ListingStyle::kWho:
    case ListingStyle::kRecordedLadder:
    case ListingStyle::kRecordedCapture:
      break;  // answered by the station
  }
  return {};
}

}  // namespace fourtuple::apps
