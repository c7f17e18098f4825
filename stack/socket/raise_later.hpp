// A wake-up that waits until the token was given back, so that the woken thread finds it free.
#pragma once

#include <memory>
#include <utility>

#include "stack/runtime/signal.hpp"
#include "stack/runtime/turn.hpp"

namespace fourtuple::sockets {

class RaiseLater final : public Deferred {
 public:
  explicit RaiseLater(std::shared_ptr<Signal> signal) : signal_(std::move(signal)) {}
  void run(bool) override { signal_->raise(); }

 private:
  std::shared_ptr<Signal> signal_;
};

}  // namespace fourtuple::sockets
