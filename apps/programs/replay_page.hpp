// The HTML page of `fourtuple replay`: keeps outcomes as long as there is room, and writes them in the end.
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "apps/replay/outcome.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

class ReplayPage {
 public:
  // Pages hold whole conversations; further ones are only counted.
  static constexpr std::size_t kMaxOutcomes = 100;
  static constexpr std::size_t kMaxOctets = std::size_t{64} << 20;

  // At the beginning, so that nobody waits for a page that cannot be written.
  [[nodiscard]] static SetupResult<ReplayPage> open(const std::string& path);

  void keep(replay::Outcome outcome);
  [[nodiscard]] SetupResult<bool> write(std::string_view title);
  [[nodiscard]] std::size_t size() const { return outcomes_.size(); }

 private:
  ReplayPage(std::string path, std::ofstream file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  std::ofstream file_;
  std::vector<replay::Outcome> outcomes_;
  std::size_t octets_ = 0;
};

// What it takes to keep one, in octets.
[[nodiscard]] std::size_t size_in_memory(const replay::Outcome& outcome);

}  // namespace fourtuple::apps
