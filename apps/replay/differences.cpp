#include <algorithm>
#include <fmt/format.h>

#include "apps/counted.hpp"
#include "apps/replay/comparison.hpp"

namespace fourtuple::replay {
namespace {

Detail allowed(std::string name, std::string_view clause, std::string sentence, std::string hint) {
  Detail detail;
  detail.verdict = Verdict::kDiverged;
  detail.party = Party::kOurs;
  detail.clause = clause;
  detail.name = std::move(name);
  detail.sentence = std::move(sentence);
  detail.hint = std::move(hint);
  return detail;
}

void point_at(Detail& detail, const Emission* ours, const Emission* recorded) {
  if (ours != nullptr) detail.our_segment = ours->index;
  if (recorded != nullptr) detail.recorded_frame = recorded->index;
}

const Emission* with_fin(const Emissions& emissions) {
  const auto at = std::find_if(emissions.all.begin(), emissions.all.end(),
                               [](const Emission& emission) { return emission.segment->flags.fin(); });
  return at == emissions.all.end() ? nullptr : &*at;
}

const Emission* first_reset(const Emissions& emissions) {
  return emissions.reset ? &emissions.all[*emissions.reset] : nullptr;
}

// Every octet that we sent stands in the stream at its place.
void compare_octets(const Comparison& comparison, std::vector<Detail>& details) {
  for (const Emission& emission : comparison.ours.all) {
    const ByteView octets = emission.segment->payload;
    if (octets.empty()) continue;
    const StreamOffset begin = emission.begin - (emission.segment->flags.syn() ? 0 : 1);
    const bool inside = begin >= 0 && begin + std::ssize(octets) <= std::ssize(comparison.stream);
    if (inside && std::equal(octets.begin(), octets.end(), comparison.stream.begin() + begin)) continue;
    Detail detail = allowed("other-octets", "RFC9293 3.4",
                            fmt::format("our octets {}:{} are not those that the application wrote", begin + 1,
                                        begin + 1 + std::ssize(octets)),
                            "the send queue or the segmenter has lost its place");
    detail.verdict = Verdict::kViolationMust;  // no rule has to be known to see it
    detail.our_segment = emission.index;
    details.push_back(std::move(detail));
    return;
  }
}

void compare_read_octets(const Comparison& comparison, std::vector<Detail>& details) {
  if (comparison.performance.stream_is_whole) return;
  Detail detail =
      allowed("other-octets-read", "RFC9293 3.4", "what our application read is not what the other host sent",
              "reassembly or the receive queue has lost its place");
  detail.verdict = Verdict::kViolationMust;
  details.push_back(std::move(detail));
}

void compare_amounts(const Comparison& comparison, std::vector<Detail>& details) {
  const StreamOffset ours = comparison.ours.data_end;
  const StreamOffset recorded = comparison.recorded.data_end;
  if (comparison.performance.ending == Ending::kStalled || ours == recorded) return;
  const bool less = ours < recorded;
  details.push_back(allowed(less ? "sent-less" : "sent-more", "RFC9293 3.8.6",
                            fmt::format("we sent {} octets, the recorded host {}", ours - 1, recorded - 1),
                            less ? "the conversation ended, or the window stayed shut, before the rest could leave"
                                 : "our window or congestion window was wider when the conversation ended"));
}

void compare_fins(const Comparison& comparison, std::vector<Detail>& details) {
  if (comparison.ours.fin == comparison.recorded.fin || comparison.performance.ending == Ending::kStalled) return;
  std::string sentence = fmt::format("our FIN stands at {}, the recorded one at {}", comparison.ours.fin.value_or(0),
                                     comparison.recorded.fin.value_or(0));
  std::string name = "fin-elsewhere";
  if (!comparison.ours.fin) {
    name = "no-fin";
    sentence = "the recorded host sent a FIN, we did not";
  } else if (!comparison.recorded.fin) {
    name = "fin-by-us";
    sentence = "we sent a FIN, the recorded host did not";
  }
  Detail detail = allowed(std::move(name), "RFC9293 3.6", std::move(sentence),
                          "one of the two was reset, or aborted, before it came to closing");
  point_at(detail, with_fin(comparison.ours), with_fin(comparison.recorded));
  details.push_back(std::move(detail));
}

bool is_same_reset(const Emission& ours, const Emission& recorded) {
  return ours.begin == recorded.begin &&
         (!ours.segment->flags.ack() || !recorded.segment->flags.ack() || ours.ack == recorded.ack);
}

void compare_resets(const Comparison& comparison, std::vector<Detail>& details) {
  const Emission* ours = first_reset(comparison.ours);
  const Emission* recorded = first_reset(comparison.recorded);
  if (comparison.performance.ending == Ending::kStalled || (ours == nullptr && recorded == nullptr)) return;
  if (ours != nullptr && recorded != nullptr && is_same_reset(*ours, *recorded)) return;
  Detail detail = allowed("reset-elsewhere", "RFC9293 3.5.2", "our RST has other numbers than the recorded one",
                          "what was in flight or read at that moment was not the same");
  if (recorded == nullptr) {
    detail.name = "reset-by-us";
    detail.sentence = "we sent a RST, the recorded host did not";
    detail.hint = "the recorded application may have read on, or the recording ends too early to show it";
  } else if (ours == nullptr) {
    detail.name = "no-reset";
    detail.sentence = "the recorded host sent a RST, we did not";
    detail.hint = "its application or its host went away in a way that no segment shows";
  }
  point_at(detail, ours, recorded);
  details.push_back(std::move(detail));
}

// Those of another incarnation, or of a forger, begin elsewhere.
std::size_t syns_of(const Emissions& emissions) {
  return static_cast<std::size_t>(
      std::count_if(emissions.all.begin(), emissions.all.end(),
                    [](const Emission& emission) { return emission.segment->flags.syn() && emission.begin == 0; }));
}

void compare_openings(const Comparison& comparison, std::vector<Detail>& details) {
  if (comparison.ours.all.empty() || comparison.recorded.all.empty()) return;
  const Emission& ours = comparison.ours.all.front();
  const Emission& recorded = comparison.recorded.all.front();
  if (recorded.segment->flags.ece() && !ours.segment->flags.ece()) {
    Detail detail = allowed("no-ecn", "RFC9293 SHLD-8", "the recorded host negotiates ECN, we do not",
                            "whether to speak it is each host's own choice");
    point_at(detail, &ours, &recorded);
    details.push_back(std::move(detail));
  }
  if (syns_of(comparison.ours) != syns_of(comparison.recorded)) {
    details.push_back(allowed("other-number-of-syns", "RFC9293 MUST-23",
                              fmt::format("our SYN left {} times, the recorded one {} times", syns_of(comparison.ours),
                                          syns_of(comparison.recorded)),
                              "how long an opening is tried is each host's own choice from three minutes on"));
  }
}

void tell_artefacts(const Comparison& comparison, std::vector<Detail>& details) {
  const auto& segments = comparison.performance.segments;
  const auto first =
      std::find_if(segments.begin(), segments.end(), [](const OurSegment& ours) { return ours.ack_lag; });
  if (first == segments.end()) return;
  const auto count = std::count_if(first, segments.end(), [](const OurSegment& ours) { return ours.ack_lag; });
  Detail detail = allowed("ack-lag", "RFC6298 5",
                          apps::counted(count, "segment") + " left again because a recorded acknowledgment came late",
                          "an artefact of replaying: we sent earlier than the recorded host; --elastic-acks avoids it");
  detail.our_segment = static_cast<std::size_t>(first - segments.begin());
  details.push_back(std::move(detail));
}

void tell_synthetic_acks(const Comparison& comparison, std::vector<Detail>& details) {
  const auto& deliveries = comparison.performance.deliveries;
  const auto count = std::count_if(deliveries.begin(), deliveries.end(),
                                   [](const Delivery& delivery) { return delivery.is_synthetic; });
  if (count == 0) return;
  details.push_back(
      allowed("elastic-acks", "RFC5681 3.1",
              apps::counted(count, "acknowledgment") + " had to be added, or we would have waited for ever",
              "our congestion window was narrower than the recorded host's, whose acknowledgments came "
              "in larger steps"));
}

void tell_adaptations(const Comparison& comparison, std::vector<Detail>& details) {
  for (const Adaptation& adaptation : comparison.performance.adaptations) {
    details.push_back(allowed("adapted", adaptation.clause, adaptation.sentence, std::string(adaptation.hint)));
  }
}

void tell_ending(const Comparison& comparison, std::vector<Detail>& details) {
  const Performance& performance = comparison.performance;
  if (performance.ending != Ending::kEarly) return;
  details.push_back(
      allowed("ended-early", "RFC9293 3.6",
              "our connection was over with " + apps::counted(performance.undelivered, "recorded frame") + " left",
              "see what ended it: a reset of ours, a timeout, or a recorded reset that the recorded host ignored"));
}

}  // namespace

std::vector<Detail> differences(const Comparison& comparison) {
  std::vector<Detail> details;
  compare_octets(comparison, details);
  compare_read_octets(comparison, details);
  compare_openings(comparison, details);
  compare_amounts(comparison, details);
  compare_fins(comparison, details);
  compare_resets(comparison, details);
  compare_reactions(comparison, details);
  tell_artefacts(comparison, details);
  tell_synthetic_acks(comparison, details);
  tell_adaptations(comparison, details);
  tell_ending(comparison, details);
  return details;
}

}  // namespace fourtuple::replay
