// Everybody who talks: opens and accepts connections when the plan says so, lets the applications act, hands out the
// stacks' notices, and looks at what happened to each connection.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "apps/simulate/application.hpp"
#include "apps/simulate/watch.hpp"
#include "apps/simulate/wire_observer.hpp"

namespace fourtuple::simulate {

class Town {
 public:
  using Hosts = std::array<Host*, 2>;
  static constexpr Port kListening = 7000;
  static constexpr Port kNobody = 9;

  Town(const Plan& plan, Hosts hosts, WireObserver& observer, Instant begin);

  // Opens, accepts, says and reads what is due; answers when it wants to be called again whatever happens.
  Instant act(Instant now);
  // After anything happened in a stack: tells the applications, and looks at the connections.
  void look(Instant now);

  void calm_down();
  // Those whose other end is lost end now. Answers whether there was one.
  bool end_the_hopeless(Instant now);
  void on_reboot(int host, Instant now);
  // One more talk, after all others: a short one.
  void open_another(Instant now);
  void close_listeners(Instant now);

  // All talks have begun, and all applications are done.
  [[nodiscard]] bool is_done() const;
  // Grows whenever anybody gets anywhere.
  [[nodiscard]] std::uint64_t progress() const;
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::string progress_text() const;
  // The control blocks of the talk that the problem is about, or of the first that is not done.
  [[nodiscard]] std::string control_blocks(Instant now) const;
  // Over all that applications wrote, read and were told.
  [[nodiscard]] std::uint64_t hash() const;

 private:
  [[nodiscard]] bool has_nothing_to_say(std::size_t host, tcp::ConnectionId id) const;
  struct Talk {
    TalkPlan plan;
    WireObserver::Ports ports{};
    std::array<Stream, 2> streams;
    Instant begin{};
    bool has_begun = false;
    TalkHistory history;
    std::array<std::unique_ptr<Application>, 2> apps;  // by host
    std::array<tcp::ConnectionId, 2> ids;
    std::array<std::uint32_t, 2> lives{};  // of the hosts, when it got there
    std::array<bool, 2> is_gone{};         // the connection is no more, at that host
  };
  struct Door {
    tcp::ListenerId listener;
    Instant accept_at = kNever;
  };

  static std::size_t index(int host) { return static_cast<std::size_t>(host); }
  void plan_talk(const TalkPlan& plan, Instant begin);
  void open_door(int host, Instant now);
  void begin_due(Instant now);
  void begin(std::size_t number, Instant now);
  [[nodiscard]] bool may_begin(std::size_t number, Instant now) const;
  [[nodiscard]] bool is_over(const Talk& talk) const;
  void connect(std::size_t number, int host, Instant now);
  void accept_due(int host, Instant now);
  void accept(int host, Instant now);
  void turn_away(int host, tcp::ConnectionId id, Instant now);
  [[nodiscard]] Talk* talk_of(int host, const FourTuple& name);
  void enter(std::size_t number, int host, tcp::ConnectionId id, Instant now);
  void hand_out_notices(int host, Instant now);
  void look_at(Talk& talk, int host, Instant now);
  void look_at_all(int host, Instant now);
  void judge_resets();
  void check_storm(int host);
  void fail(const Talk* talk, std::string what);

  const Plan& plan_;
  Hosts hosts_;
  WireObserver& observer_;
  Climate climate_;
  std::deque<Talk> talks_;
  std::array<Door, 2> doors_;
  std::array<Watch, 2> watches_;
  std::array<std::uint64_t, 2> acks_before_life_{};
  std::vector<Notice> notices_;
  std::uint64_t looks_ = 0;
  bool is_calm_ = false;
  const Talk* blamed_ = nullptr;
  std::string problem_;
};

}  // namespace fourtuple::simulate
