// The wire of a lab: both directions of drivers/impair's bad wire, with a name for every frame, so that a picture can
// draw each from where it was sent to where it arrived, or to where it was lost.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"
#include "drivers/impair/lane.hpp"
#include "drivers/impair/rules.hpp"

namespace fourtuple::lab {

using FrameNumber = std::uint64_t;  // from 1; 0: none

class Wire {
 public:
  // Hears of every frame that a host sends, and what becomes of it as far as that is known at once: "carried", "lost by
  // chance", "dropped by a rule", ...
  using OnSent = std::function<void(int from, FrameNumber frame, ByteView bytes, std::string_view fate)>;

  Wire(const impair::WireRules& rules, std::uint64_t seed, BufferPool& pool, OnSent on_sent);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // The driver for host 0 or 1. It belongs to the wire.
  [[nodiscard]] Driver& end(int host);

  // From now on. What is under way stays so.
  void set_rules(const impair::WireRules& rules, Instant now);
  // The next frame of this kind, in either direction, is lost.
  void drop_next(impair::FrameKind kind) { doomed_.push_back(kind); }
  void set_cut(bool cut) { is_cut_ = cut; }
  // A frame out of nowhere.
  void inject(int from, PacketBuffer frame, Instant now) { take(from, std::move(frame), now); }

  // When arrive() may have a frame for `host`; kNever: nothing is under way.
  [[nodiscard]] Instant next_due(int host) const;
  struct Arrival {
    PacketBuffer frame;
    FrameNumber number = 0;
    bool is_copy = false;
    bool is_damaged = false;
  };
  // One frame whose time has come.
  [[nodiscard]] std::optional<Arrival> arrive(int host, Instant now);

 private:
  class End;
  struct Known {
    FrameNumber number = 0;
    std::vector<std::uint8_t> bytes;
  };
  struct Way {
    std::unique_ptr<impair::Lane> lane;
    std::map<const std::uint8_t*, Known> under_way;  // by where the frame lies, which does not change on its way
    std::vector<Known> lately;                       // the newest, for copies
  };
  static constexpr std::size_t kRemembered = 64;

  static std::size_t index(int host) { return static_cast<std::size_t>(host); }
  void take(int from, PacketBuffer frame, Instant now);
  [[nodiscard]] bool is_doomed(ByteView frame);
  [[nodiscard]] Arrival known_arrival(Way& way, PacketBuffer frame);

  BufferPool& pool_;
  OnSent on_sent_;
  impair::RuleBook rules_;
  RandomSource random_;
  std::array<Way, 2> ways_;  // by the host that sends
  std::array<std::unique_ptr<End>, 2> ends_;
  std::vector<impair::FrameKind> doomed_;
  bool is_cut_ = false;
  FrameNumber frames_ = 0;
};

}  // namespace fourtuple::lab
