// Buffers that size themselves, within what all connections together may hold (docs/buffers.md).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {
namespace {

std::size_t buffer_size(std::size_t wanted, std::size_t fallback, const TcpConfig& config) {
  return std::clamp(wanted == 0 ? fallback : wanted, config.min_buffer_bytes, config.max_buffer_bytes);
}

// A buffer that grows, grows by a quarter at least: each growth is told to whoever watches.
std::size_t grown(std::size_t from, std::size_t wanted, std::size_t most) {
  return std::min(std::max(wanted, from + from / 4), most);
}

}  // namespace

// Sizes that the application chose stand; the others begin with the default and are ours from then on.
void Connection::size_buffers(const ConnectionOptions& wanted, std::size_t receive_now, std::size_t send_now) {
  const TcpConfig& config = shared_.config;
  tunes_receive_ = config.tune_buffers && wanted.receive_buffer_bytes == 0;
  tunes_send_ = config.tune_buffers && wanted.send_buffer_bytes == 0;
  options_.receive_buffer_bytes = buffer_size(wanted.receive_buffer_bytes, config.receive_buffer_bytes, config);
  options_.send_buffer_bytes = buffer_size(wanted.send_buffer_bytes, config.send_buffer_bytes, config);
  if (tunes_receive_) options_.receive_buffer_bytes = std::max(options_.receive_buffer_bytes, receive_now);
  if (tunes_send_) options_.send_buffer_bytes = std::max(options_.send_buffer_bytes, send_now);
}

// What the receive buffer may grow to, as far as the configuration goes.
std::size_t Connection::most_tuned_receive() const {
  const std::size_t most = tunes_receive_ ? shared_.config.tuned_receive_bytes : 0;
  return std::max(std::min(most, shared_.config.max_buffer_bytes), options_.receive_buffer_bytes);
}

// After each read. More than the window field can say would be no use to the peer.
void Connection::tune_receive_buffer(Context& context) {
  if (tuning_.round_trip() == Duration::zero()) tuning_.take_sample(rtt_.smoothed());  // the handshake's
  const std::size_t wanted = tuning_.wanted_after_read(read_offset_, advertised_mss(), context.now);
  if (!tunes_receive_ || shared_.memory.is_under_pressure()) return;
  const std::size_t before = options_.receive_buffer_bytes;
  std::size_t most = std::min(most_tuned_receive(), std::size_t{65535} << tcb_.agreed.receive_scale);
  if (options_.window_clamp != 0) most = std::min<std::size_t>(most, options_.window_clamp);
  if (wanted <= before || tuning_.bytes_per_round_trip() <= before / 2 || most <= before) return;
  options_.receive_buffer_bytes = grown(before, wanted, most);
  if (context.trace) context.trace.emit(number_, trace::BufferTuned{true, before, options_.receive_buffer_bytes});
}

// After each acknowledgment: one congestion window in flight, and one that waits to follow it.
void Connection::tune_send_buffer(Context& context) {
  if (!tunes_send_ || !congestion_ || shared_.memory.is_under_pressure()) return;
  const std::size_t before = options_.send_buffer_bytes;
  const std::size_t most = std::min(shared_.config.tuned_send_bytes, shared_.config.max_buffer_bytes);
  const std::uint64_t wanted = 2 * std::min<std::uint64_t>(congestion_->window(), most);
  if (wanted <= before || most <= before) return;
  options_.send_buffer_bytes = grown(before, static_cast<std::size_t>(wanted), most);
  if (context.trace) context.trace.emit(number_, trace::BufferTuned{false, before, options_.send_buffer_bytes});
}

// The receiver's own view of the round trip: data that answers our newest ACK says how long that took.
void Connection::time_arrival(const Arrival& arrival) {
  const auto& timestamps = arrival.segment.options.timestamps;
  const bool is_full = arrival.segment.payload.size() >= largest_segment_;
  if (tcb_.agreed.timestamps && timestamps && timestamps->echo_reply != echo_timed_ && is_full) {
    echo_timed_ = timestamps->echo_reply;
    // Our timestamp clock ticks in milliseconds, so the sample is at least one.
    const std::uint32_t ticks = timestamp_now(arrival.context.now) - timestamps->echo_reply;
    if (ticks < 60'000) tuning_.take_sample(std::chrono::milliseconds(std::max(ticks, 1U)));
  }
  tuning_.note_arrival(tcb_.rcv.nxt, tcb_.rcv.edge, arrival.context.now);
}

// --- What all connections together may hold.

std::size_t Connection::held_memory() const {
  return send_queue_.held_memory() + receive_queue_.held_memory() + reassembly_.held_memory() +
         flight_.count() * sizeof(SentRange);
}

void Connection::charge_memory() {
  const std::size_t held = held_memory();
  shared_.memory.change(charged_bytes_, held);
  charged_bytes_ = held;
}

// How much of its buffer the connection may offer to its peer. Where memory is short, half of it; where there is none,
// two segments when nothing waits to be read, so that it goes on, however slowly.
std::size_t Connection::receive_allowance() const {
  const std::size_t buffer = options_.receive_buffer_bytes;
  if (!shared_.memory.is_under_pressure()) return buffer;
  const std::size_t least = std::min<std::size_t>(buffer, std::size_t{2} * advertised_mss());
  if (!shared_.memory.is_full()) return std::max(buffer / 2, least);
  return receive_queue_.empty() ? least : 0;
}

// Octets that send() would take now. A full stack takes none, as if this buffer were full.
std::size_t Connection::send_room() const {
  const std::size_t size = options_.send_buffer_bytes;
  return std::min(size - std::min(send_queue_.size(), size), shared_.memory.room());
}

// Where all memory is taken, text is refused: out of order always, in order unless the application waits for it.
bool Connection::has_memory_for(const Arrival& arrival) const {
  if (!shared_.memory.is_full()) return true;
  return arrival.seq == tcb_.rcv.nxt && receive_queue_.empty();
}

// Text that lies behind a gap may be taken back: the peer keeps it until it is acknowledged (RFC 2018 8).
void Connection::shed_out_of_order(Context& context) {
  if (reassembly_.empty()) return;
  std::array<Reassembly::Block, 4> blocks;
  static_cast<void>(reassembly_.blocks(blocks));
  reassembly_.clear();
  shared_.drop(DropReason::kTcpNoBuffer);
  if (context.trace) {
    Segment taken_back;
    taken_back.source_port = tcb_.name.remote.port;
    taken_back.destination_port = tcb_.name.local.port;
    taken_back.flags = {TcpFlags::kAck};
    taken_back.seq = wrap(blocks[0].left, tcb_.rcv.irs);
    taken_back.ack = wrap(tcb_.snd.una, tcb_.snd.iss);
    context.trace.emit(
        number_, trace::SegmentDropped{tcb_.name, taken_back, blocks[0].left, tcb_.snd.una, DropReason::kTcpNoBuffer});
  }
  charge_memory();
}

// Memory is there again: a writer that found none may go on.
void Connection::wake_writer(Context& context) {
  if (traits(tcb_.state).may_send_data && is_writable()) notify(Readiness::kWritable);
  flush_notice(context);
}

}  // namespace fourtuple::tcp
