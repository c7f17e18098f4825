// Virtual Ethernet pairs, made by talking to the kernel directly.
#pragma once

#include <string>

#include "drivers/interface.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

// Creates two interfaces joined by a cable. Needs CAP_NET_ADMIN. They go when either is deleted or when their network
// namespace ends.
[[nodiscard]] SetupResult<interface::Unit> create_veth_pair(const std::string& name, const std::string& peer);

}  // namespace fourtuple::apps
