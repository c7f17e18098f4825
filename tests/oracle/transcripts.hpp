// Transcripts: of a case just played on the kernel, and of Linux as it was recorded.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/oracle/script.hpp"

namespace fourtuple::oracle {

using Lines = std::vector<std::string>;

struct Played {
  Lines lines;
  std::string obstacle;  // why this machine has no kernel to ask; empty: it was asked
};

// Plays a case on kernel sockets in a process and a network namespace of its own.
[[nodiscard]] Played play_on_kernel(void (*body)(Script&));
[[nodiscard]] Lines play_on_fourtuple(void (*body)(Script&));

// linux.txt: "== Suite.Name" and that case's lines; before the first the kernel that was recorded.
struct Record {
  std::string kernel;  // "6.18"
  std::map<std::string, Lines> cases;
};
[[nodiscard]] Record read_record();
[[nodiscard]] bool write_record(const Record& record);
// "6.18", of this machine.
[[nodiscard]] std::string kernel_version();

// A file of the source tree.
[[nodiscard]] std::string read_text(const std::string& path);
[[nodiscard]] std::string record_path();
[[nodiscard]] std::string differences_path();

}  // namespace fourtuple::oracle
