// A driver that shows every frame to an observer before it goes out, and whose cable can be pulled.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "drivers/driver.hpp"
#include "tests/support/wire_observer.hpp"

namespace fourtuple::test {

class WatchedDriver final : public Driver {
 public:
  WatchedDriver(int side, std::unique_ptr<Driver> inner, WireObserver& observer)
      : side_(side), inner_(std::move(inner)), observer_(observer) {}

  // While the cable is out, frames that are sent are lost, and what arrives is lost too.
  void set_plugged(bool plugged) { plugged_ = plugged; }

  [[nodiscard]] DriverCapabilities capabilities() const override { return inner_->capabilities(); }
  [[nodiscard]] Instant next_deadline() const override { return inner_->next_deadline(); }
  [[nodiscard]] std::string name() const override { return inner_->name(); }

  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override {
    const std::size_t before = frames.size();
    const std::size_t count = inner_->receive(frames, limit, now);
    if (!plugged_) frames.resize(before);
    return plugged_ ? count : 0;
  }

  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override {
    for (const TransmitFrame& frame : frames) {
      whole_.clear();
      for (std::size_t i = 0; i < frame.piece_count; ++i) {
        whole_.insert(whole_.end(), frame.pieces[i].begin(), frame.pieces[i].end());
      }
      observer_.on_frame(side_, whole_, frame.offload, now);
    }
    return plugged_ ? inner_->send(frames, now) : frames.size();
  }

 private:
  int side_;
  std::unique_ptr<Driver> inner_;
  WireObserver& observer_;
  bool plugged_ = true;
  std::vector<std::uint8_t> whole_;
};

}  // namespace fourtuple::test
