#include "apps/programs/replay_page.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <utility>

#include "apps/replay/presentation.hpp"
#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

template <class List>
std::size_t octets_of_list(const List& list) {
  return list.size() * sizeof(list.front());
}

SetupError unwritable_page(const std::string& path, int error) {
  return {.cause = fmt::format("cannot write {}: {}", path, error_text(error)),
          .cure = "name a file with room in a folder that you may write to"};
}

}  // namespace

std::size_t size_in_memory(const replay::Outcome& outcome) {
  const capture::Conversation& conversation = *outcome.conversation;
  const replay::Performance& performance = outcome.performance;
  std::size_t octets = outcome.plan.stream.size() + octets_of_list(outcome.plan.calls);
  octets += octets_of_list(conversation.frames) + octets_of_list(conversation.icmp);
  octets += octets_of_list(performance.deliveries) + octets_of_list(performance.segments);
  octets += octets_of_list(performance.states) + octets_of_list(performance.calls);
  for (const auto& piece : conversation.octets) octets += piece.size();
  for (const auto& piece : performance.octets) octets += piece.size();
  return octets;
}

SetupResult<ReplayPage> ReplayPage::open(const std::string& path) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) return failure(unwritable_page(path, errno));
  return ReplayPage(path, std::move(file));
}

// The first always: a page about nothing helps nobody.
void ReplayPage::keep(replay::Outcome outcome) {
  octets_ += size_in_memory(outcome);
  const bool has_room = outcomes_.size() < kMaxOutcomes && octets_ <= kMaxOctets;
  if (outcomes_.empty() || has_room) outcomes_.push_back(std::move(outcome));
}

SetupResult<bool> ReplayPage::write(std::string_view title) {
  errno = 0;
  file_ << replay::outcome_page(outcomes_, title);
  file_.close();
  if (!file_) return failure(unwritable_page(path_, errno));
  return true;
}

}  // namespace fourtuple::apps
