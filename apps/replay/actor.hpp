// The application on our stack: makes the planned calls, and reads what comes.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "apps/replay/application.hpp"
#include "apps/replay/expected_stream.hpp"
#include "apps/replay/stand_in.hpp"

namespace fourtuple::replay {

class Actor {
 public:
  Actor(StandIn& stand_in, const ApplicationPlan& plan, ExpectedStream expected);

  // Listens where the plan does; nobody can know when the recorded host began to.
  void begin(Instant now);
  // A call's time has come. It waits for those before it, and for a connection.
  void make(const PlannedCall& call, Instant now);
  // Does what has become possible: accepts, reads, goes on with calls that wait.
  void act(Instant now);
  // The connection is gone, and the host knows nothing of it.
  void forget(Instant now);

  // The calls that were made; to take away in the end.
  [[nodiscard]] std::vector<judge::Call>& made() { return made_; }
  // Octets that our stack has taken to send.
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] std::uint64_t octets_read() const { return read_; }
  // What it read was what the other host sent.
  [[nodiscard]] bool stream_is_whole() const { return is_whole_; }

 private:
  void listen(Instant now);
  void connect(Instant now);
  void accept(Instant now);
  bool carry_out(PlannedCall& call, Instant now);
  bool write(PlannedCall& call, Instant now);
  bool write_rest(Instant now);
  void set_option(const PlannedCall& call, Instant now);
  void shut_down(Instant now);
  void let_go(judge::Call::Kind kind, Instant now);
  void plan_reads(std::uint64_t octets);
  void read(Instant now);
  [[nodiscard]] std::size_t read_limit() const;
  void note(judge::Call::Kind kind, Instant now, std::uint64_t octets = 0);

  StandIn& stand_in_;
  const ApplicationPlan& plan_;
  ExpectedStream expected_;
  tcp::ConnectionOptions options_;
  std::optional<tcp::ListenerId> listener_;
  std::optional<tcp::ConnectionId> connection_;
  std::deque<PlannedCall> waiting_;
  std::vector<judge::Call> made_;
  std::vector<std::uint8_t> scratch_;
  std::size_t written_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t may_read_ = 0;     // of planned reads
  bool reads_as_planned_ = false;  // else at once
  bool is_whole_ = true;
  bool has_let_go_ = false;
};

}  // namespace fourtuple::replay
