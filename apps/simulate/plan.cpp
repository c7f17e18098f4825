#include "apps/simulate/plan.hpp"

#include <algorithm>

namespace fourtuple::simulate {

bool Plan::has(IncidentKind kind) const {
  return std::ranges::find(incidents, kind, &Incident::kind) != incidents.end();
}

}  // namespace fourtuple::simulate
