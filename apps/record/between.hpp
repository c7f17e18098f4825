// Recording two commands against each other, each with a kernel and a private network of its own.
#pragma once

#include <string>
#include <vector>

#include "apps/options.hpp"
#include "apps/record/app_log.hpp"
#include "apps/record/listening.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::record {

struct Recording {
  int code = 0;                      // the command's exit code
  std::vector<HeardCall> own_calls;  // of our own stack's services
  std::uint64_t left_out = 0;
  std::vector<Ending> endings;
  std::vector<std::string> captures;  // files
};

// Runs options.server in one network and, as soon as it listens, options.attach.command in another. When the command
// has ended, the connections have a moment to end too; then the server is stopped.
[[nodiscard]] SetupResult<Recording> record_between(const apps::RecordOptions& options, const Listening& listening);

}  // namespace fourtuple::record
