// An application at one end of a connection: it says what the stream has, reads what the other says, with sizes, pauses
// and an end that follow from its plan and its dice. It acts when the stack has told it that it may, as a program under
// poll() would, and takes nothing on trust.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/simulate/dice.hpp"
#include "apps/simulate/history.hpp"
#include "apps/simulate/host.hpp"
#include "apps/simulate/stream.hpp"

namespace fourtuple::simulate {

class Application {
 public:
  struct Birth {
    Host& host;
    tcp::ConnectionId id;
    const AppPlan& plan;
    std::array<Stream, 2> streams;  // by host
    TalkHistory& history;
    const Climate& climate;
    Dice dice;
    Instant now;
    std::uint64_t spoilt = kForever;  // the canary: this octet of what is read is taken for another
  };
  explicit Application(const Birth& birth);

  // Does what can be done now; answers when it wants to act again although nothing happened (kNever: it does not).
  Instant act(Instant now);
  void on_notice(Readiness changed);
  // No more pauses: all is to be well from now on.
  void calm_down() { is_calm_ = true; }
  // Ends what cannot end by itself any more.
  void break_off(Instant now);
  // Its host is no more.
  void vanish();

  [[nodiscard]] bool is_done() const { return is_done_; }
  // What is wrong as the application sees it; empty: nothing.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // After all notices were handed out: is there something that it waits for, and was not told of?
  [[nodiscard]] std::string missed_notice() const;
  [[nodiscard]] tcp::ConnectionId id() const { return id_; }
  [[nodiscard]] Host& host() const { return host_; }
  [[nodiscard]] std::uint32_t life() const { return life_; }
  [[nodiscard]] std::string progress() const;

 private:
  [[nodiscard]] EndHistory& mine() { return history_.ends[me_]; }
  [[nodiscard]] const EndHistory& mine() const { return history_.ends[me_]; }
  [[nodiscard]] const EndHistory& peers() const { return history_.ends[1 - me_]; }
  [[nodiscard]] bool wants_to_write() const;
  [[nodiscard]] bool wants_to_break_off() const;
  bool step(Instant now);
  bool write_some(Instant now);
  bool read_some(Instant now);
  void take_octets(std::size_t count);
  void take_end();
  void take_error(std::errc error, const char* call, Instant now);
  void check_after_error(Instant now);
  void finish(Instant now);
  void close(Instant now);
  void toggle(Instant now);
  bool pauses(Instant now);
  void fail(std::string what);

  Host& host_;
  std::uint32_t life_;
  tcp::ConnectionId id_;
  const AppPlan plan_;
  std::size_t me_;
  Stream writes_;
  Stream reads_;
  TalkHistory& history_;
  const Climate& climate_;
  Dice dice_;
  Instant reads_from_;
  std::uint64_t spoilt_;
  std::vector<std::uint8_t> scratch_;
  bool may_write_ = true;
  bool may_read_ = true;
  bool is_calm_ = false;
  bool is_done_ = false;
  Instant paused_until_{};
  std::string problem_;
};

}  // namespace fourtuple::simulate
