#include "apps/station/listing.hpp"

#include <fmt/format.h>

#include "stack/observe/netstat_text.hpp"
#include "stack/observe/rows.hpp"
#include "stack/observe/ss_text.hpp"

namespace fourtuple::apps {
namespace {

observe::NetstatOptions netstat_options(const ListingOptions& options) {
  return {.tcp = options.tcp,
          .udp = options.udp,
          .raw = options.raw,
          .all = options.all,
          .listening = options.listening,
          .timers = options.timers,
          .programs = options.programs};
}

observe::SsOptions ss_options(const ListingOptions& options) {
  return {.tcp = options.tcp,
          .udp = options.udp,
          .raw = options.raw,
          .all = options.all,
          .listening = options.listening,
          .timers = options.timers,
          .programs = options.programs,
          .info = options.information};
}

}  // namespace

std::string render_listing(const Stack& stack, Instant now, const ListingRequest& request, const std::string& program,
                           pid_t pid) {
  const bool as_ss = request.style == ListingStyle::kSs;
  const observe::Rows rows = observe::snapshot(stack, now, request.options.information || request.options.timers);
  const std::string owner =
      as_ss ? fmt::format("users:((\"{}\",pid={}))", program, pid) : fmt::format("{}/{}", pid, program);
  const observe::RowNames names{.host = {}, .service = {}, .program = [&owner](OwnerId) { return owner; }};
  return as_ss ? observe::ss_table(rows, ss_options(request.options), names)
               : observe::netstat_table(rows, netstat_options(request.options), names);
}

}  // namespace fourtuple::apps
