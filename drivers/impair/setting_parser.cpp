#include "drivers/impair/setting_parser.hpp"

#include <array>
#include <utility>

#include "drivers/impair/rule_words.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::uint64_t kFastestRate = 1'000'000'000'000;
constexpr std::uint64_t kSlowestRate = 8;  // an octet a second
constexpr std::uint64_t kLargestQueue = 1'000'000;
constexpr std::uint64_t kLargestQueueBytes = 1'000'000'000;
constexpr std::uint64_t kDeepestReorder = 1000;

// "KEYWORD VALUE" if it is there; the target keeps its value if not.
template <class Value>
Outcome read_optional(Words& words, std::string_view keyword, Value& target) {
  return words.take_if(keyword) ? words.read(target) : Outcome(Done{});
}

Outcome read_gilbert(Words& words, Profile& profile) {
  Gilbert& gilbert = profile.gilbert;
  if (auto done = words.read(gilbert.to_bad); !done) return done;
  if (auto done = words.read(gilbert.to_good); !done) return done;
  if (auto done = read_optional(words, "bad", gilbert.bad_loss); !done) return done;
  return read_optional(words, "good", gilbert.good_loss);
}

Outcome read_corrupt(Words& words, Profile& profile) {
  if (auto done = words.read(profile.corrupt); !done) return done;
  return read_damage(words, profile.damage);
}

Outcome read_reorder(Words& words, Profile& profile) {
  if (auto done = words.read(profile.reorder); !done) return done;
  if (words.take_if("depth")) {
    const auto depth = words.take_number(1, kDeepestReorder, "a number of frames from 1 to 1000");
    if (!depth) return failure(depth.error());
    profile.reorder_depth = static_cast<std::uint32_t>(*depth);
  }
  return read_optional(words, "by", profile.reorder_delay);
}

Outcome read_jitter(Words& words, Profile& profile) {
  if (auto done = words.read(profile.jitter); !done) return done;
  profile.keeps_order = words.take_if("ordered");
  return Done{};
}

Outcome read_rate(Words& words, Profile& profile) {
  if (words.take_if("unlimited")) return Done{};
  const Word word = words.take();
  const auto value = parse_quantity(word.text, kRateUnits, kFastestRate);
  if (!value || *value < kSlowestRate)
    return failure(error_at(word, "a rate such as 10mbit, 1.5gbit or 64kbit, or unlimited"));
  profile.rate = *value;
  return Done{};
}

Outcome read_trace_moments(Words& words, RateTrace& trace) {
  while (words.next_is_digit()) {
    const std::uint64_t least = trace.milliseconds.empty() ? 0 : trace.milliseconds.back();
    const Word word = words.peek();
    const auto moment = words.take_number(least, RateTrace::kMaxMilliseconds, "milliseconds that rise, below a day");
    if (!moment) return failure(moment.error());
    if (trace.milliseconds.size() == RateTrace::kMaxOpportunities)
      return failure(error_at(word, "no more than a million moments"));
    trace.milliseconds.push_back(static_cast<std::uint32_t>(*moment));
  }
  if (!trace.milliseconds.empty() && trace.milliseconds.back() != 0) return Done{};
  return failure(error_at(words.peek(), "milliseconds at which a packet may leave, the last above 0"));
}

Outcome read_trace(Words& words, Profile& profile) {
  if (words.next_is_digit()) return read_trace_moments(words, profile.trace);
  const Word word = words.take();
  std::string_view name = word.text;
  const bool is_quoted = name.size() > 1 && name.starts_with('"') && name.ends_with('"');
  if (is_quoted) name = name.substr(1, name.size() - 2);
  if (name.empty() || name.find('"') != std::string_view::npos)
    return failure(error_at(word, "milliseconds such as 1 5 9, or the name of a file"));
  profile.trace.file = std::string(name);
  return Done{};
}

Outcome read_queue_limit(Words& words, Profile& profile, bool& has_frames) {
  const Word word = words.take();
  const auto frames = parse_number(word.text, kLargestQueue);
  const auto octets = parse_quantity(word.text, kSizeUnits, kLargestQueueBytes);
  if (frames.value_or(0) != 0 && !has_frames) {
    profile.queue = static_cast<std::uint32_t>(*frames);
    has_frames = true;
  } else if (octets.value_or(0) != 0 && profile.queue_bytes == 0) {
    profile.queue_bytes = *octets;
  } else {
    return failure(error_at(word, "a number of frames from 1 to 1000000, or octets such as 64kB"));
  }
  return Done{};
}

// A limit in octets alone lifts the standard one in frames.
Outcome read_queue(Words& words, Profile& profile) {
  bool has_frames = false;
  profile.queue = 0;
  do {
    if (auto done = read_queue_limit(words, profile, has_frames); !done) return done;
  } while (words.next_is_digit());
  if (!words.take_if("mark")) return Done{};
  const auto above = words.take_number(1, kLargestQueue, "a number of frames from 1 to 1000000");
  if (!above) return failure(above.error());
  profile.mark_above = static_cast<std::uint32_t>(*above);
  return Done{};
}

Outcome read_codel(Words& words, Profile& profile) {
  CodelSettings& codel = profile.codel;
  if (words.take_if("off")) return Done{};
  codel.is_on = true;
  if (auto done = read_optional(words, "target", codel.target); !done) return done;
  const bool has_interval = words.take_if("interval");
  if (has_interval) {
    const Word word = words.peek();
    if (auto done = words.read(codel.interval); !done) return done;
    if (codel.interval == Duration{}) return failure(error_at(word, "an interval above 0"));
  }
  codel.marks = words.take_if("ecn");
  return Done{};
}

Outcome read_mtu(Words& words, Profile& profile) {
  if (words.take_if("unlimited")) return Done{};
  const auto mtu = words.take_number(68, 65535, "octets of an IP packet, 68 to 65535, or unlimited");
  if (!mtu) return failure(mtu.error());
  profile.mtu = static_cast<std::uint32_t>(*mtu);
  profile.reports_mtu = words.take_if("icmp");
  return Done{};
}

struct Verb {
  std::string_view name;
  Setting setting;
};

constexpr std::array<Verb, 14> kVerbs{{{"loss", Setting::kLoss},
                                       {"gilbert", Setting::kGilbert},
                                       {"duplicate", Setting::kDuplicate},
                                       {"corrupt", Setting::kCorrupt},
                                       {"reorder", Setting::kReorder},
                                       {"delay", Setting::kDelay},
                                       {"jitter", Setting::kJitter},
                                       {"rate", Setting::kRate},
                                       {"rate-trace", Setting::kRate},
                                       {"queue", Setting::kQueue},
                                       {"codel", Setting::kCodel},
                                       {"mtu", Setting::kMtu},
                                       {"down", Setting::kCable},
                                       {"up", Setting::kCable}}};

std::optional<Setting> look_up(std::string_view verb) {
  for (const Verb& candidate : kVerbs) {
    if (candidate.name == verb) return candidate.setting;
  }
  return std::nullopt;
}

bool is_rule_verb_too(Setting setting) {
  return setting == Setting::kDelay || setting == Setting::kDuplicate || setting == Setting::kCorrupt;
}

}  // namespace

Outcome read_damage(Words& words, Damage& damage) {
  if (!words.take_if("by")) return Done{};
  const Word word = words.take();
  for (std::size_t i = 0; i < kDamageCount; ++i) {
    damage = static_cast<Damage>(i);
    if (word.text == name(damage)) return Done{};
  }
  return failure(error_at(word, "what happens to the frame: bit, swap, zero, cut, lengthen or any"));
}

std::optional<Setting> setting_of(std::string_view verb, const Words& words) {
  const auto setting = look_up(verb);
  return setting && is_rule_verb_too(*setting) && !words.next_is_digit() ? std::nullopt : setting;
}

Outcome read_setting(std::string_view verb, Words& words, Profile& profile) {
  switch (look_up(verb).value_or(Setting::kCable)) {
    case Setting::kLoss:
      return words.read(profile.loss);
    case Setting::kGilbert:
      return read_gilbert(words, profile);
    case Setting::kDuplicate:
      return words.read(profile.duplicate);
    case Setting::kCorrupt:
      return read_corrupt(words, profile);
    case Setting::kReorder:
      return read_reorder(words, profile);
    case Setting::kDelay:
      return words.read(profile.delay);
    case Setting::kJitter:
      return read_jitter(words, profile);
    case Setting::kRate:
      return verb == "rate" ? read_rate(words, profile) : read_trace(words, profile);
    case Setting::kQueue:
      return read_queue(words, profile);
    case Setting::kCodel:
      return read_codel(words, profile);
    case Setting::kMtu:
      return read_mtu(words, profile);
    case Setting::kCable:
      profile.is_down = verb == "down";
      break;
  }
  return Done{};
}

}  // namespace fourtuple::impair
