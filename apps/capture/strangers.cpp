// Frames that somebody else sent in a host's name: forged resets, a firewall's, an attacker's. A host numbers its
// datagrams one after the other, and gives them one time to live.
#include <algorithm>
#include <map>

#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {
namespace {

using Indices = std::vector<std::size_t>;

Indices frames_from(const Conversation& conversation, Host host) {
  Indices indices;
  for (std::size_t i = 0; i < conversation.frames.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    if (frame.from == host && !frame.odd.exact_duplicate) indices.push_back(i);
  }
  return indices;
}

std::uint16_t step(const TcpFrame& from, const TcpFrame& to) {
  return static_cast<std::uint16_t>(to.ip_identification - from.ip_identification);
}

// The frames before and after it were numbered in a row, and it stands elsewhere.
bool breaks_the_row(const TcpFrame& before, const TcpFrame& frame, const TcpFrame& after) {
  constexpr std::uint16_t kRow = 2;
  if (before.ip_identification == 0 || frame.ip_identification == 0 || after.ip_identification == 0) return false;
  const std::uint16_t row = step(before, after);
  return row >= 1 && row <= kRow && step(before, frame) >= row;
}

std::uint8_t usual_ttl(const Conversation& conversation, const Indices& indices) {
  std::map<std::uint8_t, std::size_t> counts;
  for (const std::size_t i : indices) ++counts[conversation.frames[i].ttl];
  const auto most = std::ranges::max_element(counts, {}, [](const auto& count) { return count.second; });
  return most == counts.end() ? std::uint8_t{0} : most->first;
}

bool lacks_timestamps(const TcpFrame& before, const TcpFrame& frame, const TcpFrame& after) {
  const auto has = [](const TcpFrame& one) { return one.segment.options.timestamps.has_value(); };
  return has(before) && has(after) && !has(frame) && !frame.segment.flags.syn();
}

void mark_strangers_of(Conversation& conversation, Host host) {
  constexpr std::size_t kEnough = 4;
  const Indices indices = frames_from(conversation, host);
  if (indices.size() < kEnough) return;
  const std::uint8_t ttl = usual_ttl(conversation, indices);
  for (std::size_t i = 1; i < indices.size(); ++i) {
    TcpFrame& frame = conversation.frames[indices[i]];
    const TcpFrame& before = conversation.frames[indices[i - 1]];
    const bool is_reset = frame.segment.flags.rst();
    frame.odd.from_a_stranger = is_reset && frame.ttl != ttl;
    if (i + 1 == indices.size() || before.odd.from_a_stranger) continue;
    const TcpFrame& after = conversation.frames[indices[i + 1]];
    const bool is_odd_one = is_reset || lacks_timestamps(before, frame, after);
    frame.odd.from_a_stranger |= is_odd_one && breaks_the_row(before, frame, after);
  }
}

}  // namespace

void mark_strangers(Conversation& conversation) {
  mark_strangers_of(conversation, Host::kClient);
  mark_strangers_of(conversation, Host::kServer);
}

}  // namespace fourtuple::capture
