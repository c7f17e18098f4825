// The page as a whole: what was replayed, how it ended, and each conversation with its pictures.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>

#include "apps/replay/page_parts.hpp"
#include "apps/replay/presentation.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

// A page of everything that a big capture holds could not be opened any more.
constexpr std::size_t kMostListed = 3000;
constexpr std::size_t kMostPictures = 60;
constexpr std::size_t kMostRowsDrawn = 6000;

std::string anchor_of(const Outcome& outcome, std::size_t index) {
  return fmt::format("c{}{}", index, outcome.role == capture::Host::kClient ? 'c' : 's');
}

std::string page_hosts(const Outcome& outcome) {
  const capture::Conversation& conversation = *outcome.conversation;
  return fmt::format("{} → {}", to_string(conversation.hosts[0]), to_string(conversation.hosts[1]));
}

bool shows_recorded(const Outcome& outcome) { return outcome.recorded > Verdict::kEquivalent; }

// Which outcomes get pictures: those with most to tell, as long as there is room.
std::vector<std::size_t> rows_granted(std::span<const Outcome> outcomes) {
  std::vector<std::size_t> order(outcomes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return outcomes[a].verdict > outcomes[b].verdict; });
  std::vector<std::size_t> granted(outcomes.size(), 0);
  std::size_t pictures = 0;
  std::size_t rows = kMostRowsDrawn;
  for (const std::size_t index : order) {
    if (outcomes[index].ours == Verdict::kNotReplayable && outcomes[index].details.empty()) continue;
    if (pictures++ == kMostPictures || rows < 50) break;
    const std::size_t wanted = outcomes[index].conversation->frames.size() * 2 + 20;
    granted[index] = std::min({wanted, rows, PageLimits{}.rows});
    rows -= granted[index];
  }
  return granted;
}

void write_verdicts(Markup& to, const Outcome& outcome) {
  write_chip(to, outcome.ours, in_words(outcome.ours, outcome.refusal));
  if (!shows_recorded(outcome)) return;
  to.element("span", {{"class", "recorded"}}, "recorded:");
  write_chip(to, outcome.recorded, name(outcome.recorded));
}

void write_counts(Markup& to, std::span<const Outcome> outcomes) {
  std::array<std::size_t, 7> counts{};
  for (const Outcome& outcome : outcomes) ++counts.at(static_cast<std::size_t>(outcome.ours));
  to.open("p", {{"class", "counts"}});
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto verdict = static_cast<Verdict>(i);
    if (counts.at(i) != 0) write_chip(to, verdict, fmt::format("{} {}", observe::grouped(counts.at(i)), name(verdict)));
  }
  to.close();
}

void write_index_row(Markup& to, const Outcome& outcome, std::size_t index, bool has_section) {
  to.open("tr");
  to.open("td");
  const std::string number = fmt::format("#{}", outcome.conversation->stream);
  if (has_section) {
    to.element("a", {{"href", "#" + anchor_of(outcome, index)}}, number);
  } else {
    to.text(number);
  }
  to.close();
  to.element("td", {{"class", "hosts"}}, page_hosts(outcome)).element("td", {}, name(outcome.role));
  to.open("td");
  write_verdicts(to, outcome);
  to.close();
  to.element("td", {{"class", "number"}}, observe::grouped(outcome.details.size() + outcome.details_left_out));
  to.close();
}

void write_index(Markup& to, std::span<const Outcome> outcomes) {
  to.open("table", {{"class", "index"}});
  to.open("tr");
  for (const std::string_view head : {"stream", "client → server", "our stack played", "verdict", "details"}) {
    to.element("th", {}, head);
  }
  to.close();
  const std::size_t listed = std::min(outcomes.size(), kMostListed);
  for (std::size_t i = 0; i < listed; ++i) write_index_row(to, outcomes[i], i, true);
  to.close();
  if (listed < outcomes.size()) {
    to.element("p", {{"class", "note"}},
               fmt::format("{} more are not listed here; the text and JSON forms have them all",
                           observe::grouped(outcomes.size() - listed)));
  }
}

void write_legend(Markup& to) {
  constexpr std::pair<Verdict, std::string_view> kMeanings[] = {
      {Verdict::kIdentical, "the same segment in every field"},
      {Verdict::kEquivalent, "only what TCP leaves free differs"},
      {Verdict::kDiverged, "a difference that a clause permits"},
      {Verdict::kViolationShould, "a SHOULD of the RFCs is not kept"},
      {Verdict::kViolationMust, "a MUST of the RFCs is broken"},
      {Verdict::kStalled, "the replay could not go on"},
  };
  to.open("details", {{"class", "legend"}}).element("summary", {}, "How to read this");
  to.element("p", {},
             "Our TCP stack took the place of one recorded host, and the recorded frames of the other host were played "
             "to it. Left is what was recorded, right what our stack did; in the middle stands the other host, whose "
             "frames are the same on both sides. A frame that acknowledges what our stack had not yet sent is held "
             "back: the hatched bar shows how long. Sequence numbers count from the beginning of the conversation. "
             "Point at a row, or click it, for all its fields.");
  to.open("ul", {{"class", "shapes"}});
  for (const auto& [verdict, meaning] : kMeanings) {
    to.open("li");
    write_chip(to, verdict, name(verdict));
    to.text(meaning).close();
  }
  to.open("li").open("span", {{"class", "chip alone"}});
  to.open("svg", {{"viewBox", "-8 -8 16 16"}, {"width", "14"}, {"height", "14"}, {"aria-hidden", "true"}});
  draw_lone_shape(to, true);
  to.close()
      .text("one side")
      .close()
      .text("sent here by one side only; the other sent it elsewhere, or had no need to");
  to.close().close().close();
}

void write_pictures(Markup& to, const PagePart& part) {
  write_details(to, part);
  to.element("h3", {}, "Both conversations, side by side");
  write_ladder(to, part);
  if (part.outcome.ours != Verdict::kNotReplayable) write_graphs(to, part);
}

void write_section(Markup& to, const Outcome& outcome, std::size_t index, std::size_t rows, bool is_open) {
  const std::string anchor = anchor_of(outcome, index);
  to.open("details", {{"class", "outcome"}, {"id", anchor}, {"open", is_open ? "open" : ""}});
  to.open("summary");
  to.element("span", {{"class", "stream"}}, fmt::format("#{}", outcome.conversation->stream));
  to.element("span", {{"class", "hosts"}}, page_hosts(outcome));
  to.element("span", {{"class", "role"}}, fmt::format("as {}", name(outcome.role)));
  write_verdicts(to, outcome);
  to.close();
  if (outcome.ours == Verdict::kNotReplayable) {
    if (!outcome.refusal_details.empty()) to.element("p", {}, outcome.refusal_details);
    if (outcome.refusal) to.element("p", {}, sentence(*outcome.refusal));
    if (outcome.details.empty()) {
      to.close();
      return;
    }
  }
  for (const std::string& sentence : circumstances_in_words(outcome)) to.element("p", {{"class", "note"}}, sentence);
  if (rows != 0) {
    const PageRows all(outcome);
    write_pictures(to, {outcome, all, anchor, {rows, PageLimits{}.details}});
  } else {
    to.element("p", {{"class", "note"}}, "No room was left for this one's pictures: replay it alone with --stream.");
  }
  to.close();
}

void write_page_head(Markup& to, std::string_view title) {
  to.open("head").leaf("meta", {{"charset", "utf-8"}});
  to.leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  to.leaf("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  to.element("title", {}, title);
  to.open("style").raw(page_style()).close().close();
}

void write_patterns(Markup& to) {
  to.open("svg", {{"class", "patterns"}, {"width", "0"}, {"height", "0"}, {"aria-hidden", "true"}}).open("defs");
  to.open("pattern", {{"id", "hatch"},
                      {"width", "6"},
                      {"height", "6"},
                      {"patternUnits", "userSpaceOnUse"},
                      {"patternTransform", "rotate(45)"}});
  to.leaf("rect", {{"class", "hatch-ground"}, {"width", "6"}, {"height", "6"}});
  to.leaf("rect", {{"class", "hatch-line"}, {"width", "3"}, {"height", "6"}});
  to.close().close().close();
}

}  // namespace

std::string outcome_page(std::span<const Outcome> outcomes, std::string_view title) {
  Markup to;
  to.raw("<!DOCTYPE html>\n").open("html", {{"lang", "en"}});
  write_page_head(to, title);
  to.open("body");
  write_patterns(to);
  to.open("header").element("p", {{"class", "program"}}, "fourtuple replay").element("h1", {}, title);
  write_counts(to, outcomes);
  write_legend(to);
  to.close().open("main");
  if (outcomes.size() > 1) write_index(to, outcomes);
  const std::vector<std::size_t> granted = rows_granted(outcomes);
  const std::size_t listed = std::min(outcomes.size(), kMostListed);
  for (std::size_t i = 0; i < listed; ++i) write_section(to, outcomes[i], i, granted[i], listed <= 2);
  to.close();
  to.open("aside", {{"id", "panel"}, {"hidden", "hidden"}}).element("pre", {}, "").close();
  to.open("script").raw(page_script()).close();
  return to.take() + "\n";
}

}  // namespace fourtuple::replay
