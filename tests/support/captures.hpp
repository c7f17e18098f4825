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

// The capture files of a folder, by name; none where it is absent.
[[nodiscard]] inline std::vector<std::filesystem::path> captures_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    const auto extension = entry.path().extension();
    if (extension == ".pcap" || extension == ".pcapng") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// The log of socket calls that was written beside a capture, whether it is there or not: both captures of
// "loss.client.pcap" and "loss.server.pcap" have "loss.app.json".
[[nodiscard]] inline std::string log_beside(const std::filesystem::path& capture) {
  const std::string name = capture.filename().string();
  return (capture.parent_path() / (name.substr(0, name.find('.')) + ".app.json")).string();
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
