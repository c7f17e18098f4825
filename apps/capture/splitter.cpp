#include "apps/capture/splitter.hpp"

#include <algorithm>
#include <list>
#include <vector>

#include "apps/capture/decoded.hpp"
#include "apps/capture/fragments.hpp"
#include "apps/capture/recording.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/icmp_quotation.hpp"

namespace fourtuple::capture {
namespace {

// After this long a closed conversation has no more to say: both ends of TIME-WAIT, as most systems have it.
constexpr CaptureTime kQuietAfterClose = 2min;
// No conversation is longer; times beyond are a file's mistake, and would overflow where they are added to.
constexpr CaptureTime kLongestCapture = std::chrono::hours(24 * 3650);

// Both directions of a conversation have the same name.
FourTuple name_of(const Endpoint& a, const Endpoint& b) { return a < b ? FourTuple{a, b} : FourTuple{b, a}; }

}  // namespace

struct Splitter::Parts {
  struct Entry {
    FourTuple name;
    std::unique_ptr<Recording> recording;
    std::size_t octets = 0;  // as counted in octets_in_all
    bool is_closed = false;  // which of the two lists it is in
  };
  using Entries = std::list<Entry>;  // the one that was quiet longest first
  using Place = Entries::iterator;

  Parts(int link, const Limits& bounds, Give taker) : link_type(link), limits(bounds), give(std::move(taker)) {}

  void take(const CapturedFrame& captured);
  void take_ip(ByteView datagram, std::uint32_t cut);
  void take_fragment(const DecodedDatagram& datagram);
  void take_tcp(const DecodedSegment& segment);
  void take_icmp(const DecodedDatagram& datagram);
  void take_problem(const DecodedSegment& segment);
  void count_refused(Refusal refusal);

  Place place_for(const DecodedSegment& segment);
  Place open(const FourTuple& name, std::unique_ptr<Recording> recording);
  void touch(Place place);
  void give_out(Place place);
  void give_out_the_finished();
  void keep_within_limits(Place newest);

  int link_type;  // of frames that do not say
  Limits limits;
  Give give;
  CaptureCounters counters;
  Entries live;
  Entries closed;
  std::map<FourTuple, Place> by_name;
  Fragments fragments;
  std::size_t octets_in_all = 0;
  std::uint32_t next_stream = 0;
  std::optional<std::chrono::nanoseconds> first_time;
  CaptureTime now{};                // of the frame at hand, since the first
  std::optional<Refusal> wrapping;  // of the frame at hand: why it is shown only (IPv6, a tunnel)
};

void Splitter::Parts::count_refused(Refusal refusal) {
  ++counters.refused[static_cast<std::size_t>(refusal)];
  if (refusal == Refusal::kMalformed) ++counters.malformed_frames;
}

void Splitter::Parts::take(const CapturedFrame& captured) {
  ++counters.frames;
  if (!first_time) first_time = captured.time;
  now = std::clamp<CaptureTime>(captured.time - *first_time, CaptureTime{}, kLongestCapture);
  give_out_the_finished();
  const int link = captured.link_type >= 0 ? captured.link_type : link_type;
  if (!understands(link)) return count_refused(Refusal::kLinkType);
  const auto kept = static_cast<std::uint32_t>(captured.bytes.size());
  const std::uint32_t cut = std::max(captured.original_bytes, kept) - kept;
  const FoundDatagram found = find_datagram(link, captured.bytes);
  wrapping = found.refusal;
  if (!found.datagram.empty()) return take_ip(found.datagram, cut);
  if (!found.refusal) return void(++counters.other_frames);
  count_refused(*found.refusal == Refusal::kMalformed && cut != 0 ? Refusal::kSnaplen : *found.refusal);
}

void Splitter::Parts::take_ip(ByteView datagram, std::uint32_t cut) {
  const auto decoded = decode_ip(datagram, cut);
  if (!decoded) return count_refused(cut != 0 ? Refusal::kSnaplen : Refusal::kMalformed);
  switch (decoded->header.protocol) {
    case wire::ip_protocol::kTcp:
      ++counters.tcp_frames;
      return decoded->header.is_fragment() ? take_fragment(*decoded) : take_tcp(decode_tcp(*decoded));
    case wire::ip_protocol::kIcmp:
      return take_icmp(*decoded);
    default:
      ++counters.other_frames;
  }
}

void Splitter::Parts::take_fragment(const DecodedDatagram& datagram) {
  const auto whole = fragments.add(datagram);
  for (const DecodedSegment& lost : fragments.take_lost()) take_problem(lost);
  if (whole) take_tcp(decode_tcp(*whole));
}

void Splitter::Parts::take_problem(const DecodedSegment& segment) {
  count_refused(*segment.problem);
  // One that was damaged on its way was dropped by its receiver too.
  if (segment.facts.checksum == ChecksumState::kWrong) return;
  const auto found = by_name.find(name_of(segment.source, segment.destination));
  if (found != by_name.end()) {
    found->second->recording->refuse(*segment.problem, static_cast<std::uint32_t>(counters.frames));
  }
}

void Splitter::Parts::take_tcp(const DecodedSegment& segment) {
  if (segment.problem) return take_problem(segment);
  const Place place = place_for(segment);
  place->recording->add(segment, static_cast<std::uint32_t>(counters.frames), now);
  if (wrapping) place->recording->refuse(*wrapping, static_cast<std::uint32_t>(counters.frames));
  touch(place);
  keep_within_limits(place);
}

void Splitter::Parts::take_icmp(const DecodedDatagram& datagram) {
  const auto header = wire::IcmpHeader::parse(datagram.payload, false);
  if (!header || !header->is_error()) return void(++counters.other_frames);
  const auto quoted = wire::IcmpQuotation::parse(datagram.payload.subspan(wire::kIcmpHeaderSize));
  if (!quoted || quoted->header.protocol != wire::ip_protocol::kTcp) return void(++counters.other_frames);
  const Endpoint source{quoted->header.source, quoted->source_port};
  const Endpoint destination{quoted->header.destination, quoted->destination_port};
  const auto found = by_name.find(name_of(source, destination));
  if (found == by_name.end()) return void(++counters.other_frames);
  Recording& recording = *found->second->recording;
  const IcmpFrame message{.number = static_cast<std::uint32_t>(counters.frames),
                          .time = std::max(now, recording.last_activity()),
                          .to = recording.host_at(source),
                          .type = header->type,
                          .code = header->code,
                          .next_hop_mtu = header->next_hop_mtu(),
                          .quoted_seq = quoted->seq};
  if (!recording.add(message)) ++counters.errors_left_out;
}

Splitter::Parts::Place Splitter::Parts::place_for(const DecodedSegment& segment) {
  const FourTuple name = name_of(segment.source, segment.destination);
  const auto found = by_name.find(name);
  if (found == by_name.end()) return open(name, std::make_unique<Recording>(next_stream++, segment, limits));
  const Place place = found->second;
  if (place->recording->is_succeeded_by(segment)) {
    give_out(place);
    return open(name, std::make_unique<Recording>(next_stream++, segment, limits));
  }
  if (place->recording->answers_another_syn(segment)) {
    auto next = place->recording->split_off(next_stream++);
    give_out(place);
    return open(name, std::move(next));
  }
  return place;
}

Splitter::Parts::Place Splitter::Parts::open(const FourTuple& name, std::unique_ptr<Recording> recording) {
  ++counters.conversations;
  live.push_back({.name = name, .recording = std::move(recording)});
  const Place place = std::prev(live.end());
  by_name.emplace(name, place);
  return place;
}

// Brings an entry to the end of the list where it belongs now.
void Splitter::Parts::touch(Place place) {
  const std::size_t octets = place->recording->octets();
  octets_in_all += octets - place->octets;
  place->octets = octets;
  Entries& from = place->is_closed ? closed : live;
  place->is_closed = place->recording->is_closed();
  Entries& to = place->is_closed ? closed : live;
  to.splice(to.end(), from, place);
}

void Splitter::Parts::give_out(Place place) {
  octets_in_all -= place->octets;
  by_name.erase(place->name);
  const auto recording = std::move(place->recording);
  (place->is_closed ? closed : live).erase(place);
  give(recording->finish());
}

void Splitter::Parts::give_out_the_finished() {
  while (!closed.empty() && now - closed.front().recording->last_activity() > kQuietAfterClose) {
    give_out(closed.begin());
  }
}

// Whoever was quiet longest goes, the closed before those who may go on; never the one that is being talked in.
void Splitter::Parts::keep_within_limits(Place newest) {
  while (by_name.size() > 1 && (by_name.size() > limits.open_conversations || octets_in_all > limits.octets_in_all)) {
    Place quietest = closed.empty() || closed.begin() == newest ? live.begin() : closed.begin();
    if (quietest == live.end() || quietest == newest) return;
    if (!quietest->is_closed) quietest->recording->cut();
    give_out(quietest);
  }
}

Splitter::Splitter(int link_type, const Limits& limits, Give give)
    : parts_(std::make_unique<Parts>(link_type, limits, std::move(give))) {}
Splitter::~Splitter() = default;

void Splitter::take(const CapturedFrame& frame) { parts_->take(frame); }

void Splitter::finish() {
  parts_->fragments.finish();
  for (const DecodedSegment& lost : parts_->fragments.take_lost()) parts_->take_problem(lost);
  std::vector<Parts::Place> rest;
  for (const auto& [name, place] : parts_->by_name) rest.push_back(place);
  std::ranges::sort(rest, {}, [](Parts::Place place) { return place->recording->stream(); });
  for (const Parts::Place place : rest) parts_->give_out(place);
}

const CaptureCounters& Splitter::counters() const { return parts_->counters; }

}  // namespace fourtuple::capture
