#include "apps/simulate/town.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "apps/simulate/control_block.hpp"

namespace fourtuple::simulate {
namespace {

constexpr Port kFirstCaller = 20000;
constexpr Port kFirstMeeting = 40000;  // both ends of a simultaneous open
constexpr OwnerId kDoor = 1;           // the listener's owner; talks follow
constexpr Duration kTryAgain = 5s;     // an address that is still in TIME-WAIT
constexpr std::uint64_t kOctetsOfAnother = 1000;

OwnerId owner_of(std::size_t talk) { return 2 + talk; }

}  // namespace

Town::Town(const Plan& plan, Hosts hosts, WireObserver& observer, Instant begin)
    : plan_(plan), hosts_(hosts), observer_(observer), climate_(climate_of(plan)) {
  for (const TalkPlan& talk : plan.talks) plan_talk(talk, begin + talk.begin);
  for (int host = 0; host < 2; ++host) open_door(host, begin);
}

void Town::fail(const Talk* talk, std::string what) {
  if (!problem_.empty()) return;
  problem_ = std::move(what);
  blamed_ = talk;
}

void Town::plan_talk(const TalkPlan& plan, Instant begin) {
  const std::size_t number = talks_.size();
  Talk& talk = talks_.emplace_back();
  talk.plan = plan;
  talk.begin = begin;
  for (std::size_t host = 0; host < 2; ++host) talk.streams[host] = Stream(plan_.seed, number, host);
  const auto offset = static_cast<Port>(number);
  const bool again = plan.same_port && number != 0;
  talk.ports[plan.caller] = again ? talks_[number - 1].ports[plan.caller] : static_cast<Port>(kFirstCaller + offset);
  talk.ports[1U - plan.caller] = plan.opening == Opening::kNobodyThere ? kNobody : kListening;
  if (plan.opening == Opening::kSimultaneous) talk.ports.fill(static_cast<Port>(kFirstMeeting + offset));
  talk.history.was_refused = plan.opening == Opening::kNobodyThere;
}

void Town::open_door(int host, Instant now) {
  const HostPlan& plan = hosts_[index(host)]->plan();
  const auto listener = hosts_[index(host)]->call(now, [&](tcp::Layer& layer, tcp::Context& context) {
    const auto binding = layer.bind({IpAddress{}, kListening}, true, false, context);
    return layer.listen(*binding, plan.backlog, plan.options, kDoor);
  });
  doors_[index(host)] = {.listener = *listener};
}

// --- Beginning.

bool Town::is_over(const Talk& talk) const {
  const auto is_done = [](const std::unique_ptr<Application>& app) { return !app || app->is_done(); };
  return talk.has_begun && std::ranges::all_of(talk.apps, is_done);
}

bool Town::may_begin(std::size_t number, Instant now) const {
  const Talk& talk = talks_[number];
  if (talk.has_begun || talk.begin > now) return false;
  const bool waits = talk.plan.same_port && number != 0;
  return !waits || is_over(talks_[number - 1]);
}

void Town::begin_due(Instant now) {
  for (std::size_t i = 0; i < talks_.size(); ++i) {
    if (may_begin(i, now)) begin(i, now);
  }
}

void Town::begin(std::size_t number, Instant now) {
  Talk& talk = talks_[number];
  talk.has_begun = true;
  connect(number, talk.plan.caller, now);
  if (talk.plan.opening == Opening::kSimultaneous && talk.has_begun) connect(number, 1 - talk.plan.caller, now);
}

void Town::connect(std::size_t number, int host, Instant now) {
  Talk& talk = talks_[number];
  Host& caller = *hosts_[index(host)];
  const auto way = caller.stack().way_to(Host::address(1 - host));
  if (!way) return fail(&talk, "there is no way to the other host");
  const Endpoint local{way->source, talk.ports[index(host)]};
  const Endpoint remote{Host::address(1 - host), talk.ports[index(1 - host)]};
  const auto id = caller.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect(local, remote, way->path, caller.plan().options, owner_of(number), context);
  });
  if (id) {
    observer_.expect(talk.ports, talk.streams);
    return enter(number, host, *id, now);
  }
  const bool is_taken = id.error() == std::errc::address_not_available && talk.plan.same_port;
  if (!is_taken) return fail(&talk, "cannot connect: " + std::make_error_code(id.error()).message());
  talk.has_begun = false;
  talk.begin = now + kTryAgain;
}

void Town::enter(std::size_t number, int host, tcp::ConnectionId id, Instant now) {
  Talk& talk = talks_[number];
  const bool spoils = plan_.mode == Mode::kCanary && number == 0 && host == 1;
  talk.ids[index(host)] = id;
  talk.lives[index(host)] = hosts_[index(host)]->life();
  const Application::Birth birth{.host = *hosts_[index(host)],
                                 .id = id,
                                 .plan = talk.plan.apps[index(host)],
                                 .streams = talk.streams,
                                 .history = talk.history,
                                 .climate = climate_,
                                 .dice = Dice(plan_.seed + number * 2 + index(host), "application"),
                                 .now = now,
                                 .spoilt = spoils ? talk.plan.apps[0].write / 2 : kForever};
  talk.apps[index(host)] = std::make_unique<Application>(birth);
  if (is_calm_) talk.apps[index(host)]->calm_down();
}

// --- Accepting.

void Town::accept_due(int host, Instant now) {
  Door& door = doors_[index(host)];
  while (door.accept_at <= now) {
    accept(host, now);
    const bool more = hosts_[index(host)]->tcp().acceptable(door.listener) != 0;
    const Duration pause = is_calm_ ? Duration{} : hosts_[index(host)]->plan().accepts_after;
    door.accept_at = more ? now + pause : kNever;
  }
}

Town::Talk* Town::talk_of(int host, const FourTuple& name) {
  for (auto talk = talks_.rbegin(); talk != talks_.rend(); ++talk) {
    const bool fits = talk->has_begun && talk->ports[index(host)] == name.local.port &&
                      talk->ports[index(1 - host)] == name.remote.port;
    if (fits) return &*talk;
  }
  return nullptr;
}

void Town::accept(int host, Instant now) {
  Host& server = *hosts_[index(host)];
  const auto id = server.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.accept(doors_[index(host)].listener, context);
  });
  if (!id) return;
  const tcp::Connection* const connection = server.tcp().inspect(*id);
  Talk* const talk = connection == nullptr ? nullptr : talk_of(host, connection->name());
  if (talk == nullptr) return fail(nullptr, "a connection was accepted that nobody asked for");
  if (talk->history.ends[index(host)].is_there) return turn_away(host, *id, now);
  std::size_t number = 0;
  while (&talks_[number] != talk) ++number;
  server.call(now, [&](tcp::Layer& layer, tcp::Context&) { return layer.set_owner(*id, owner_of(number)), 0; });
  enter(number, host, *id, now);
}

// An old SYN has come late, and even completed: the second of two that are one.
void Town::turn_away(int host, tcp::ConnectionId id, Instant now) {
  hosts_[index(host)]->call(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.abort(id, context), 0; });
}

// --- Going on.

Instant Town::act(Instant now) {
  begin_due(now);
  Instant wanted = kNever;
  for (int host = 0; host < 2; ++host) {
    accept_due(host, now);
    wanted = std::min(wanted, doors_[index(host)].accept_at);
  }
  for (Talk& talk : talks_) {
    if (!talk.has_begun && (!talk.plan.same_port || talk.begin > now)) wanted = std::min(wanted, talk.begin);
    for (auto& app : talk.apps) {
      if (!app || app->is_done()) continue;
      wanted = std::min(wanted, app->act(now));
      if (!app->problem().empty()) fail(&talk, app->problem());
    }
  }
  return wanted;
}

void Town::look(Instant now) {
  ++looks_;
  for (int host = 0; host < 2; ++host) {
    hand_out_notices(host, now);
    look_at_all(host, now);
    check_storm(host);
  }
  judge_resets();
}

void Town::hand_out_notices(int host, Instant now) {
  Host& told = *hosts_[index(host)];
  told.stack().swap_notices(notices_);
  for (const Notice& notice : notices_) {
    Door& door = doors_[index(host)];
    if (notice.owner == kDoor && door.accept_at == kNever) {
      door.accept_at = now + (is_calm_ ? Duration{} : told.plan().accepts_after);
    }
    const std::size_t number = notice.owner - owner_of(0);
    if (notice.owner == kDoor || number >= talks_.size() || !talks_[number].apps[index(host)]) continue;
    talks_[number].apps[index(host)]->on_notice(notice.changed);
  }
}

void Town::look_at_all(int host, Instant now) {
  const auto touched = hosts_[index(host)]->touch().take_touched();
  if (touched.empty()) return;
  for (Talk& talk : talks_) {
    if (!talk.ids[index(host)] || talk.is_gone[index(host)]) continue;
    const tcp::Connection* const connection = hosts_[index(host)]->tcp().inspect(talk.ids[index(host)]);
    if (connection == nullptr) {
      talk.is_gone[index(host)] = true;
      watches_[index(host)].forget(talk.ids[index(host)]);
      continue;
    }
    if (std::ranges::find(touched, connection->number()) != touched.end()) look_at(talk, host, now);
  }
}

void Town::look_at(Talk& talk, int host, Instant now) {
  const Host& here = *hosts_[index(host)];
  const tcp::Connection& connection = *here.tcp().inspect(talk.ids[index(host)]);
  const char* wrong = watches_[index(host)].look(here, connection, &talk.history.ends[index(host)], now);
  if (wrong != nullptr) return fail(&talk, fmt::format("host {}: {}", here.letter(), wrong));
  const auto& app = talk.apps[index(host)];
  if (const std::string missed = app->missed_notice(); !missed.empty()) fail(&talk, missed);
  if (!talk.ids[index(1 - host)] || talk.is_gone[index(1 - host)]) return;
  const tcp::Connection* const other = hosts_[index(1 - host)]->tcp().inspect(talk.ids[index(1 - host)]);
  if (other == nullptr || connection.tcb().rcv.irs != other->tcb().snd.iss) return;
  wrong = disagreement(connection, *other);
  if (wrong == nullptr) wrong = disagreement(*other, connection);
  if (wrong != nullptr) fail(&talk, wrong);
}

// Each RST that the wire does not explain must be explained by what somebody did.
void Town::judge_resets() {
  for (const auto& reset : observer_.take_unexplained_resets()) {
    const auto talk = std::find_if(talks_.rbegin(), talks_.rend(),
                                   [&](const Talk& each) { return each.ports == reset.ports && each.has_begun; });
    if (talk == talks_.rend() || climate_.evicts || climate_.gives_up_soon || talk->history.was_refused) continue;
    const auto explains = [](const EndHistory& end) { return end.broke_off || end.is_gone || end.error.has_value(); };
    if (!std::ranges::any_of(talk->history.ends, explains))
      fail(&*talk, fmt::format("host {} sent a RST without a cause", reset.from == 0 ? 'a' : 'b'));
  }
}

// No bare ACK without something that came, a timer, or a call. [an ACK for each segment, and no war of them]
void Town::check_storm(int host) {
  constexpr std::uint64_t kSlack = 8;
  Host& here = *hosts_[index(host)];
  const std::uint64_t causes = here.tcp().counters().segments_received + here.touch().timers_fired() + here.calls();
  if (observer_.bare_acks_from(host) - acks_before_life_[index(host)] > causes + kSlack) {
    fail(nullptr, fmt::format("host {} sends ACKs that nothing has caused", here.letter()));
  }
}

// --- Turns of fate.

void Town::calm_down() {
  is_calm_ = true;
  for (Talk& talk : talks_) {
    for (auto& app : talk.apps) {
      if (app) app->calm_down();
    }
  }
  for (int host = 0; host < 2; ++host) {
    if (hosts_[index(host)]->tcp().acceptable(doors_[index(host)].listener) != 0)
      doors_[index(host)].accept_at = Instant{};
  }
}

bool Town::has_nothing_to_say(std::size_t host, tcp::ConnectionId id) const {
  const auto status = hosts_[host]->tcp().status(id);
  return status && status->unacknowledged_bytes == 0;
}

bool Town::end_the_hopeless(Instant now) {
  bool any = false;
  for (Talk& talk : talks_) {
    for (std::size_t host = 0; host < 2; ++host) {
      const EndHistory& other = talk.history.ends[1 - host];
      // A half-open connection is found out by the one who speaks; who has nothing to say waits for ever.
      // [RFC9293 3.5.1]
      const bool is_half_open = !talk.apps[1 - host] && talk.ids[host] && has_nothing_to_say(host, talk.ids[host]);
      const bool other_is_lost = other.broke_off || other.is_gone || other.error || is_half_open;
      if (!talk.apps[host] || talk.apps[host]->is_done() || !other_is_lost) continue;
      talk.apps[host]->break_off(now);
      any = true;
    }
  }
  return any;
}

void Town::on_reboot(int host, Instant now) {
  observer_.allow_all_resets();
  watches_[index(host)].forget_all();
  acks_before_life_[index(host)] = observer_.bare_acks_from(host);
  for (Talk& talk : talks_) {
    if (!talk.ids[index(host)]) continue;
    talk.is_gone[index(host)] = talk.history.ends[index(host)].is_gone = true;
    if (talk.apps[index(host)] && !talk.apps[index(host)]->is_done()) talk.apps[index(host)]->vanish();
  }
  for (Talk& talk : talks_) {
    if (talk.has_begun && !talk.history.ends[index(host)].is_there) talk.history.ends[index(host)].is_gone = true;
  }
  open_door(host, now);
}

void Town::open_another(Instant now) {
  TalkPlan plan;
  for (AppPlan& app : plan.apps) app.write = kOctetsOfAnother;
  plan_talk(plan, now);
}

void Town::close_listeners(Instant now) {
  for (int host = 0; host < 2; ++host) {
    hosts_[index(host)]->call(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.close(doors_[index(host)].listener, context), 0;
    });
  }
  observer_.allow_all_resets();  // a FIN that is repeated after the other end's TIME-WAIT finds nobody there
}

// --- What can be said about it.

bool Town::is_done() const {
  return std::ranges::all_of(talks_, [this](const Talk& talk) { return is_over(talk); });
}

std::uint64_t Town::progress() const {
  std::uint64_t sum = 0;
  for (const Talk& talk : talks_) {
    sum += talk.has_begun ? 1U : 0U;
    for (const EndHistory& end : talk.history.ends) {
      sum += end.written + end.read + (end.is_there ? 1U : 0U) + (end.sent_end ? 1U : 0U) + (end.saw_end ? 1U : 0U) +
             (end.is_closed ? 1U : 0U);
    }
  }
  return sum;
}

std::uint64_t Town::hash() const {
  std::uint64_t sum = 0;
  for (const Talk& talk : talks_) {
    for (const EndHistory& end : talk.history.ends) {
      sum = sum * 31 + end.written * 7 + end.read * 3 + static_cast<std::uint64_t>(end.error.value_or(std::errc{}));
    }
  }
  return sum;
}

std::string Town::progress_text() const {
  std::string text;
  for (const Talk& talk : talks_) {
    if (is_over(talk)) continue;
    text += fmt::format("\n  talk of ports {} and {}:", talk.ports[0], talk.ports[1]);
    if (!talk.has_begun) text += " has not begun";
    for (const auto& app : talk.apps) text += app ? " [" + app->progress() + "]" : " [nobody]";
  }
  return text;
}

std::string Town::control_blocks(Instant now) const {
  const Talk* shown = blamed_;
  for (const Talk& talk : talks_) {
    if (shown == nullptr && !is_over(talk)) shown = &talk;
  }
  if (shown == nullptr && !talks_.empty()) shown = &talks_.front();
  if (shown == nullptr) return {};
  std::string text;
  for (int host = 0; host < 2; ++host) {
    text += fmt::format("host {}: ", hosts_[index(host)]->letter());
    const auto id = shown->is_gone[index(host)] ? tcp::ConnectionId{} : shown->ids[index(host)];
    const tcp::Connection* const connection = id ? hosts_[index(host)]->tcp().inspect(id) : nullptr;
    text += connection == nullptr ? "no connection" : control_block(*connection, hosts_[index(host)]->local(now));
    text += "\n";
  }
  return text;
}

}  // namespace fourtuple::simulate
