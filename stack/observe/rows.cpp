#include "stack/observe/rows.hpp"

namespace fourtuple::observe {

std::string_view name(RowKind kind) {
  switch (kind) {
    case RowKind::kTcp:
      return "tcp";
    case RowKind::kUdp:
      return "udp";
    case RowKind::kRaw:
      return "raw";
  }
  return "";
}

}  // namespace fourtuple::observe
