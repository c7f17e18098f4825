// Capture files for tests: a dozen of our own stand in the source, many more in a folder beside it that may be absent.
// The program that includes this has FOURTUPLE_SOURCES defined.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "apps/capture/splitter.hpp"

namespace fourtuple::test {

[[nodiscard]] inline std::filesystem::path own_captures() {
  return std::filesystem::path(FOURTUPLE_SOURCES) / "tests/data/captures";
}

// Where FOURTUPLE_SHARED says, or else beside the source.
[[nodiscard]] inline std::filesystem::path shared_captures() {
  const char* const named = std::getenv("FOURTUPLE_SHARED");
  const auto folder =
      named != nullptr ? std::filesystem::path(named) : std::filesystem::path(FOURTUPLE_SOURCES) / "../shared";
  return folder / "captures";
}

struct ReadCapture {
  std::string error;                                    // why it could not be opened, or not be read to its end
  std::vector<capture::ConversationPtr> conversations;  // in order of their streams
  capture::CaptureCounters counters;
  std::chrono::nanoseconds start{};  // time of the first frame
};

[[nodiscard]] inline ReadCapture read_capture(const std::filesystem::path& path, const capture::Limits& limits = {}) {
  ReadCapture result;
  auto file = CaptureFile::open(path.string());
  if (!file) {
    result.error = file.error().cause;
    return result;
  }
  capture::Splitter splitter(file->link_type(), limits, [&](std::shared_ptr<capture::Conversation> conversation) {
    result.conversations.push_back(std::move(conversation));
  });
  bool is_first = true;
  while (const auto frame = file->next()) {
    if (std::exchange(is_first, false)) result.start = frame->time;
    splitter.take(*frame);
  }
  splitter.finish();
  std::ranges::sort(result.conversations, {}, [](const auto& conversation) { return conversation->stream; });
  result.counters = splitter.counters();
  result.error = file->error();
  return result;
}

}  // namespace fourtuple::test
