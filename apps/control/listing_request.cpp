#include "apps/control/listing_request.hpp"

#include <array>

namespace fourtuple::apps {
namespace {

struct Letter {
  char letter;
  bool ListingOptions::*option;
};
constexpr std::array kLetters{
    Letter{'t', &ListingOptions::tcp},      Letter{'u', &ListingOptions::udp},
    Letter{'w', &ListingOptions::raw},      Letter{'a', &ListingOptions::all},
    Letter{'n', &ListingOptions::numeric},  Letter{'l', &ListingOptions::listening},
    Letter{'o', &ListingOptions::timers},   Letter{'i', &ListingOptions::information},
    Letter{'p', &ListingOptions::programs}, Letter{'e', &ListingOptions::extended},
    Letter{'j', &ListingOptions::json},
};

struct Word {
  std::string_view word;
  ListingStyle style;
};
constexpr std::array kWords{Word{"netstat", ListingStyle::kNetstat},
                            Word{"ss", ListingStyle::kSs},
                            Word{"who", ListingStyle::kWho},
                            Word{"routes", ListingStyle::kRoutes},
                            Word{"interfaces", ListingStyle::kInterfaces},
                            Word{"statistics", ListingStyle::kStatistics},
                            Word{"stat", ListingStyle::kStat},
                            Word{"addresses", ListingStyle::kAddresses},
                            Word{"ip-routes", ListingStyle::kIpRoutes},
                            Word{"neighbours", ListingStyle::kNeighbours},
                            Word{"recorded-ladder", ListingStyle::kRecordedLadder},
                            Word{"recorded-capture", ListingStyle::kRecordedCapture}};

// The part of `line` up to a space, which leaves it with the space.
std::string_view take_word(std::string_view& line) {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return word;
}

}  // namespace

std::string to_line(const ListingRequest& request) {
  std::string line;
  for (const Word& word : kWords)
    if (word.style == request.style) line = word.word;
  line.push_back(' ');
  for (const Letter& letter : kLetters)
    if (request.options.*letter.option) line.push_back(letter.letter);
  if (!request.options.filter.empty()) line += " " + request.options.filter;
  return line;
}

std::optional<ListingRequest> parse_listing_request(std::string_view line) {
  const std::string_view style = take_word(line);
  const std::string_view letters = take_word(line);
  for (const Word& word : kWords) {
    if (word.word != style) continue;
    ListingRequest request{.style = word.style, .options = {}};
    for (const Letter& letter : kLetters)
      request.options.*letter.option = letters.find(letter.letter) != std::string_view::npos;
    request.options.filter = line;
    return request;
  }
  return std::nullopt;
}

}  // namespace fourtuple::apps
