#include "stack/socket/process.hpp"

#include <algorithm>

namespace fourtuple::sockets {

Process::~Process() = default;

ft_stack* Process::add(std::unique_ptr<ft_stack> stack) {
  const std::lock_guard lock(mutex_);
  stacks_.push_back(std::move(stack));
  ft_stack* const added = stacks_.back().get();
  if (current_ == nullptr) current_ = added;
  return added;
}

void Process::remove(ft_stack* stack) {
  std::unique_ptr<ft_stack> removed;  // ends after the lock is released: ending takes its time
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(stacks_.begin(), stacks_.end(), [&](const auto& one) { return one.get() == stack; });
  if (found == stacks_.end()) return;
  removed = std::move(*found);
  stacks_.erase(found);
  if (current_ == stack) current_ = stacks_.empty() ? nullptr : stacks_.front().get();
}

void Process::use(ft_stack* stack) {
  const std::lock_guard lock(mutex_);
  current_ = stack;
}

ft_stack* Process::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::shared_ptr<RuntimeCore> Process::current_core() const {
  const std::lock_guard lock(mutex_);
  return current_ != nullptr ? current_->core : nullptr;
}

// The one mutable static of the library: C functions are given nothing but numbers.
Process& process() {
  static Process the_process;
  return the_process;
}

Result<std::shared_ptr<Socket>> socket_of(int descriptor) {
  const auto file = process().descriptors.find(descriptor);
  if (!file) return failure(std::errc::bad_file_descriptor);
  if (!file->socket) return failure(std::errc::not_a_socket);
  return file->socket;
}

}  // namespace fourtuple::sockets
