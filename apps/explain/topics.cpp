#include "apps/explain/topics.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

#include "stack/base/reasons.hpp"
#include "stack/judge/judge.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::explain {
namespace {

constexpr std::string_view kMainRfc = "9293";

// As netstat and ss spell the states.
constexpr std::array<std::array<std::string_view, 2>, kTcpStateCount> kStateSpellings{{
    {"close", "unconn"},
    {"listen", "listening"},
    {"syn-sent", "syn-sent"},
    {"syn-recv", "syn-rcvd"},
    {"estab", "established"},
    {"fin-wait1", "fin-wait-1"},
    {"fin-wait2", "fin-wait-2"},
    {"close-wait", "closewait"},
    {"closing", "closing"},
    {"last-ack", "lastack"},
    {"time-wait", "timewait"},
}};

class Collector {
 public:
  explicit Collector(std::vector<Topic>& topics) : topics_(topics) {}

  // Can be asked by `name` and by every one of `others`.
  void add(Kind kind, std::string name, std::size_t index, std::vector<std::string> others = {}) {
    std::vector<std::string> keys{key_of(name)};
    for (std::string& other : others) keys.push_back(key_of(other));
    topics_.push_back({.kind = kind, .name = std::move(name), .index = index, .keys = std::move(keys)});
  }
  // "timer:persist", or "persist" alone.
  void add_prefixed(Kind kind, std::string_view word, std::size_t index, std::vector<std::string> others = {}) {
    others.emplace_back(word);
    add(kind, fmt::format("{}:{}", name(kind), word), index, std::move(others));
  }

 private:
  std::vector<Topic>& topics_;
};

void add_states(Collector& collector) {
  for (std::size_t i = 0; i < kTcpStateCount; ++i) {
    const std::string state(name(static_cast<TcpState>(i)));
    collector.add(Kind::kState, state, i,
                  {"state:" + state, std::string(kStateSpellings[i][0]), std::string(kStateSpellings[i][1])});
  }
}

// "tcp-out-of-window" is asked as "out-of-window", too.
std::vector<std::string> without_layer(std::string_view word) {
  for (const std::string_view layer : {"tcp-", "ip-", "icmp-", "udp-", "arp-"}) {
    if (!word.starts_with(layer)) continue;
    const std::string rest(word.substr(layer.size()));
    return {rest, "drop:" + rest};
  }
  return {};
}

void add_words_of_the_stack(Collector& collector) {
  for (std::size_t i = 0; i < trace::kTimerCount; ++i)
    collector.add_prefixed(Kind::kTimer, trace::name(static_cast<trace::Timer>(i)), i);
  for (std::size_t i = 0; i < kCauseCount; ++i) collector.add_prefixed(Kind::kCause, name(static_cast<Cause>(i)), i);
  for (std::size_t i = 0; i < kDropReasonCount; ++i) {
    const std::string_view word = name(static_cast<DropReason>(i));
    collector.add_prefixed(Kind::kDrop, word, i, without_layer(word));
  }
  const auto rules = judge::all_rule_infos();
  for (std::size_t i = 0; i < rules.size(); ++i) collector.add_prefixed(Kind::kRule, rules[i]->name, i);
}

// Of the main RFC the number may be left out.
void add_clause(Collector& collector, Kind kind, std::string_view rfc, std::string_view clause, std::size_t index) {
  std::vector<std::string> others;
  if (rfc == kMainRfc) others.emplace_back(clause);
  collector.add(kind, fmt::format("rfc{}#{}", rfc, clause), index, std::move(others));
}

bool is_section_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Sections of all rows, those above them, and those without a row. An index of a section is that of its RFC's document.
void add_sections(Collector& collector, const Records& records, std::size_t document) {
  const std::string_view rfc = records.documents[document].rfc;
  std::set<std::string_view> sections;
  const auto note = [&sections](std::string_view section) {
    for (; is_section_number(section); section = section.substr(0, section.rfind('.'))) {
      if (!sections.insert(section).second || section.find('.') == std::string_view::npos) break;
    }
  };
  for (const Requirement& row : records.requirements)
    if (row.rfc == rfc) note(row.section);
  for (const auto& [of, section] : records.further_sections)
    if (of == rfc) note(section);
  if (rfc == kMainRfc)
    for (const Section& section : records.sections) note(section.number);
  for (const std::string_view section : sections) add_clause(collector, Kind::kSection, rfc, section, document);
}

void add_documents(Collector& collector, const Records& records) {
  for (std::size_t i = 0; i < records.documents.size(); ++i) {
    collector.add(Kind::kDocument, fmt::format("rfc{}", records.documents[i].rfc), i);
    add_sections(collector, records, i);
  }
  for (std::size_t i = 0; i < records.requirements.size(); ++i) {
    const Requirement& row = records.requirements[i];
    // A row that is named by its section is told with the section.
    if (!is_section_number(row.id)) add_clause(collector, Kind::kRequirement, row.rfc, row.id, i);
  }
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::kState:
      return "state";
    case Kind::kTimer:
      return "timer";
    case Kind::kCause:
      return "cause";
    case Kind::kDrop:
      return "drop";
    case Kind::kRule:
      return "rule";
    case Kind::kStatement:
      return "statement";
    case Kind::kDocument:
      return "document";
    case Kind::kSection:
      return "section";
    case Kind::kRequirement:
      return "requirement";
  }
  return "";
}

std::vector<Topic> all_topics(const Records& records) {
  std::vector<Topic> topics;
  Collector collector(topics);
  add_states(collector);
  add_words_of_the_stack(collector);
  for (std::size_t i = 0; i < records.statements.size(); ++i)
    collector.add(Kind::kStatement, std::string(records.statements[i].number), i);
  add_documents(collector, records);
  return topics;
}

}  // namespace fourtuple::explain
