// Scripts on disk.
#pragma once

#include <string>
#include <vector>

#include "apps/packet_script/script.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::drill {

// The scripts that the names stand for: files as they are, folders as every *.pkt below them, in order of their names.
[[nodiscard]] SetupResult<std::vector<std::string>> find_scripts(const std::vector<std::string>& names);

// The text of a script; nothing larger than a script may be is read.
[[nodiscard]] SetupResult<std::string> read_script(const std::string& path);

}  // namespace fourtuple::drill
