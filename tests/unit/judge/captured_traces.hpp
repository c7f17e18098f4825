// Recorded conversations as the judge reads them, each host for itself.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "stack/judge/judge.hpp"

namespace fourtuple::test {

// One host of one conversation of a capture file, and what all rules say about it.
struct JudgedHost {
  std::string file;  // without folder
  std::uint32_t stream = 0;
  capture::Host host = capture::Host::kClient;
  std::vector<judge::Finding> findings;

  [[nodiscard]] std::string_view host_name() const { return host == capture::Host::kClient ? "client" : "server"; }
};
[[nodiscard]] JudgedHost judge_host(const std::string& file, const capture::Conversation& conversation,
                                    capture::Host host);
// Both hosts of every conversation.
[[nodiscard]] std::vector<JudgedHost> judge_capture(const std::filesystem::path& file);

}  // namespace fourtuple::test
