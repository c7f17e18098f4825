// Congestion control as a part that can be exchanged: it hears what happened and answers how much may be in flight.
// It never sees the connection.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "stack/base/time.hpp"
#include "stack/tcp/send/delivery_rate.hpp"

namespace fourtuple::tcp {

class CongestionController {
 public:
  struct Sent {
    Instant now;
    std::uint64_t bytes;
    std::uint64_t in_flight;  // after sending
  };
  struct Acked {
    Instant now;
    std::uint64_t bytes;             // newly delivered octets
    std::uint64_t in_flight_before;  // when the ACK arrived
    Duration rtt;                    // zero: no sample
    bool in_recovery;                // fast recovery: the window stands still [RFC5681 3.2]
    bool window_was_used;            // false: the application, not the window, limited the flight [RFC9293, RFC7661]
    bool marked = false;             // the ACK echoes that the network is congested [RFC3168]
  };
  // What an ACK delivered, cumulatively or selectively, in recovery or not: for those that model the path.
  struct Delivered {
    Instant now;
    std::uint64_t bytes = 0;             // newly
    std::uint64_t total = 0;             // since the connection began
    std::uint64_t lost = 0;              // newly believed to be lost
    std::uint64_t in_flight_before = 0;  // when the ACK arrived
    std::uint64_t in_flight = 0;         // now
    Duration rtt{};                      // of what was sent only once; zero: no sample
    RateSample sample{};
    bool in_recovery = false;  // what was lost, or believed so, is being repaired
  };
  struct Lost {
    Instant now;
    std::uint64_t in_flight;      // when the loss was detected
    std::uint64_t pipe = 0;       // what is left of it in the network
    std::uint64_t delivered = 0;  // since the connection began
  };

  virtual ~CongestionController() = default;

  virtual void on_sent(const Sent& event) = 0;
  // An ACK moved SND.UNA.
  virtual void on_acked(const Acked& event) = 0;
  // After on_acked() and on_loss() where these apply, too; also with the first round trip, which delivers no data.
  virtual void on_delivery(const Delivered& /*event*/) {}
  // Entry into fast recovery, once per loss episode.
  virtual void on_loss(const Lost& event) = 0;
  // The peer echoes that the network marked a segment instead of dropping it: at most once a window. The same as a
  // loss, unless the controller knows better. [RFC3168 6.1.2]
  virtual void on_congestion_experienced(const Lost& event) { on_loss(event); }
  // Marks change something: what this controller lets go may be marked. [RFC3168 6.1.2]
  [[nodiscard]] virtual bool heeds_marks() const { return true; }
  // It says by itself how much may be in flight during recovery; else proportional rate reduction does. (RFC 9937)
  [[nodiscard]] virtual bool models_path() const { return false; }
  // ACKs tell exactly which octets were marked, not only that some were. [RFC8257 3.2]
  [[nodiscard]] virtual bool wants_exact_marks() const { return false; }
  // The retransmission timer fired; `first` is false for the back-off of the same segment. [RFC5681 3.1]
  virtual void on_timeout(const Lost& event, bool first) = 0;
  // Recovery ended: all that was in flight at its start is acknowledged; `in_flight` is what is left.
  virtual void on_recovered(std::uint64_t in_flight) = 0;
  // The last reduction (loss or first timeout) was made for nothing: back to where it began. [RFC4015 3.2]
  virtual void undo() = 0;
  // Nothing was sent for longer than one RTO. [RFC5681 4.1]
  virtual void after_idle() = 0;
  virtual void set_mss(std::uint32_t mss) = 0;

  [[nodiscard]] virtual std::uint64_t window() const = 0;     // octets that may be in flight
  [[nodiscard]] virtual std::uint64_t threshold() const = 0;  // ssthresh; UINT64_MAX while unknown
  // Octets a second to pace at; 0: send as the window allows.
  [[nodiscard]] virtual std::uint64_t pacing_rate() const { return 0; }
  // What it is about, in a word for people.
  [[nodiscard]] virtual std::string_view phase() const {
    return window() < threshold() ? "slow-start" : "congestion-avoidance";
  }
  [[nodiscard]] virtual std::string_view name() const = 0;
};

// The names that TCP_CONGESTION takes.
[[nodiscard]] std::span<const std::string_view> controller_names();
// nullptr for an unknown name.
[[nodiscard]] std::unique_ptr<CongestionController> make_controller(std::string_view name, std::uint32_t mss,
                                                                    std::uint32_t initial_window_segments);

}  // namespace fourtuple::tcp
