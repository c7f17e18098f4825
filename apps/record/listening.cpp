#include "apps/record/listening.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "apps/report.hpp"
#include "drivers/descriptor.hpp"

namespace fourtuple::record {
namespace {

namespace fs = std::filesystem;

constexpr const char* kObject = "libfourtuple-record.so";

// Beside the program in the build folder, or where both were installed.
std::optional<fs::path> find_object() {
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder : {here / "record", here / ".." / FOURTUPLE_LIBRARY_FOLDER})
    if (fs::exists(folder / kObject, error)) return fs::canonical(folder / kObject, error);
  return std::nullopt;
}

// The linker splits LD_PRELOAD at spaces and colons.
std::string folder_pattern() {
  const char* wish = std::getenv("TMPDIR");
  const std::string folder = wish != nullptr ? wish : "";
  const bool is_usable = folder.starts_with('/') && folder.find_first_of(" :\t\n") == std::string::npos;
  return (is_usable ? folder : "/tmp") + "/fourtuple-record-XXXXXX";
}

SetupError no_folder(const std::string& name) {
  return {.cause = "cannot make " + name + ": " + apps::error_text(errno),
          .cure = "make room there, or name another folder in TMPDIR"};
}

// A program that changes its user writes to the log too; whoever does not know its name cannot.
SetupResult<std::string> make_log(const std::string& folder) {
  std::string name = folder + "/calls-XXXXXX";
  const Descriptor file(::mkstemp(name.data()));
  if (!file || ::fchmod(file.get(), 0622) != 0 || ::chmod(folder.c_str(), 0711) != 0) return failure(no_folder(name));
  return name;
}

void preload(const std::string& object) {
  const char* others = std::getenv("LD_PRELOAD");
  const std::string value = others != nullptr && *others != '\0' ? object + ":" + others : object;
  ::setenv("LD_PRELOAD", value.c_str(), 1);
}

}  // namespace

SetupResult<Listening> Listening::start() {
  std::string folder = folder_pattern();
  if (::mkdtemp(folder.data()) == nullptr) return failure(no_folder(folder));
  Listening listening(folder, "");
  const auto object = find_object();
  if (!object) {
    apps::remark(std::string(kObject) + " is not here, so the command's calls are not in the log; build or install it");
    return listening;
  }
  auto log = make_log(folder);
  if (!log) return failure(log.error());
  listening.log_ = std::move(*log);
  const std::string link = folder + "/" + kObject;
  if (::symlink(object->c_str(), link.c_str()) != 0) return failure(no_folder(link));
  ::setenv("FOURTUPLE_RECORD_LOG", listening.log_.c_str(), 1);
  preload(link);
  return listening;
}

Listening::Listening(Listening&& other) noexcept
    : folder_(std::exchange(other.folder_, "")), log_(std::exchange(other.log_, "")) {}

Listening::~Listening() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

void Listening::expect(const std::string& who) const { ::setenv("FOURTUPLE_RECORD_WHO", who.c_str(), 1); }

}  // namespace fourtuple::record
