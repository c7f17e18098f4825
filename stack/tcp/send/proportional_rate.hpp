// Proportional Rate Reduction (RFC 9937): in fast recovery every ACK lets go a share of what it delivered, so that the
// flight comes down to the new threshold evenly, within one round trip, instead of stopping and bursting.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fourtuple::tcp {

class ProportionalRate {
 public:
  // Recovery begins with `flight` octets in the network (RecoverFS) and shall end with `threshold`. [RFC9937 6.1]
  void begin(std::uint64_t flight, std::uint64_t threshold) {
    flight_ = std::max<std::uint64_t>(flight, 1);
    threshold_ = threshold;
    delivered_ = 0;
    sent_ = 0;
  }
  void note_sent(std::uint64_t bytes) { sent_ += bytes; }

  // How many octets may leave now. `pipe`: octets believed to be in the network. `safe`: the ACK moved SND.UNA and told
  // of no further loss. [RFC9937 6.2]
  [[nodiscard]] std::uint64_t on_ack(std::uint64_t delivered, std::uint64_t pipe, bool safe, std::uint64_t mss) {
    delivered_ += delivered;
    std::uint64_t allowed = 0;
    if (pipe > threshold_) {
      const std::uint64_t share = (delivered_ * threshold_ + flight_ - 1) / flight_;
      allowed = share - std::min(share, sent_);
    } else {
      // Below the target: as much as was delivered, and where all goes well one segment more, never beyond the target.
      allowed = std::max(delivered_ - std::min(delivered_, sent_), delivered) + (safe ? mss : 0);
      allowed = std::min(allowed, threshold_ - pipe);
    }
    return sent_ == 0 && allowed == 0 ? mss : allowed;  // the repetition that recovery begins with
  }

 private:
  std::uint64_t flight_ = 1;
  std::uint64_t threshold_ = 0;
  std::uint64_t delivered_ = 0;  // since recovery began
  std::uint64_t sent_ = 0;
};

}  // namespace fourtuple::tcp
