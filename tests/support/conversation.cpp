#include "tests/support/conversation.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <utility>

#include "tests/support/initial_sequence.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::test {
namespace {

constexpr FourTuple kFirstName{{Conversation::kOurAddress, Conversation::kOurPort},
                               {Conversation::kPeerAddress, Conversation::kPeerPort}};
constexpr SeqNum kOurFirstSequence{0xffffff00};
constexpr SeqNum kPeersFirstSequence{0xffffff80};
constexpr std::uint32_t kPeersFirstTimestamp = 0xffffff80;

tcp::TcpConfig checked(tcp::TcpConfig config) {
  config.check_invariants = true;
  return config;
}

}  // namespace

Conversation::Conversation(const ConversationSetup& setup)
    : path_(setup.path),
      begin_(begin_for_initial_sequence(checked(setup.config), setup.seed, kFirstName, kOurFirstSequence,
                                        Instant{std::chrono::hours(1)})),
      now_(begin_),
      random_(RandomSource::from_seed(setup.seed)),
      layer_(checked(setup.config), random_),
      story_(begin_),
      judge_(simulate::judge_of_ours(setup.config)) {
  sinks_.add(story_);
  sinks_.add(judge_);
  talk_to(kPeerPort);
}

Conversation::~Conversation() {
  if (!ignore_rest_) quiet(Where{__FILE__, __LINE__});
}

Peer& Conversation::talk_to(Port port, Ipv4Address address) {
  const Endpoint remote{address, port};
  const auto [position, is_new] =
      peers_.try_emplace(remote, FourTuple{kFirstName.local, remote}, kPeersFirstSequence, kPeersFirstTimestamp);
  peer_ = &position->second;
  return *peer_;
}

void Conversation::begin_again(std::uint32_t gap) { peer_->begin_again(peer_->initial() + gap); }

Peer* Conversation::peer_of(const FourTuple& name) {
  const auto position = peers_.find(name.remote);
  return position == peers_.end() || position->second.name() != name ? nullptr : &position->second;
}

void Conversation::fail(const std::string& what, Where where) {
  if (std::exchange(failed_, true)) return;
  ADD_FAILURE_AT(where.file, where.line) << what << "\nThe story so far (milliseconds):\n" << story_.text();
}

// --- Doors.

void Conversation::settle(Where where) {
  collect();
  for (int rounds = 0; layer_.next_deadline() <= now_; ++rounds) {
    if (rounds == 1000) return fail("advance() makes no progress: the next deadline stays in the past", where);
    tcp::Context context{now_, random_, {&sinks_, now_}, outbox_};
    layer_.advance(context);
    collect();
  }
  if (const char* broken = layer_.broken_invariant()) fail(fmt::format("broken invariant: {}", broken), where);
  if (const std::string broken = judge_.first(); !broken.empty()) fail("broken rule: " + broken, where);
}

void Conversation::collect() {
  for (const auto& segment : outbox_.segments) keep(segment);
  for (const auto& notice : outbox_.notices) readiness_[notice.owner] |= notice.changed.bits;
  outbox_.segments.clear();
  outbox_.notices.clear();
}

// Cuts a super-segment as a device would, so that scripts always show what is on the wire.
void Conversation::keep(const tcp::OutSegment& segment) {
  std::vector<std::uint8_t> octets;
  for (std::size_t i = 0; i < segment.piece_count; ++i) {
    octets.insert(octets.end(), segment.pieces[i].begin(), segment.pieces[i].end());
  }
  if (octets.size() != segment.payload_bytes) fail("payload_bytes is not the sum of the pieces", Where::here());
  const std::size_t step = segment.gso_size == 0 ? std::max<std::size_t>(octets.size(), 1) : segment.gso_size;
  std::size_t begin = 0;
  do {
    const std::size_t end = std::min(begin + step, octets.size());
    Sent sent{now_,
              segment.name,
              segment.header,
              {octets.begin() + static_cast<std::ptrdiff_t>(begin), octets.begin() + static_cast<std::ptrdiff_t>(end)},
              segment.cause,
              segment.ttl,
              segment.tos,
              segment.dont_fragment,
              segment.gso_size != 0};
    sent.header.seq = segment.header.seq + static_cast<std::uint32_t>(begin);
    constexpr std::uint8_t kLastOnly = TcpFlags::kFin | TcpFlags::kPsh;
    if (end < octets.size()) sent.header.flags.bits = static_cast<std::uint8_t>(sent.header.flags.bits & ~kLastOnly);
    if (Peer* const peer = peer_of(sent.name)) peer->learn(sent);
    story_.tell(now_, fmt::format("> {}  ({})", in_script_words(sent), name(sent.cause)));
    sent_.push_back(std::move(sent));
    begin = end;
  } while (begin < octets.size());
}

std::string Conversation::in_script_words(const Sent& sent) {
  const Peer* const peer = peer_of(sent.name);
  const auto words = to_string((peer != nullptr ? *peer : *peer_).describe(sent));
  return peer == peer_ ? words : words + " to " + to_string(sent.name.remote);
}

// --- Segments.

void Conversation::say(std::string_view line, tcp::Context& context, Where where) {
  story_.tell(now_, fmt::format("< {}", line));
  const auto script = parse_script(line);
  if (!script) return fail(fmt::format("script \"{}\": {}", line, script.error()), where);
  auto segment = peer_->to_segment(*script);
  auto buffer = buffers_.copy(pattern(Direction::kPeers, peer_->stream_offset(*script), script->length));
  if (!buffer) return fail("no memory for a packet", where);
  segment.payload = std::as_const(*buffer).bytes();
  layer_.receive(peer_->name().local.address, peer_->name().remote.address, segment, std::move(*buffer), path_,
                 context);
}

void Conversation::in(std::string_view line, Where where) { in({line}, where); }

void Conversation::in(std::initializer_list<std::string_view> lines, Where where) {
  call(
      [&](tcp::Layer& layer, tcp::Context& context) {
        for (const auto line : lines) say(line, context, where);
        layer.end_batch(context);
      },
      where);
}

void Conversation::report(tcp::NetworkReport::Kind kind, std::errc error, std::int64_t quoted_seq,
                          std::uint16_t send_mss, Where where) {
  const tcp::NetworkReport report{kind, error, send_mss, peer_->our_initial() + static_cast<std::uint32_t>(quoted_seq)};
  story_.tell(now_, fmt::format("< report about {}", quoted_seq));
  call(
      [&](tcp::Layer& layer, tcp::Context& context) {
        layer.report(peer_->name(), report, context);
        layer.end_batch(context);
      },
      where);
}

void Conversation::check(const ScriptSegment& wanted, std::string_view line, Where where) {
  if (sent_.empty()) return fail(fmt::format("expected \"{}\", but nothing was sent", line), where);
  const Sent sent = std::move(sent_.front());
  sent_.pop_front();
  const auto difference = peer_->difference(wanted, sent);
  if (difference.empty()) return;
  fail(fmt::format("expected \"{}\"\n     got \"{}\": {}", line, in_script_words(sent), difference), where);
}

void Conversation::out(std::string_view line, Where where) {
  if (failed_) return;
  const auto script = parse_script(line);
  if (!script) return fail(fmt::format("script \"{}\": {}", line, script.error()), where);
  check(*script, line, where);
}

void Conversation::maybe(std::string_view line, Where where) {
  const auto script = parse_script(line);
  if (!script) return fail(fmt::format("script \"{}\": {}", line, script.error()), where);
  if (!sent_.empty() && peer_->difference(*script, sent_.front()).empty()) sent_.pop_front();
}

void Conversation::out_reset(std::int64_t seq, Where where) {
  if (failed_) return;
  const Sent sent = take(where);
  const auto script = peer_->describe(sent);
  if (!script.flags.rst() || script.seq != seq || sent.name != peer_->name()) {
    fail(fmt::format("expected a reset at {}, got \"{}\"", seq, in_script_words(sent)), where);
  }
}

void Conversation::after(Duration span, std::string_view line, Where where) {
  if (failed_) return;
  const Instant due = now_ + span;
  run_until(due - 1ms, where);
  if (!sent_.empty()) {
    fail(fmt::format("expected silence for {} before \"{}\", but \"{}\" was sent", span.count(), line,
                     in_script_words(sent_.front())),
         where);
  }
  while (sent_.empty() && layer_.next_deadline() <= due + 1ms) run_until(layer_.next_deadline(), where);
  out(line, where);
}

void Conversation::quiet(Where where) {
  if (sent_.empty()) return;
  fail(fmt::format("nobody expected \"{}\" ({})", in_script_words(sent_.front()), name(sent_.front().cause)), where);
}

void Conversation::quiet_for(Duration span, Where where) {
  quiet(where);
  advance(span, where);
  quiet(where);
}

Sent Conversation::take(Where where) {
  if (sent_.empty()) {
    fail("expected a segment, but nothing was sent", where);
    return {};
  }
  Sent sent = std::move(sent_.front());
  sent_.pop_front();
  return sent;
}

// --- Time.

void Conversation::run_until(Instant end, Where where) {
  for (Instant next = layer_.next_deadline(); next <= end; next = layer_.next_deadline()) {
    now_ = std::max(now_, next);
    settle(where);
    if (failed_) break;
  }
  now_ = std::max(now_, end);
}

void Conversation::advance(Duration span, Where where) { run_until(now_ + span, where); }

}  // namespace fourtuple::test
