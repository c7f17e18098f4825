#include "stack/base/reasons.hpp"

#include <array>

namespace fourtuple {
namespace {

struct Entry {
  std::string_view name;
  std::string_view clause;
  std::string_view sentence;
};

#define FOURTUPLE_ENTRY(enumerator, name, clause, sentence) Entry{name, clause, sentence},
constexpr std::array<Entry, kDropReasonCount> kDropReasons{FOURTUPLE_DROP_REASONS(FOURTUPLE_ENTRY)};
constexpr std::array<Entry, kCauseCount> kCauses{FOURTUPLE_CAUSES(FOURTUPLE_ENTRY)};
#undef FOURTUPLE_ENTRY

const Entry& entry(DropReason reason) { return kDropReasons[static_cast<std::size_t>(reason)]; }
const Entry& entry(Cause cause) { return kCauses[static_cast<std::size_t>(cause)]; }

}  // namespace

std::string_view name(DropReason reason) { return entry(reason).name; }
std::string_view name(Cause cause) { return entry(cause).name; }
std::string_view clause(DropReason reason) { return entry(reason).clause; }
std::string_view clause(Cause cause) { return entry(cause).clause; }
std::string_view sentence(DropReason reason) { return entry(reason).sentence; }
std::string_view sentence(Cause cause) { return entry(cause).sentence; }

}  // namespace fourtuple
