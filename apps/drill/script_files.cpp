#include "apps/drill/script_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace fourtuple::drill {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> scripts_below(const fs::path& folder, std::error_code& error) {
  std::vector<std::string> found;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    std::error_code no_file;
    if (entry->path().extension() == ".pkt" && entry->is_regular_file(no_file)) found.push_back(entry->path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

SetupError cannot_read(const std::string& path, const std::string& why) {
  return {.cause = fmt::format("{} cannot be read: {}", path, why),
          .cure = "name a packet script, or a folder of them"};
}

}  // namespace

SetupResult<std::vector<std::string>> find_scripts(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      all.push_back(name);
      continue;
    }
    const auto found = scripts_below(name, error);
    if (error) return failure(cannot_read(name, error.message()));
    if (found.empty()) return failure(cannot_read(name, "no *.pkt is in it"));
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

SetupResult<std::string> read_script(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return failure(cannot_read(path, "there is no such file"));
  if (fs::is_directory(status)) return failure(cannot_read(path, "it is a folder"));
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(cannot_read(path, "permission denied"));
  std::string text(packet_script::kMaxScriptBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace fourtuple::drill
