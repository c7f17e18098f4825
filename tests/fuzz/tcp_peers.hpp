// A TCP layer among strangers: four peers whose segments are told in records relative to what the layer last said to
// them, an application that calls in between, and time that passes.
#pragma once

#include <array>
#include <vector>

#include "stack/tcp/connection.hpp"
#include "stack/tcp/layer.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {

// Octets of a peer's stream are a function of their sequence number, so that repeated ones are equal.
inline std::uint8_t octet_at(SeqNum seq) { return static_cast<std::uint8_t>(seq.value * 7 + (seq.value >> 9U)); }

class TcpPeers {
 public:
  TcpPeers();

  // One record: a segment, a call of the application, or a while of waiting. Checks everything after it.
  void step(Input& input);

 private:
  struct Peer {
    FourTuple name;
    SeqNum next;      // what the layer acknowledged last: where the peer's stream goes on
    SeqNum our_next;  // behind the last octet that the layer sent
    std::uint32_t timestamp = 0xfffffff0;
    std::uint32_t our_timestamp = 0;
    tcp::ConnectionId connection;
    std::uint64_t octets_read = 0;
    bool octets_known = true;  // until an urgent octet may have left the stream, or all of it is thrown away
  };

  template <class Call>
  auto call(Call&& body) {
    tcp::Context context{now_, random_, {}, outbox_};
    return body(context);
  }
  void say_segment(Input& input);
  [[nodiscard]] SegmentOptions some_options(Input& input, Peer& peer) const;
  void wait(Input& input);
  void open(Input& input, Peer& peer);
  void accept();
  void write(Input& input, Peer& peer);
  void read(Input& input, Peer& peer);
  void end(Input& input, Peer& peer);
  void report(Input& input, Peer& peer);
  void change(Input& input, Peer& peer);
  void listen();
  void adopt(Peer& peer, tcp::ConnectionId id);
  void judge(const tcp::OutSegment& segment);
  void settle();

  RandomSource random_;
  tcp::Layer layer_;
  tcp::Outbox outbox_;
  BufferPool buffers_;
  Instant now_{std::chrono::hours(1)};
  std::array<Peer, 4> peers_;
  tcp::Layer::Binding binding_;
  tcp::ListenerId listener_;
};

}  // namespace fourtuple::fuzz
