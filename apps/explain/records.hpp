// The embedded tables as records. All text lives as long as the program.
#pragma once

#include <string_view>
#include <vector>

namespace fourtuple::explain {

struct Place {
  std::string_view file;   // from the root of the sources
  std::string_view line;   // a number
  std::string_view owner;  // the function, type or test that it stands in; may be empty
};

struct Document {
  std::string_view rfc;    // "9293"
  std::string_view title;  // "RFC 9293: Transmission Control Protocol"
  Place place;
};

struct Requirement {
  std::string_view rfc;
  std::string_view id;  // "MUST-58", or a section
  std::string_view level;
  std::string_view section;
  std::string_view text;
  std::string_view status;
  std::string_view note;  // why it is not done
  Place place;
};

// A section of RFC 9293 in a few words of ours.
struct Section {
  std::string_view number;
  std::string_view about;
};

// A statement of docs/sockets.md.
struct Statement {
  std::string_view number;  // "S47"
  std::string_view text;
  std::string_view tests;  // names in backquotes with commas between, or why there is none
};

struct Tag {
  std::string_view kind;  // "code", "test" or "script"
  std::string_view rfc;
  std::string_view clause;
  Place place;
};

// Where code or a test names a state, a timer, a cause, a drop reason or a rule.
struct Mention {
  std::string_view kind;     // "defined", "code" or "test"
  std::string_view subject;  // "Cause::kPaced", "rule:ack-goes-back"
  Place place;
};

struct Records {
  std::vector<Document> documents;
  std::vector<Requirement> requirements;
  std::vector<Section> sections;
  std::vector<std::pair<std::string_view, std::string_view>> further_sections;  // RFC and section, without a row
  std::vector<Statement> statements;
  std::vector<Tag> tags;
  std::vector<Mention> mentions;
};

[[nodiscard]] Records read_records();

// Whether a tag's clause is about this requirement: by its name, that of the rule it is a part of ("MUST-20" for
// "MUST-20(a)"), or with words behind it that narrow it.
[[nodiscard]] bool is_about(std::string_view clause, std::string_view id);
// Whether a tag, or a row's section, lies in this section or below it.
[[nodiscard]] bool is_within(std::string_view clause, std::string_view section);

}  // namespace fourtuple::explain
