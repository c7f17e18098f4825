// What a bad wire does to every frame of one direction, as numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/time.hpp"

namespace fourtuple::impair {

// Chances in parts per million, so that text and value are the same thing.
using PartsPerMillion = std::uint32_t;
inline constexpr PartsPerMillion kAlways = 1'000'000;

// How a frame is damaged.
enum class Damage : std::uint8_t {
  kBit,       // one bit is flipped
  kSwap,      // two octets that stand side by side change places
  kZero,      // a word of 16 bits becomes zero
  kCut,       // the frame ends too early
  kLengthen,  // up to 16 octets more stand somewhere in it
  kAny,       // one of these, by the dice
};
inline constexpr std::size_t kDamageCount = 6;
[[nodiscard]] std::string_view name(Damage damage);

// Losses that come together (Gilbert 1960, Elliott 1963): the wire is good or bad and may change with every frame.
struct Gilbert {
  PartsPerMillion to_bad = 0;         // chance that a frame finds a good wire turned bad
  PartsPerMillion to_good = kAlways;  // and a bad one turned good
  PartsPerMillion bad_loss = kAlways;
  PartsPerMillion good_loss = 0;

  friend bool operator==(const Gilbert&, const Gilbert&) = default;
};

// The moments at which a link may send, repeated without end: each is worth kOpportunityBytes of IP packets, and is
// wasted where none wait. In the manner of mahimahi's traces of cellular links.
struct RateTrace {
  static constexpr std::size_t kOpportunityBytes = 1500;
  static constexpr std::size_t kMaxOpportunities = 1'000'000;
  static constexpr std::uint32_t kMaxMilliseconds = 86'400'000;

  std::string file;                         // until load_traces() has put the moments in its place
  std::vector<std::uint32_t> milliseconds;  // rising; the last one, above 0, is the length of a round

  [[nodiscard]] bool is_set() const { return !file.empty() || !milliseconds.empty(); }
  friend bool operator==(const RateTrace&, const RateTrace&) = default;
};

// Active queue management of the rate's queue (RFC 8289).
struct CodelSettings {
  bool is_on = false;
  bool marks = false;  // CE instead of a drop where the sender is ECN-capable
  Duration target = std::chrono::milliseconds(5);
  Duration interval = std::chrono::milliseconds(100);

  friend bool operator==(const CodelSettings&, const CodelSettings&) = default;
};

struct Profile {
  static constexpr std::uint32_t kStandardQueue = 1000;

  PartsPerMillion loss = 0;
  Gilbert gilbert;
  PartsPerMillion duplicate = 0;
  PartsPerMillion corrupt = 0;  // what a checksum covers is damaged
  Damage damage = Damage::kBit;
  PartsPerMillion reorder = 0;  // the frame is held until `reorder_depth` later ones or `reorder_delay` have passed
  std::uint32_t reorder_depth = 3;
  Duration reorder_delay = std::chrono::milliseconds(10);
  Duration delay{};
  Duration jitter{};         // each frame's delay varies by up to this, both ways
  bool keeps_order = false;  // jitter lets no frame overtake another
  std::uint64_t rate = 0;    // bits a second; 0: no limit
  RateTrace trace;           // instead of `rate`
  // What may wait for the rate's turn, the frame being sent included; more is dropped. 0: no limit of this kind.
  std::uint32_t queue = kStandardQueue;  // frames
  std::uint64_t queue_bytes = 0;
  std::uint32_t mark_above = 0;  // a frame that finds so many waiting is marked CE if it may be; 0: never
  CodelSettings codel;
  std::uint32_t mtu = 0;     // IP packets above this are dropped; 0: no limit
  bool reports_mtu = false;  // and their sender is told (RFC 1191)
  bool is_down = false;      // nothing passes

  friend bool operator==(const Profile&, const Profile&) = default;
};

// The groups of members that are said, and changed, by one statement.
enum class Setting : std::uint8_t {
  kLoss,
  kGilbert,
  kDuplicate,
  kCorrupt,
  kReorder,
  kDelay,
  kJitter,
  kRate,  // and the trace
  kQueue,
  kCodel,
  kMtu,
  kCable,  // down or up
};
inline constexpr std::size_t kSettingCount = 12;

void copy_setting(Setting setting, const Profile& from, Profile& to);
[[nodiscard]] bool is_standard(Setting setting, const Profile& profile);

}  // namespace fourtuple::impair
