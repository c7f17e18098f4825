#include "apps/drill/schedule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace fourtuple::drill {

using packet_script::When;

Due due(const When& when, Instant start, Instant last, Duration least) {
  const Instant base = when.kind == When::Kind::kRelative ? last : start;
  Due due;
  due.any = when.kind == When::Kind::kAny;
  due.at = due.any ? last : base + when.at;
  due.latest = when.latest ? base + *when.latest : due.at;
  if (when.end) due.end = base + *when.end;
  const Instant far_end = due.end.value_or(due.latest);
  due.tolerance = std::max(least, (far_end - last) / 8);
  return due;
}

std::string moment_text(Instant moment, Instant start) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(moment - start).count();
  return fmt::format("{:.6g} s", static_cast<double>(microseconds) / 1e6);
}

}  // namespace fourtuple::drill
