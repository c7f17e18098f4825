#include "apps/explain/explanation.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "apps/explain/meanings.hpp"
#include "stack/base/reasons.hpp"
#include "stack/judge/judge.hpp"
#include "stack/tcp/state.hpp"

namespace fourtuple::explain {
namespace {

constexpr std::string_view kRfc = "RFC";

// "RFC9293 3.4" as "RFC 9293 3.4"; what is no RFC stays as it is.
std::string readable_clause(std::string_view clause) {
  return clause.starts_with(kRfc) ? fmt::format("RFC {}", clause.substr(kRfc.size())) : std::string(clause);
}

std::string sentence_form(std::string_view text) {
  std::string sentence(text);
  if (!sentence.empty())
    sentence.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence.front())));
  if (!sentence.empty() && sentence.back() != '.' && sentence.back() != '?') sentence.push_back('.');
  return sentence;
}

// "kTailLossProbe" of "tail-loss-probe".
std::string enumerator_of(std::string_view word) {
  std::string name = "k";
  bool capital = true;
  for (const char letter : word) {
    if (letter != '-')
      name.push_back(capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter);
    capital = letter == '-';
  }
  return name;
}

class Explainer {
 public:
  Explainer(const Topic& topic, const Records& records) : topic_(topic), records_(records) {
    result_.kind = topic.kind;
    result_.name = topic.name;
  }

  Explanation run() {
    switch (topic_.kind) {
      case Kind::kState:
        explain_state(static_cast<TcpState>(topic_.index));
        break;
      case Kind::kTimer:
        explain_timer(static_cast<trace::Timer>(topic_.index));
        break;
      case Kind::kCause:
        explain_reason("Cause", static_cast<Cause>(topic_.index));
        break;
      case Kind::kDrop:
        explain_reason("DropReason", static_cast<DropReason>(topic_.index));
        break;
      case Kind::kRule:
        explain_rule(*judge::all_rule_infos()[topic_.index]);
        break;
      case Kind::kStatement:
        explain_statement(records_.statements[topic_.index]);
        break;
      case Kind::kDocument:
        explain_document(records_.documents[topic_.index]);
        break;
      case Kind::kSection:
        explain_section(records_.documents[topic_.index]);
        break;
      case Kind::kRequirement:
        explain_requirement(records_.requirements[topic_.index]);
        break;
    }
    // What carries a rule before what watches over it.
    std::ranges::stable_partition(result_.code, [](const Place& place) {
      return !place.file.starts_with("stack/judge/") && !place.file.starts_with("apps/");
    });
    return std::move(result_);
  }

 private:
  void explain_state(TcpState state) {
    take_meaning(meaning_of(state));
    note_edges(state);
    note_traits(tcp::traits(state));
    // "SYN-RECEIVED": the enumerators of states are made of the same words, in small letters.
    std::string word(fourtuple::name(state));
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    take_mentions("TcpState::" + enumerator_of(word));
    prefer_tests_named(enumerator_of(word).substr(1));
  }

  void note_edges(TcpState state) {
    std::string from;
    std::string to;
    for (std::size_t i = 0; i < kTcpStateCount; ++i) {
      const auto other = static_cast<TcpState>(i);
      if (tcp::is_legal_transition(other, state))
        from += fmt::format("{}{}", from.empty() ? "" : ", ", fourtuple::name(other));
      if (tcp::is_legal_transition(state, other))
        to += fmt::format("{}{}", to.empty() ? "" : ", ", fourtuple::name(other));
    }
    if (!from.empty()) result_.facts.emplace_back("comes from", from);
    if (!to.empty()) result_.facts.emplace_back("leads to", to);
  }

  void note_traits(const tcp::StateTraits& traits) {
    std::string can = traits.may_send_data ? "the application may send" : "the application may not send";
    can += traits.receives_data ? ", data may arrive" : ", no data is taken";
    if (traits.sends_data && !traits.may_send_data) can += ", what was queued still leaves";
    if (traits.synchronized) result_.facts.emplace_back("here", can);
  }

  void explain_timer(trace::Timer timer) {
    take_meaning(meaning_of(timer));
    take_mentions("Timer::" + enumerator_of(trace::name(timer)));
    take_tests_of_clause(meaning_of(timer).clause);
  }

  template <class Reason>
  void explain_reason(std::string_view enumeration, Reason reason) {
    take_meaning({.says = sentence(reason), .clause = clause(reason)});
    take_mentions(fmt::format("{}::{}", enumeration, enumerator_of(fourtuple::name(reason))));
    take_tests_of_clause(clause(reason));
  }

  void explain_rule(const judge::RuleInfo& rule) {
    take_meaning({.says = rule.says, .clause = rule.clause});
    result_.facts.emplace_back("level", rule.level == judge::Level::kMust ? "MUST" : "SHOULD");
    result_.facts.emplace_back("where to look", rule.hint);
    take_mentions(fmt::format("rule:{}", rule.name));
    take_tests_of_clause(rule.clause);
  }

  void explain_statement(const Statement& statement) {
    result_.says = sentence_form(statement.text);
    std::string_view rest = statement.tests;
    if (rest.empty() || rest.front() != '`') {
      result_.facts.emplace_back("tests", rest);
      return;
    }
    while (!rest.empty()) {
      const std::size_t begin = rest.find('`');
      const std::size_t end = begin == std::string_view::npos ? begin : rest.find('`', begin + 1);
      if (end == std::string_view::npos) break;
      result_.tests.push_back(place_of_test(rest.substr(begin + 1, end - begin - 1)));
      rest.remove_prefix(end + 1);
    }
  }

  // Where a test stands is known only if it carries a tag or names a word of ours.
  Place place_of_test(std::string_view name) const {
    for (const Tag& tag : records_.tags)
      if (tag.place.owner == name) return tag.place;
    for (const Mention& mention : records_.mentions)
      if (mention.place.owner == name) return mention.place;
    return {.file = {}, .line = {}, .owner = name};
  }

  void explain_document(const Document& document) {
    result_.says = sentence_form(document.title);
    result_.clause = readable_clause(fmt::format("RFC{}", document.rfc));
    result_.defined.push_back(document.place);
    for (const Requirement& row : records_.requirements)
      if (row.rfc == document.rfc) note_row(row, row.id);
  }

  void explain_section(const Document& document) {
    const std::string_view number = std::string_view(topic_.name).substr(topic_.name.find('#') + 1);
    result_.clause = fmt::format("RFC {} {}", document.rfc, number);
    result_.says = about_section(document, number);
    for (const Requirement& row : records_.requirements)
      if (row.rfc == document.rfc && (row.section == number || is_about(number, row.id)))
        note_row(row, row.id == row.section ? row.level : row.id);
    take_tags(document.rfc, number, true);
  }

  std::string about_section(const Document& document, std::string_view number) const {
    if (document.rfc == "9293") {
      for (const Section& section : records_.sections)
        if (section.number == number) return sentence_form(section.about);
    }
    return fmt::format("Section {} of {}.", number, document.title);
  }

  void note_row(const Requirement& row, std::string_view label) {
    const bool done = row.status == "done";
    result_.facts.emplace_back(
        label, done ? std::string(row.text) : fmt::format("{} ({}: {})", row.text, row.status, row.note));
  }

  void explain_requirement(const Requirement& row) {
    result_.says = sentence_form(row.text);
    result_.clause = fmt::format("RFC {} {}", row.rfc, row.section);
    result_.facts.emplace_back("level", row.level);
    result_.facts.emplace_back(
        "status", row.note.empty() ? std::string(row.status) : fmt::format("{}: {}", row.status, row.note));
    result_.defined.push_back(row.place);
    take_tags(row.rfc, row.id, false);
    result_.see.push_back(fmt::format("rfc{}#{}", row.rfc, row.section));
  }

  void take_meaning(const Meaning& meaning) {
    result_.says = sentence_form(meaning.says);
    result_.clause = readable_clause(meaning.clause);
    const std::size_t space = meaning.clause.find(' ');
    if (!meaning.clause.starts_with(kRfc)) return;
    const std::string_view rfc = meaning.clause.substr(kRfc.size(), space - kRfc.size());
    const bool known = std::ranges::find(records_.documents, rfc, &Document::rfc) != records_.documents.end();
    if (known) result_.see.push_back(key_of(meaning.clause));
  }

  void take_tags(std::string_view rfc, std::string_view clause, bool with_parts) {
    for (const Tag& tag : records_.tags) {
      const bool fits = with_parts ? is_within(tag.clause, clause) : is_about(tag.clause, clause);
      if (tag.rfc == rfc && fits) put(tag.kind == "code" ? result_.code : result_.tests, tag.place);
    }
  }

  void take_mentions(std::string_view subject) {
    for (const Mention& mention : records_.mentions) {
      if (mention.subject != subject) continue;
      if (mention.kind == "defined") put(result_.defined, mention.place);
      if (mention.kind == "code") put(result_.code, mention.place);
      if (mention.kind == "test") put(result_.tests, mention.place);
    }
  }

  // Where no test says the word itself.
  void take_tests_of_clause(std::string_view clause) {
    if (!result_.tests.empty() || !clause.starts_with(kRfc)) return;
    const std::size_t space = clause.find(' ');
    if (space == std::string_view::npos) return;
    for (const Tag& tag : records_.tags) {
      const bool fits =
          tag.rfc == clause.substr(kRfc.size(), space - kRfc.size()) &&
          (is_about(tag.clause, clause.substr(space + 1)) || is_within(tag.clause, clause.substr(space + 1)));
      if (fits && tag.kind != "code") put(result_.tests, tag.place);
    }
    result_.tests_of_clause = !result_.tests.empty();
  }

  // "TimeWait.AnswersARepeatedFin" before tests that merely pass through the state.
  void prefer_tests_named(std::string_view word) {
    std::ranges::stable_partition(
        result_.tests, [word](const Place& place) { return place.owner.find(word) != std::string_view::npos; });
  }

  // A function or test once, by its first line.
  static void put(std::vector<Place>& places, const Place& place) {
    const bool known = std::ranges::any_of(places, [&place](const Place& other) {
      return other.file == place.file &&
             (other.line == place.line || (!place.owner.empty() && other.owner == place.owner));
    });
    if (!known) places.push_back(place);
  }

  const Topic& topic_;
  const Records& records_;
  Explanation result_;
};

}  // namespace

Explanation explain(const Topic& topic, const Records& records) { return Explainer(topic, records).run(); }

}  // namespace fourtuple::explain
