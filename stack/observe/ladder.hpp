// The text ladder: a conversation drawn between two lifelines, ours on the left and the peer's on the right.
//
//        time ms    we                                                  peer   why, and the rule
//   #1     0.000    │◄─ S 0:0(0) win 64240 ───────────────────────────────│
//          0.011    │── S. 0:0(0) ack 1 win 65535 ──────────────────────►│ handshake RFC9293 3.5
//                   ● LISTEN → SYN-RECEIVED                               │
//
// It streams: a row leaves as soon as it cannot change any more, and memory is bounded whatever the traffic is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

// What a ladder shows and how. Everything is decided by the caller: the ladder asks neither terminal nor environment.
struct LadderOptions {
  bool ascii = false;                 // only ASCII characters
  bool color = false;                 // ANSI colours
  std::size_t width = 100;            // columns of a row; 80..200
  bool header = true;                 // the head line, before the first row
  std::string_view left_name = "we";  // what the head line calls the lifelines, and the words beside them
  std::string_view right_name = "peer";
  std::string_view beside = "why, and the rule";
  std::uint64_t first_number = 1;  // of the connections: #1, #2, ...
  bool legend = false;             // a few lines about the notation, before the head line
  bool frames = true;              // ARP, ICMP, UDP and fragments, and frames that were dropped
  bool all_timers = false;         // also those that run out or are set with nearly every segment
  bool quantities = false;         // windows, round-trip times, octets delivered
  std::optional<FourTuple> only =
      std::nullopt;  // this connection; a wildcard address or port 0 in it matches everything
  // Runs of plain data segments, bare ACKs and similar frames: the first `run_head` and the last `run_tail` are drawn,
  // those between become one line. run_head 0: never elide.
  std::size_t run_head = 6;
  std::size_t run_tail = 2;
  std::size_t max_rows = 0;  // then only a closing count; 0: no limit
};

class Ladder final : public trace::Sink {
 public:
  // Takes text of one or more whole lines, newlines included.
  using Write = std::function<void(std::string_view text)>;

  Ladder(Write write, const LadderOptions& options);
  // Finishes.
  ~Ladder() override;
  Ladder(const Ladder&) = delete;
  Ladder& operator=(const Ladder&) = delete;

  void on_event(const trace::Event& event) override;
  // Writes what is held back because a later event could have changed it or belonged to it. For the quiet moments of
  // a live view.
  void flush();
  // flush(), and the closing count where rows were left out. Nothing is drawn after that.
  void finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fourtuple::observe
