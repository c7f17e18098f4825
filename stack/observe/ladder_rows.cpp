#include "stack/observe/ladder_rows.hpp"

#include <fmt/format.h>
#include <utility>

#include "stack/observe/text.hpp"

namespace fourtuple::observe {

std::pair<LadderNames::Known*, bool> LadderNames::meet(const FourTuple& name, std::uint64_t engine_number, bool opens) {
  auto [at, added] = known_.try_emplace(name);
  if (added) order_.push_back(name);
  Known& known = at->second;
  const bool fresh = added || (known.closed && opens);
  if (fresh) {
    names_.erase(known.engine_number);
    known = Known{++last_number_, 0, false, {}};
  }
  if (engine_number != 0 && known.engine_number != engine_number) {
    names_.erase(known.engine_number);
    known.engine_number = engine_number;
    names_[engine_number] = name;
  }
  Known* answer = &known;
  if (order_.size() > kMaxKnown) forget_oldest();
  return {answer, fresh};
}

LadderNames::Known* LadderNames::find(std::uint64_t engine_number) {
  const auto name = names_.find(engine_number);
  if (name == names_.end()) return nullptr;
  const auto at = known_.find(name->second);
  return at == known_.end() ? nullptr : &at->second;
}

void LadderNames::forget_oldest() {
  const auto at = known_.find(order_.front());
  names_.erase(at->second.engine_number);
  known_.erase(at);
  order_.pop_front();
}

void Elided::add(const LadderRow& row) {
  ++rows;
  const bool sent = row.direction == Direction::kSent;
  if (!row.segment) return;
  (sent ? octets_sent : octets_received) += row.segment->payload_bytes;
}

std::string Elided::in_words() const {
  if (octets_sent != 0 && octets_received != 0) {
    return fmt::format("{} octets out, {} in", grouped(octets_sent), grouped(octets_received));
  }
  if (octets_sent != 0) return fmt::format("{} octets out", grouped(octets_sent));
  if (octets_received != 0) return fmt::format("{} octets in", grouped(octets_received));
  return {};
}

// A question and its answer are worth seeing: the first turns of a dialogue begin a new head.
bool LadderRun::turns(const LadderRow& row) {
  if (!row.segment || row.segment->payload_bytes == 0) return false;
  const bool turned = data_direction_ && *data_direction_ != row.direction;
  data_direction_ = row.direction;
  return turned && turns_++ < kMaxTurns;
}

bool LadderRun::admits(LadderRow& row) {
  if (head_ == 0) return true;
  if (turns(row) && held_.empty()) shown_ = 0;
  if (held_.empty() && shown_ < head_) {
    ++shown_;
    return true;
  }
  held_.push_back(std::move(row));
  // One more than the tail is held, so that never a single row is replaced by a line of the same size.
  if (held_.size() > tail_ + 1) {
    elided_.add(held_.front());
    held_.pop_front();
  }
  return false;
}

LadderRun::Rest LadderRun::end() {
  if (elided_.rows != 0) {
    elided_.add(held_.front());
    held_.pop_front();
  }
  Rest rest{elided_, std::move(held_)};
  *this = LadderRun(head_, tail_);
  return rest;
}

}  // namespace fourtuple::observe
