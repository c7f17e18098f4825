// F3: fragments in any order, repeated, overlapping and late, against a model that keeps one octet map a datagram.
#include <algorithm>
#include <map>
#include <optional>

#include "stack/ip/reassembler.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

struct Piece {
  std::size_t offset = 0;
  std::size_t size = 0;
  bool more = false;
  std::uint16_t id = 0;
  std::uint8_t protocol = 17;
  std::uint8_t skew = 0;  // added to every octet: contents that contradict

  [[nodiscard]] std::uint8_t octet(std::size_t at) const {
    return static_cast<std::uint8_t>(at * 7 + (at >> 8) + skew);
  }
};

// One datagram as the model sees it.
struct Model {
  std::map<std::size_t, std::uint8_t> octets;
  std::vector<Piece> pieces;
  bool is_dead = false;
  Instant expires{};

  enum class Says { kDropped, kNothing, kComplete };

  Says add(const Piece& piece) {
    if (is_dead) return Says::kDropped;
    for (const Piece& each : pieces) {
      const bool is_same = each.offset == piece.offset && each.size == piece.size && each.more == piece.more;
      if (is_same && each.skew == piece.skew) return Says::kNothing;
    }
    if (contradicts(piece)) {
      is_dead = true;
      return Says::kDropped;
    }
    pieces.push_back(piece);
    for (std::size_t i = 0; i < piece.size; ++i) octets[piece.offset + i] = piece.octet(piece.offset + i);
    return is_complete() ? Says::kComplete : Says::kNothing;
  }

  [[nodiscard]] bool contradicts(const Piece& piece) const {
    const std::size_t end = piece.offset + piece.size;
    for (const Piece& each : pieces) {
      const std::size_t other_end = each.offset + each.size;
      if (piece.offset < other_end && each.offset < end) return true;
      if (!each.more && (!piece.more || end > other_end)) return true;
      if (!piece.more && other_end > end) return true;
    }
    return false;
  }

  [[nodiscard]] bool is_complete() const {
    const auto last = std::find_if(pieces.begin(), pieces.end(), [](const Piece& each) { return !each.more; });
    return last != pieces.end() && octets.size() == last->offset + last->size;
  }
};

class Comparison {
 public:
  void step(Input& input) {
    const std::uint8_t what = input.octet();
    Piece piece;
    piece.more = (what & 0x01) != 0;
    piece.id = what >> 1 & 0x03;
    piece.protocol = (what & 0x08) != 0 ? 17 : 6;
    piece.skew = (what & 0x70) == 0x70 ? 1 : 0;
    const std::uint16_t place = input.word();
    piece.offset = std::size_t{place & 0x1fffU} * ((what & 0x80) != 0 ? 8U : 1U) / 8 * 8;
    piece.size = input.octet() * (place >= 0xe000 ? 8U : 1U);
    if (place >> 13 == 6) pass(std::chrono::milliseconds(piece.size * 100));
    add(piece);
  }

 private:
  using Key = std::pair<std::uint16_t, std::uint8_t>;

  void pass(Duration time) {
    now_ += time;
    (void)table_.advance(now_);
    std::erase_if(models_, [this](const auto& entry) { return entry.second.expires <= now_; });
    require(table_.datagrams() == models_.size(), "as many datagrams wait as in the model");
  }

  static bool is_malformed(const Piece& piece) {
    return piece.size == 0 || (piece.more && piece.size % 8 != 0) || 20 + piece.offset + piece.size > 65535;
  }

  void add(const Piece& piece) {
    wire::Ipv4Header header;
    header.total_length = static_cast<std::uint16_t>(20 + piece.size);
    header.identification = piece.id;
    header.more_fragments = piece.more;
    header.fragment_offset = static_cast<std::uint16_t>(piece.offset);
    header.protocol = piece.protocol;
    header.source = {0x0a000005};
    header.destination = {0x0a000004};
    auto packet = pool_.take(header.total_length);
    header.emit(packet->append(header.total_length));
    for (std::size_t i = 0; i < piece.size; ++i) packet->bytes()[20 + i] = piece.octet(piece.offset + i);
    const auto answer = table_.add(header, std::move(*packet), now_, pool_);
    const char* const broken = table_.broken_invariant();
    require(broken == nullptr, broken == nullptr ? "" : broken);
    if (is_malformed(piece)) {
      require(answer.dropped == DropReason::kFragmentBad, "misshapen fragments are refused");
    } else {
      compare(piece, answer);
    }
    require(table_.datagrams() == models_.size(), "as many datagrams wait as in the model");
  }

  void compare(const Piece& piece, const ip::Reassembler::Answer& answer) {
    Model& model = models_[{piece.id, piece.protocol}];
    if (model.pieces.empty() && !model.is_dead) model.expires = now_ + 30s;
    const Model::Says said = model.add(piece);
    require(answer.dropped.has_value() == (said == Model::Says::kDropped), "dropped as in the model");
    require(answer.complete.has_value() == (said == Model::Says::kComplete), "complete as in the model");
    if (!answer.complete) return;
    const ByteView whole = answer.complete->bytes();
    require(whole.size() == 20 + model.octets.size(), "the whole is as long as its parts");
    require(wire::Ipv4Header::parse(whole).has_value(), "the whole has a sound header");
    for (const auto& [at, octet] : model.octets) require(whole[20 + at] == octet, "each octet is where it belongs");
    models_.erase({piece.id, piece.protocol});
  }

  static Ipv4Config roomy() {
    Ipv4Config config;
    config.max_fragments_per_datagram = 100'000;
    config.max_reassembly_bytes = std::size_t{1} << 30;
    return config;
  }

  ip::Reassembler table_{roomy()};
  BufferPool pool_;
  std::map<Key, Model> models_;
  Instant now_{1h};
};

// The same input under bounds that bite: nothing to compare with, but the bounds must hold.
void run_bounded(Input input) {
  Ipv4Config config;
  config.max_reassemblies = 3;
  config.max_fragments_per_datagram = 4;
  config.max_reassembly_bytes = 2000;
  ip::Reassembler table(config);
  BufferPool pool;
  while (!input.empty()) {
    const std::uint8_t what = input.octet();
    wire::Ipv4Header header;
    header.total_length = static_cast<std::uint16_t>(20 + input.octet() * 4);
    header.identification = what >> 1 & 0x0f;
    header.more_fragments = (what & 1) != 0;
    header.fragment_offset = static_cast<std::uint16_t>(input.octet() * 8);
    auto packet = pool.take(header.total_length);
    header.emit(packet->append(header.total_length));
    (void)table.add(header, std::move(*packet), Instant(1h), pool);
    const char* const broken = table.broken_invariant();
    require(broken == nullptr, broken == nullptr ? "" : broken);
  }
  (void)table.advance(Instant(2h));
  require(table.datagrams() == 0 && table.bytes() == 0, "after the timer nothing is left");
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fourtuple::fuzz;
  Comparison comparison;
  Input input(data, size);
  run_bounded(input);
  while (!input.empty()) comparison.step(input);
  return 0;
}
