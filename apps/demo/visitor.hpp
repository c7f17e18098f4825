// The demo's other host: the kernel of the private world with its own programs, or the second stack.
#pragma once

#include <functional>
#include <string>

#include "apps/demo/kernel_view.hpp"
#include "fourtuple/runtime.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

struct Visit {
  std::string title;  // "curl -sS http://10.0.0.4/"
  std::function<CommandResult()> run;
};

// `peer` is the second stack, nullptr where the kernel is the other host. The runs block; `peer` must outlive them.
[[nodiscard]] Visit ping_visit(Runtime* peer, Ipv4Address host);
[[nodiscard]] Visit page_visit(Runtime* peer, Ipv4Address host, Port port);

}  // namespace fourtuple::apps
