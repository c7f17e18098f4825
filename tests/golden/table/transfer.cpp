#include "tests/golden/table/transfer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "tests/golden/table/two_ends.hpp"

namespace fourtuple::golden {
namespace {

constexpr Port kPort = 5001;
constexpr OwnerId kApplication = 1;
constexpr std::size_t kChunk = std::size_t{1} << 18;

// Sends without end from end 0, takes what comes at end 1 and throws it away.
class Application {
  template <class Call>
  auto call(std::size_t end, Call&& what) {
    return ends_.stack(end).with_tcp(ends_.now(), std::forward<Call>(what));
  }

 public:
  explicit Application(TwoEnds& ends) : ends_(ends), chunk_(kChunk, 0x5a) {
    listener_ = call(1, [](tcp::Layer& layer, tcp::Context& context) {
      const auto binding = layer.bind({IpAddress{}, kPort}, false, false, context);
      return *layer.listen(*binding, 1, {.no_delay = true}, kApplication);
    });
    const auto way = ends_.stack(0).way_to(TwoEnds::address(1));
    sender_ = call(0, [&](tcp::Layer& layer, tcp::Context& context) {
      return *layer.connect({way->source, 0}, {TwoEnds::address(1), kPort}, way->path, {.no_delay = true}, kApplication,
                            context);
    });
  }

  void act() {
    if (ends_.has_news(0)) write();
    if (ends_.has_news(1)) read();
  }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] tcp::Info sender() { return *ends_.stack(0).tcp().info(sender_, ends_.now()); }

 private:
  void write() {
    const ByteView piece(chunk_);
    const auto send = [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.send(sender_, {&piece, 1}, {}, context).has_value();
    };
    while (call(0, send)) {
    }
  }

  void read() {
    if (!receiver_) {
      receiver_ = call(1, [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listener_, context); });
      if (!receiver_) return;
      call(1, [&](tcp::Layer& layer, tcp::Context&) { return layer.set_owner(*receiver_, kApplication), 0; });
    }
    const ByteSpan room(chunk_);
    const auto receive = [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.receive_data(*receiver_, {&room, 1}, {.discard = true}, context).value_or(0);
    };
    while (const std::size_t size = call(1, receive)) octets_ += size;
  }

  TwoEnds& ends_;
  std::vector<std::uint8_t> chunk_;
  tcp::ListenerId listener_;
  tcp::ConnectionId sender_;
  std::optional<tcp::ConnectionId> receiver_;
  std::uint64_t octets_ = 0;
};

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Outcome transfer(const Circumstances& circumstances) {
  TwoEnds ends(circumstances);
  Application application(ends);
  const Instant begin = ends.now();
  const Instant end = begin + circumstances.limit;
  do {
    do application.act();
    while (ends.settle());
  } while (application.octets() < circumstances.octets && ends.pass(end));
  const bool in_time = application.octets() >= circumstances.octets;
  const auto took = std::chrono::duration<double, std::micro>((in_time ? ends.now() : end) - begin);
  const tcp::Info info = application.sender();
  const std::uint64_t lost = ends.lost_frames();
  return {.megabits_per_second = static_cast<double>(application.octets() * 8) / took.count(),
          .repeated_percent = percent(info.bytes_retransmitted, info.bytes_sent),
          .in_vain_percent =
              percent(info.total_retransmissions - std::min(lost, info.total_retransmissions), info.segments_sent),
          .timeouts = ends.stack(0).tcp().counters().timeouts};
}

}  // namespace fourtuple::golden
