#include "stack/judge/listener.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kFigure5Info{
    .name = "states-follow-figure-5",
    .clause = "RFC9293 3.3.2",
    .level = Level::kMust,
    .says = "A connection changes its state as figure 5 draws it.",
    .hint = "See what made the state change.",
};

// The arrows of RFC 9293 figure 5, but for those to CLOSED: an abort, a RST and every timeout lead there from anywhere.
constexpr std::array<std::pair<TcpState, TcpState>, 14> kArrows = {{
    {TcpState::kClosed, TcpState::kSynSent},
    {TcpState::kClosed, TcpState::kSynReceived},  // by way of LISTEN, which belongs to no connection
    {TcpState::kListen, TcpState::kSynReceived},
    {TcpState::kSynSent, TcpState::kSynReceived},
    {TcpState::kSynSent, TcpState::kEstablished},
    {TcpState::kSynReceived, TcpState::kEstablished},
    {TcpState::kSynReceived, TcpState::kFinWait1},
    {TcpState::kSynReceived, TcpState::kCloseWait},  // the segment that acknowledges the SYN has FIN, too
    {TcpState::kEstablished, TcpState::kFinWait1},
    {TcpState::kEstablished, TcpState::kCloseWait},
    {TcpState::kFinWait1, TcpState::kFinWait2},
    {TcpState::kFinWait1, TcpState::kClosing},
    {TcpState::kFinWait1, TcpState::kTimeWait},
    {TcpState::kFinWait2, TcpState::kTimeWait},
}};

bool is_arrow(TcpState from, TcpState to) {
  using enum TcpState;
  if (to == kClosed) return true;
  if (from == kClosing && to == kTimeWait) return true;
  if (from == kCloseWait && to == kLastAck) return true;
  return std::ranges::find(kArrows, std::pair(from, to)) != kArrows.end();
}

TracedSegment traced(const Segment& segment, Instant time, bool sent) {
  TracedSegment traced;
  traced.time = time;
  traced.sent = sent;
  traced.segment = segment;
  return traced;
}

// As a device would cut it: what ends the data stands on the last piece only.
void cut(const TracedSegment& whole, std::uint32_t step, Judge& judge) {
  constexpr std::uint8_t kLastOnly = TcpFlags::kFin | TcpFlags::kPsh;
  const std::uint32_t octets = whole.cut_octets;
  for (std::uint32_t begin = 0; begin < octets; begin += step) {
    TracedSegment piece = whole;
    piece.segment.seq = whole.segment.seq + begin;
    piece.cut_octets = std::min(step, octets - begin);
    if (begin + step < octets)
      piece.segment.flags.bits = static_cast<std::uint8_t>(piece.segment.flags.bits & ~kLastOnly);
    judge.take(piece);
  }
}

}  // namespace

void Listener::on_event(const trace::Event& event) {
  std::visit([&](const auto& body) { on(event, body); }, event.body);
}

void Listener::on(const trace::Event& event, const trace::SegmentReceived& received) {
  Heard* const heard = heard_of(event.connection, received.name);
  if (heard == nullptr) return;
  heard->judge.take(traced(received.segment, event.time, false));
  tell_new(event.connection, *heard);
}

void Listener::on(const trace::Event& event, const trace::SegmentSent& sent) {
  if (event.connection == 0) return judge_stray(event, sent);
  Heard* const heard = heard_of(event.connection, sent.name);
  if (heard == nullptr) return;
  TracedSegment whole = traced(sent.segment, event.time, true);
  whole.cut_octets = sent.payload_bytes - static_cast<std::uint32_t>(sent.segment.payload.size());
  if (sent.gso_size == 0 || whole.cut_octets <= sent.gso_size || !sent.segment.payload.empty()) {
    heard->judge.take(whole);
  } else {
    cut(whole, sent.gso_size, heard->judge);
  }
  tell_new(event.connection, *heard);
}

// Of those that belong to no connection the answer is judged. Where there was no room, nobody can tell from outside.
void Listener::on(const trace::Event& event, const trace::SegmentDropped& dropped) {
  const auto found = connections_.find(event.connection);
  using enum DropReason;
  const bool no_room =
      dropped.reason == kTcpOutOfOrderLimit || dropped.reason == kTcpNoBuffer || dropped.reason == kTcpBacklogFull;
  if (found != connections_.end() && no_room) found->second.judge.doubt();
  if (event.connection != 0) return;
  stray_ = traced(dropped.segment, event.time, false);
  stray_->cut_octets = static_cast<std::uint32_t>(dropped.segment.payload.size());
  stray_->segment.payload = {};
}

void Listener::judge_stray(const trace::Event& event, const trace::SegmentSent& reset) {
  if (!stray_) return;
  Judge judge(circumstances_of(reset.name), rules());
  judge.take(*stray_);
  judge.take(traced(reset.segment, event.time, true));
  for (const Finding& finding : judge.findings()) tell(0, reset.name, finding);
  stray_.reset();
}

void Listener::on(const trace::Event& event, const trace::StateChanged& changed) {
  if (is_arrow(changed.from, changed.to)) return;
  Finding finding;
  finding.rule = &kFigure5Info;
  finding.time = event.time;
  finding.sentence = fmt::format("from {} to {}", fourtuple::name(changed.from), fourtuple::name(changed.to));
  tell(event.connection, changed.name, finding);
}

void Listener::on(const trace::Event& event, const trace::ConnectionClosed&) {
  const auto found = connections_.find(event.connection);
  if (found == connections_.end()) return;
  found->second.judge.finish(event.time);
  tell_new(event.connection, found->second);
  // A new connection may bear the name already.
  const auto number = numbers_.find(found->second.judge.endpoint().circumstances().name);
  if (number != numbers_.end() && number->second == event.connection) numbers_.erase(number);
  connections_.erase(found);
}

void Listener::on_call(const FourTuple& name, const Call& call) {
  const auto number = numbers_.find(name);
  if (number == numbers_.end()) return;
  const auto found = connections_.find(number->second);
  if (found == connections_.end()) return;
  found->second.judge.take(call);
  tell_new(found->first, found->second);
}

Rules Listener::rules() const {
  Rules rules = all_rules();
  std::erase_if(rules, [&](const auto& rule) {
    return std::ranges::find(settings_.without, rule->info().name) != settings_.without.end();
  });
  return rules;
}

Circumstances Listener::circumstances_of(const FourTuple& name) const {
  Circumstances known;
  known.name = name;
  known.order_is_exact = true;
  known.calls_are_known = settings_.calls_are_known;
  return known;
}

Listener::Heard* Listener::heard_of(trace::ConnectionNumber connection, const FourTuple& name) {
  const auto found = connections_.find(connection);
  if (found != connections_.end()) return &found->second;
  if (connections_.size() >= kMaxConnections) return nullptr;
  numbers_[name] = connection;
  return &connections_.try_emplace(connection, circumstances_of(name), rules()).first->second;
}

void Listener::finish(Instant now) {
  for (auto& [number, heard] : connections_) {
    heard.judge.finish(now);
    tell_new(number, heard);
  }
  connections_.clear();
  numbers_.clear();
}

void Listener::tell(trace::ConnectionNumber connection, const FourTuple& name, const Finding& finding) {
  if (told_.size() >= kMaxTold) {
    ++left_out_;
    return;
  }
  told_.push_back({connection, name, finding});
}

void Listener::tell_new(trace::ConnectionNumber connection, Heard& heard) {
  const auto& findings = heard.judge.findings();
  for (; heard.taken < findings.size(); ++heard.taken)
    tell(connection, heard.judge.endpoint().circumstances().name, findings[heard.taken]);
}

std::string Listener::first() const {
  if (told_.empty()) return {};
  const Told& told = told_.front();
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(told.finding.time.time_since_epoch());
  return fmt::format("{} > {} at {} ms: {} [{}]: {}", to_string(told.name.local), to_string(told.name.remote),
                     time.count(), told.finding.rule->name, told.finding.rule->clause, told.finding.sentence);
}

}  // namespace fourtuple::judge
