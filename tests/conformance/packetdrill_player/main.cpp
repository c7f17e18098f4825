// Plays packet scripts through libfourtuple-packetdrill.so, with the interpreter of `fourtuple drill` on the other side
// of the table: the two doors must agree on every script. Usage: packetdrill_player SCRIPT|FOLDER...
#include <cstdio>
#include <fmt/format.h>

#include "apps/drill/crew.hpp"
#include "apps/drill/player.hpp"
#include "apps/drill/report.hpp"
#include "apps/drill/script_files.hpp"
#include "tests/conformance/packetdrill_player/object_world.hpp"

namespace fourtuple::player {
namespace {

using drill::JobResult;
using drill::Verdict;

constexpr int kCannotRun = 77;

drill::Outcome play(const packet_script::Script& script) {
  drill::Circumstances circumstances = drill::circumstances_of(script);
  laboratory::Setup setup;
  setup.stack = circumstances.stack;
  if (!flags_of(setup)) {
    drill::Outcome outcome;
    outcome.verdict = Verdict::kSkipped;
    outcome.reason = "it turns a switch of the stack that the object has no flag for";
    return outcome;
  }
  return drill::play(script, drill::PlayOptions());
}

JobResult play_file(const std::string& path) {
  const auto text = drill::read_script(path);
  if (!text) return {static_cast<std::uint8_t>(Verdict::kNotAScript), text.error().cause + "\n", ""};
  const auto script = packet_script::parse(*text, path);
  if (!script) return {static_cast<std::uint8_t>(Verdict::kNotAScript), script.error().to_string(), ""};
  const drill::Outcome outcome = play(*script);
  return {static_cast<std::uint8_t>(outcome.verdict), drill::text_report(*script, outcome, false), ""};
}

int run(const std::vector<std::string>& names) {
  if (!stock::can_bind_deeply()) {
    std::puts("SKIPPED: the sanitizers do not let an object be loaded with RTLD_DEEPBIND");
    return kCannotRun;
  }
  const auto scripts = drill::find_scripts(names);
  if (!scripts) return std::fprintf(stderr, "%s\n", scripts.error().cause.c_str()), 2;
  std::array<std::size_t, 4> counts{};
  const auto done = [&](std::size_t index, const JobResult& result, const std::string& fault) {
    const auto verdict = fault.empty() ? result.code : static_cast<std::uint8_t>(Verdict::kFailed);
    ++counts.at(verdict);
    std::fputs(result.text.c_str(), stdout);
    if (!fault.empty()) std::fputs(fmt::format("{}: {}\n", (*scripts)[index], fault).c_str(), stdout);
  };
  drill::run_crew(
      scripts->size(), {.workers = 2, .patience = std::chrono::minutes(1)},
      [&](std::size_t index) { return play_file((*scripts)[index]); }, done);
  const std::size_t failed = counts[1] + counts[3];
  std::puts(fmt::format("{} passed, {} failed, {} skipped", counts[0], failed, counts[2]).c_str());
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace fourtuple::player

int main(int argc, char** argv) { return fourtuple::player::run({argv + 1, argv + argc}); }
