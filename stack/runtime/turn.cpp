#include "stack/runtime/turn.hpp"

#include <utility>

#include "stack/runtime/core.hpp"

namespace fourtuple {

Turn::Turn(const std::shared_ptr<RuntimeCore>& core) : core_(core), token_(core->token_), now_(core->clock().now()) {}

Turn::~Turn() { finish(); }

Stack& Turn::stack() const { return core_->stack(); }

bool Turn::alive() const { return core_->alive(); }

void Turn::defer(std::unique_ptr<Deferred> work) {
  Deferred* const added = work.get();
  (last_ == nullptr ? first_ : last_->next_) = std::move(work);
  last_ = added;
}

void Turn::finish(bool may_dispatch) {
  if (!token_.owns_lock()) return;
  core_->settle(*this);
  token_.unlock();
  last_ = nullptr;
  auto rest = std::exchange(first_, nullptr);
  try {
    while (rest) {
      const auto work = std::exchange(rest, std::move(rest->next_));
      work->run(may_dispatch);
    }
  } catch (...) {
    // A handler threw, as it may: the others run all the same, from the queue of their executor.
    while (rest) {
      const auto work = std::exchange(rest, std::move(rest->next_));
      work->run(false);
    }
    throw;
  }
}

}  // namespace fourtuple
