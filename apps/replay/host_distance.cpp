#include "apps/replay/host_distance.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace fourtuple::replay {
namespace {

using capture::CaptureTime;
using capture::TcpFrame;

// What was sent to the host and waits to be mentioned by it.
struct Unmentioned {
  std::uint32_t mark = 0;  // sequence number behind its octets, or TSval
  CaptureTime time{};
};

class AnswerWatch {
 public:
  void take_question(const TcpFrame& frame) {
    const Segment& segment = frame.segment;
    if (segment.length() > 0) take_octets((segment.seq + segment.length()).value, frame.time);
    const auto& timestamps = segment.options.timestamps;
    // Of several with one TSval the first: the answer may be to any of them.
    if (timestamps && (stamps_.empty() || is_after(timestamps->value, stamps_.back().mark)))
      push(stamps_, {timestamps->value, frame.time});
  }

  void take_answer(const TcpFrame& frame) {
    const Segment& segment = frame.segment;
    if (segment.flags.ack()) take_mention(octets_, segment.ack.value, frame.time, false);
    if (segment.options.timestamps) take_mention(stamps_, segment.options.timestamps->echo_reply, frame.time, true);
  }

  [[nodiscard]] std::optional<Duration> shortest() const { return shortest_; }

 private:
  static constexpr std::size_t kMost = 1024;  // questions; older ones are forgotten

  // Of octets that were sent twice nobody knows which copy was answered (Karn).
  void take_octets(std::uint32_t mark, CaptureTime time) {
    if (highest_ && !is_after(mark, *highest_)) {
      std::erase_if(octets_, [mark](const Unmentioned& one) { return one.mark == mark; });
      return;
    }
    highest_ = mark;
    push(octets_, {mark, time});
  }

  static bool is_after(std::uint32_t mark, std::uint32_t other) { return distance(SeqNum{other}, SeqNum{mark}) > 0; }

  static void push(std::deque<Unmentioned>& questions, const Unmentioned& question) {
    questions.push_back(question);
    if (questions.size() > kMost) questions.pop_front();
  }

  // Takes all that are mentioned; the last of them was there before the answer.
  void take_mention(std::deque<Unmentioned>& questions, std::uint32_t mark, CaptureTime time, bool only_exact) {
    std::optional<Unmentioned> last;
    while (!questions.empty() && !is_after(questions.front().mark, mark)) {
      last = questions.front();
      questions.pop_front();
    }
    if (!last || (only_exact && last->mark != mark)) return;
    const Duration took = time - last->time;
    if (took >= Duration{}) shortest_ = std::min(took, shortest_.value_or(took));
  }

  std::optional<std::uint32_t> highest_;
  std::deque<Unmentioned> octets_;
  std::deque<Unmentioned> stamps_;
  std::optional<Duration> shortest_;
};

// Without a plain handshake (SYNs that crossed or were repeated) only answers tell. What is shorter than this was
// answered from where we stood.
constexpr Duration kPrompt = std::chrono::microseconds(400);
[[nodiscard]] Duration by_answers(Duration shortest) { return shortest < kPrompt ? Duration{} : shortest / 2; }

}  // namespace

Duration distance_of(const capture::Conversation& conversation, capture::Host host) {
  const capture::Vantage vantage = estimate_vantage(conversation);
  const Duration by_handshake = vantage.to(host);
  if (vantage.is_known && by_handshake == Duration{}) return {};
  AnswerWatch watch;
  for (const TcpFrame& frame : conversation.frames) {
    if (frame.checksum_is_wrong || frame.segment.flags.rst()) continue;
    if (frame.from == host) {
      watch.take_answer(frame);
    } else {
      watch.take_question(frame);
    }
  }
  if (!vantage.is_known) return by_answers(watch.shortest().value_or(Duration{}));
  return std::min(by_handshake, watch.shortest().value_or(by_handshake * 2) / 2);
}

}  // namespace fourtuple::replay
