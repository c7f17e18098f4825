// explain: what a word of ours or a clause means, where its code is, and which test shows it.
#include <fmt/format.h>

#include "apps/explain/explanation.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

constexpr std::size_t kMostSuggestions = 5;

class ExplainProgram {
 public:
  explicit ExplainProgram(const ExplainOptions& options) : options_(options) {}

  int run() {
    if (options_.words.empty()) {
      fmt::print("{}", options_.json ? explain::overview_json(topics_) : explain::overview(topics_, options_.width));
      return kSuccess;
    }
    int code = kSuccess;
    for (const std::string& word : explain::joined_words(options_.words)) {
      const auto found = explain::find(topics_, word);
      if (found.empty()) code = suggest(word);
      for (const explain::Topic* topic : found) print(explain::explain(*topic, records_));
    }
    return code;
  }

 private:
  void print(const explain::Explanation& explanation) {
    if (options_.json) {
      fmt::print("{}\n", explain::to_json(explanation));
    } else {
      fmt::print("{}{}", std::exchange(is_first_, false) ? "" : "\n", explain::to_text(explanation, options_.width));
    }
  }

  [[nodiscard]] int suggest(const std::string& word) const {
    std::vector<std::string> names;
    for (const explain::Topic* topic : explain::nearest(topics_, word, kMostSuggestions)) names.push_back(topic->name);
    if (names.empty())
      return report_usage(fmt::format("nothing is known of '{}'; `fourtuple explain` lists what can be asked", word));
    return report_usage(fmt::format("nothing is known of '{}'; did you mean {}?", word, fmt::join(names, ", ")));
  }

  const ExplainOptions& options_;
  const explain::Records records_ = explain::read_records();
  const std::vector<explain::Topic> topics_ = explain::all_topics(records_);
  bool is_first_ = true;
};

}  // namespace

int run_explain(const ExplainOptions& options) { return ExplainProgram(options).run(); }

}  // namespace fourtuple::apps
