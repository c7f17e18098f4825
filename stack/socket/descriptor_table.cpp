#include "stack/socket/descriptor_table.hpp"

#include <utility>

namespace fourtuple::sockets {

Result<int> DescriptorTable::take_locked(int lowest) {
  if (lowest < 0 || static_cast<std::size_t>(lowest) >= limit_) return failure(std::errc::invalid_argument);
  int number = -1;
  if (lowest == 0) {
    while (!free_.empty() && slots_[static_cast<std::size_t>(free_.top())].taken) free_.pop();
    number = free_.empty() ? static_cast<int>(slots_.size()) : free_.top();
  } else {
    number = lowest;
    while (static_cast<std::size_t>(number) < slots_.size() && slots_[static_cast<std::size_t>(number)].taken) ++number;
  }
  const auto index = static_cast<std::size_t>(number);
  if (index >= limit_) return failure(std::errc::too_many_files_open);
  while (slots_.size() <= index) {
    if (slots_.size() != index) free_.push(static_cast<int>(slots_.size()));
    slots_.emplace_back();
  }
  slots_[index].taken = true;
  return number;
}

Result<int> DescriptorTable::add(File file, bool close_on_exec, int lowest) {
  const std::lock_guard lock(mutex_);
  const auto number = take_locked(lowest);
  if (!number) return number;
  ++file->names;
  slots_[static_cast<std::size_t>(*number)] = {std::move(file), true, close_on_exec};
  return number;
}

Result<int> DescriptorTable::reserve() {
  const std::lock_guard lock(mutex_);
  return take_locked(0);
}

void DescriptorTable::fill(int number, File file, bool close_on_exec) {
  const std::lock_guard lock(mutex_);
  ++file->names;
  slots_[static_cast<std::size_t>(number)] = {std::move(file), true, close_on_exec};
}

DescriptorTable::File DescriptorTable::find(int number) const {
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::size_t>(number);
  return number >= 0 && index < slots_.size() ? slots_[index].file : nullptr;
}

DescriptorTable::Removed DescriptorTable::clear_locked(std::size_t index) {
  File file = std::exchange(slots_[index].file, nullptr);
  const bool is_last = file && --file->names == 0;
  return {std::move(file), is_last};
}

DescriptorTable::Removed DescriptorTable::remove(int number) {
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::size_t>(number);
  if (number < 0 || index >= slots_.size() || !slots_[index].taken) return {};
  slots_[index].taken = false;
  free_.push(number);
  return clear_locked(index);
}

Result<DescriptorTable::Removed> DescriptorTable::replace(int number, File file) {
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::size_t>(number);
  if (number < 0 || index >= limit_) return failure(std::errc::bad_file_descriptor);
  if (index >= slots_.size() || !slots_[index].taken) {
    if (const auto taken = take_locked(number); !taken) return failure(taken.error());
  }
  Removed removed = clear_locked(index);
  ++file->names;
  slots_[index] = {std::move(file), true, false};
  return removed;
}

bool DescriptorTable::close_on_exec(int number) const {
  const std::lock_guard lock(mutex_);
  return slots_[static_cast<std::size_t>(number)].close_on_exec;
}

void DescriptorTable::set_close_on_exec(int number, bool on) {
  const std::lock_guard lock(mutex_);
  slots_[static_cast<std::size_t>(number)].close_on_exec = on;
}

void DescriptorTable::set_limit(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  limit_ = limit;
}

}  // namespace fourtuple::sockets
