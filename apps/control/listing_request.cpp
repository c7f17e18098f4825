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
    Letter{'p', &ListingOptions::programs},
};

struct Word {
  std::string_view word;
  ListingStyle style;
};
constexpr std::array kWords{Word{"netstat", ListingStyle::kNetstat}, Word{"ss", ListingStyle::kSs},
                            Word{"who", ListingStyle::kWho}};

}  // namespace

std::string to_line(const ListingRequest& request) {
  std::string line;
  for (const Word& word : kWords)
    if (word.style == request.style) line = word.word;
  line.push_back(' ');
  for (const Letter& letter : kLetters)
    if (request.options.*letter.option) line.push_back(letter.letter);
  return line;
}

std::optional<ListingRequest> parse_listing_request(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view letters = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  for (const Word& word : kWords) {
    if (word.word != line.substr(0, space)) continue;
    ListingRequest request{.style = word.style, .options = {}};
    for (const Letter& letter : kLetters)
      request.options.*letter.option = letters.find(letter.letter) != std::string_view::npos;
    return request;
  }
  return std::nullopt;
}

}  // namespace fourtuple::apps
