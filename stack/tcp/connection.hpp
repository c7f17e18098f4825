// One connection. Its doors are the three of RFC 9293 3.10 (user call, segment arrives, timeout); everything that
// changes it comes through one of them and leaves its wishes in the Context's outbox.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/timer_heap.hpp"
#include "stack/tcp/congestion/controller.hpp"
#include "stack/tcp/ecn.hpp"
#include "stack/tcp/layer.hpp"
#include "stack/tcp/receive/reassembly.hpp"
#include "stack/tcp/receive/receive_queue.hpp"
#include "stack/tcp/receive/window_tuning.hpp"
#include "stack/tcp/send/delivery_rate.hpp"
#include "stack/tcp/send/pacer.hpp"
#include "stack/tcp/send/proportional_rate.hpp"
#include "stack/tcp/send/retransmit_queue.hpp"
#include "stack/tcp/send/rtt.hpp"
#include "stack/tcp/send/send_queue.hpp"
#include "stack/tcp/shared.hpp"
#include "stack/tcp/state.hpp"
#include "stack/tcp/tcb.hpp"
#include "stack/tcp/tcp_timers.hpp"

namespace fourtuple::tcp {

class Connection final : public TimerNode {
 public:
  struct Birth {
    FourTuple name;
    SeqNum iss;
    std::uint32_t timestamp_offset = 0;
    PathInfo path;
    ConnectionOptions options;
    OwnerId owner = 0;
    trace::ConnectionNumber number = 0;
    ConnectionId id;
    ListenerId parent;  // for passive opens
  };
  Connection(Shared& shared, const Birth& birth);
  ~Connection() { shared_.memory.change(charged_bytes_, 0); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // --- Door 1: user calls (user_calls.cpp).
  void open_active(Context& context);
  // LISTEN has taken a SYN for us (RFC 9293 3.10.7.2).
  void open_passive(const Segment& syn, Context& context);
  Result<std::size_t> send(std::span<const ByteView> pieces, SendFlags flags, Context& context);
  Result<std::size_t> receive(std::span<const ByteSpan> pieces, ReceiveFlags flags, Context& context);
  Result<std::uint8_t> receive_urgent(bool peek);
  Result<void> shutdown_send(Context& context);
  Result<void> shutdown_receive(Context& context);
  void close(Context& context);
  void abort(Cause cause, std::errc error, Context& context);
  // Ends without a word to anybody: a newcomer needs the place (TIME-WAIT, half-open).
  void give_way(Context& context);
  // The listener went away before accept(): reset if the peer believes in the connection.
  void orphan(Context& context);
  void set_options(const ConnectionOptions& options, Context& context);
  void set_quick_ack(bool on, Context& context);

  // --- Door 2: a segment arrives (arrives_*.cpp).
  void on_segment(const Segment& segment, PacketBuffer&& buffer, bool accept_queue_is_full, Context& context);
  // The batch is over: send what may leave now, and decide about the ACK. [RFC9293 MUST-58, MUST-59]
  void end_batch(Context& context);
  // The application has had its say: the ACK that waited for it leaves. [RFC9293 MUST-58]
  void send_owed_ack(Context& context);
  void on_report(const NetworkReport& report, Context& context);

  // --- Door 3: timeouts (timeouts.cpp).
  void on_timeout(Context& context);

  // --- Memory (buffers.cpp). After each door what the queues hold is charged to all connections' account.
  void charge_memory();
  [[nodiscard]] std::size_t charged_bytes() const { return charged_bytes_; }
  [[nodiscard]] std::size_t held_memory() const;
  void shed_out_of_order(Context& context);
  void wake_writer(Context& context);

  // --- Status.
  [[nodiscard]] TcpState state() const { return tcb_.state; }
  [[nodiscard]] const Tcb& tcb() const { return tcb_; }
  [[nodiscard]] const FourTuple& name() const { return tcb_.name; }
  [[nodiscard]] const ConnectionOptions& options() const { return options_; }
  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] trace::ConnectionNumber number() const { return number_; }
  [[nodiscard]] ListenerId parent() const { return parent_; }
  [[nodiscard]] OwnerId owner() const { return owner_; }
  [[nodiscard]] bool is_released() const { return released_; }
  [[nodiscard]] Layer::Status status() const;
  [[nodiscard]] Info info(Instant now) const;
  [[nodiscard]] Instant deadline() const { return timers_.earliest(); }
  [[nodiscard]] const TimerSet& timers() const { return timers_; }
  [[nodiscard]] const RetransmitQueue& flight() const { return flight_; }
  [[nodiscard]] const Reassembly& reassembly() const { return reassembly_; }
  [[nodiscard]] const CongestionController* congestion() const { return congestion_.get(); }
  [[nodiscard]] std::size_t unread_bytes() const { return receive_queue_.size(); }
  [[nodiscard]] std::size_t queued_bytes() const { return send_queue_.size(); }
  [[nodiscard]] bool owes_ack() const { return ack_now_ && tcb_.state != TcpState::kClosed; }
  // May this TIME-WAIT give way to a new incarnation that begins with `syn`? [RFC9293 3.10.7.4, RFC6191 2]
  [[nodiscard]] bool gives_way_to(const Segment& syn) const;
  // The first thing found impossible, or nullptr.
  [[nodiscard]] const char* broken_invariant() const;

  void set_owner(OwnerId owner) { owner_ = owner; }
  void adopt() { parent_ = {}; }  // accept() has handed it over
  std::errc take_error();
  // Marks the connection as touched in this batch; true the first time.
  bool touch() { return !std::exchange(touched_, true); }

 private:
  // A segment on its way through the steps. Trimming changes it; `fin` is cleared where its octet is cut off.
  struct Arrival {
    const Segment& segment;
    PacketBuffer& payload;  // visible bytes: the payload that is still to be taken
    StreamOffset begin;     // SEG.SEQ as it came
    StreamOffset seq;       // of the first octet of `payload`; moves as the segment is trimmed
    StreamOffset ack;
    std::uint64_t window;     // scaled
    StreamOffset fin_at = 0;  // where the text ends, once it has been taken
    bool fin;
    bool accept_queue_is_full;
    Context& context;
  };
  enum class Step : std::uint8_t { kContinue, kStop };

  // arrives_syn_sent.cpp: RFC 9293 3.10.7.3
  void arrives_in_syn_sent(Arrival& arrival);
  void complete_handshake(Arrival& arrival);
  void open_simultaneously(Arrival& arrival);
  // arrives_synchronized.cpp: RFC 9293 3.10.7.4
  void arrives_synchronized(Arrival& arrival);
  Step check_timestamp(Arrival& arrival);
  Step check_sequence(Arrival& arrival);
  Step take_repeated_syn(Arrival& arrival);
  Step check_reset(Arrival& arrival);
  Step check_syn(Arrival& arrival);
  Step check_ack(Arrival& arrival);
  Step process_urgent(Arrival& arrival);
  Step process_text(Arrival& arrival);
  Step process_fin(Arrival& arrival);
  Step establish_from_syn_received(Arrival& arrival);
  void our_fin_is_acknowledged(Context& context);
  void drop(const Arrival& arrival, DropReason reason);
  void answer_unacceptable(Arrival& arrival, DropReason reason);
  void challenge(Arrival& arrival, DropReason reason);
  void reset_impossible_ack(Arrival& arrival);
  // acknowledgments.cpp: what an acceptable ACK means to the sender
  void take_ack(Arrival& arrival);
  void take_new_ack(Arrival& arrival, const Delivery& delivery, std::uint64_t in_flight_before);
  void take_duplicate_ack(const Arrival& arrival, std::uint64_t delivered);
  void reconsider(const Arrival& arrival, const Delivery& delivery);
  [[nodiscard]] bool is_duplicate_report(const SegmentOptions& options, StreamOffset left, StreamOffset right,
                                         StreamOffset ack) const;
  void take_sack_blocks(const Arrival& arrival, Delivery& delivery);
  void take_window(const Arrival& arrival);
  void take_rtt_sample(const Arrival& arrival, const Delivery& delivery);
  [[nodiscard]] bool is_duplicate_ack(const Arrival& arrival) const;
  // recovery.cpp: episodes of loss recovery
  void enter_recovery(std::uint64_t delivered, Context& context);
  void note_reduction();
  void note_lasting_reduction();
  void note_repeated(const Segment& header, std::uint64_t bytes);
  [[nodiscard]] bool uses_proportional_rate() const;
  void update_recovery_window(const Delivery& delivery, bool advanced, bool more_is_lost);
  void continue_recovery(std::uint64_t acked, Context& context);
  void end_recovery(Context& context);
  void doubt_timeout();
  void take_duplicate_report(const Delivery& delivery);
  [[nodiscard]] bool was_reduced_for_nothing(const Arrival& arrival, const Delivery& delivery) const;
  void undo_reduction(Context& context);
  void judge_tail_probe(const Arrival& arrival, const Delivery& delivery, Context& context);
  bool detect_losses(const Delivery& delivery, Context& context);
  [[nodiscard]] Duration reordering_window() const;
  bool mark_losses_by_time(std::uint64_t delivered, Context& context);
  // text.cpp: the receiving side
  void trim_to_window(Arrival& arrival);
  void deliver_in_order(PacketBuffer&& payload, Context& context);
  void refuse_text(Arrival& arrival);
  void hold_out_of_order(Arrival& arrival);
  void note_duplicate(Reassembly::Block block);
  void take_from_reassembly(Context& context);
  void take_fin(Context& context);
  void capture_urgent_octet(StreamOffset begin, const PacketBuffer& payload);
  [[nodiscard]] std::size_t readable_limit() const;
  void skip_urgent_octet();
  void grow_receive_window();
  [[nodiscard]] std::uint32_t offered_window() const;
  void update_window_after_read(Context& context);
  void note_text_received(std::size_t bytes, Context& context);
  void owe_ack(Cause cause);
  [[nodiscard]] bool ack_may_wait() const;

  // buffers.cpp
  void size_buffers(const ConnectionOptions& wanted, std::size_t receive_now, std::size_t send_now);
  [[nodiscard]] std::size_t most_tuned_receive() const;
  void tune_receive_buffer(Context& context);
  void tune_send_buffer(Context& context);
  void time_arrival(const Arrival& arrival);
  [[nodiscard]] std::size_t receive_allowance() const;
  [[nodiscard]] std::size_t send_room() const;
  [[nodiscard]] bool has_memory_for(const Arrival& arrival) const;

  // transmit.cpp: what leaves
  void transmit(Cause cause, Context& context);
  void retransmit_lost(Context& context);
  void note_window_use();
  void send_new(Cause cause, std::uint64_t most, Context& context);
  [[nodiscard]] std::size_t next_new_length(std::size_t mss, std::uint64_t limit) const;
  [[nodiscard]] bool may_send_partial(std::size_t length, std::size_t waiting, std::size_t window_room) const;
  [[nodiscard]] bool partial_is_out() const;
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] std::size_t most_at_once(std::size_t mss) const;
  void send_range(StreamOffset begin, StreamOffset end, Cause cause, bool again, Context& context);
  void emit_syn(Cause cause, bool again, Context& context);
  void emit_ack(Cause cause, Context& context);
  void emit_reset(SeqNum seq, TcpFlags flags, Cause cause, Context& context);
  OutSegment& push(TcpFlags flags, Cause cause, Context& context);
  void fill_options(Segment& header, Context& context) const;
  std::size_t fill_sack(SegmentOptions& options) const;
  void note_sent(const OutSegment& segment, StreamOffset seq, bool again, Context& context);
  void note_acked(Context& context);
  [[nodiscard]] std::uint16_t window_field(bool syn);

  // pacing.cpp
  [[nodiscard]] std::uint64_t window_rate() const;
  [[nodiscard]] std::uint64_t wanted_pace() const;
  void set_pace(Instant now);
  [[nodiscard]] bool must_wait_its_turn(Context& context);
  void note_paced(std::uint64_t bytes, Instant now);

  // delivering.cpp
  DeliveryStamp stamp_departure(Instant now);
  void note_application_limit();
  RateSample take_delivery(const Delivery& delivery, Instant now);
  void tell_delivery(const Arrival& arrival, const Delivery& delivery, const RateSample& sample,
                     std::uint64_t in_flight_before, std::uint64_t lost_before);
  [[nodiscard]] CongestionController::Lost loss_now(std::uint64_t in_flight, Instant now) const;

  // ecn.cpp
  void agree_on_ecn(const Segment& syn);
  void ask_for_ecn(TcpFlags& flags, bool again);
  void take_congestion_mark(Arrival& arrival);
  void echo_exactly(bool marked, Context& context);
  void take_congestion_echo(const Arrival& arrival, std::uint64_t in_flight_before);
  void note_congestion_response();
  void mark_capable(OutSegment& out);

  [[nodiscard]] std::uint32_t timestamp_now(Instant now) const;
  [[nodiscard]] TcpTimestamps timestamps_at(Instant now) const { return {timestamp_now(now), ts_recent_}; }
  static constexpr std::size_t kLeastMss = 8;  // where options leave less than that of a tiny MSS
  [[nodiscard]] std::size_t usual_mss() const;
  [[nodiscard]] std::size_t send_mss() const;
  [[nodiscard]] std::uint16_t advertised_mss() const;
  [[nodiscard]] std::uint8_t wanted_scale() const;
  [[nodiscard]] std::uint64_t window_room() const;
  [[nodiscard]] std::uint64_t congestion_room() const;
  [[nodiscard]] std::uint64_t pipe_bytes() const;
  [[nodiscard]] std::size_t unsent_bytes() const;
  [[nodiscard]] StreamOffset fin_offset() const { return send_queue_.end(); }
  [[nodiscard]] bool fin_is_unsent() const { return fin_queued_ && tcb_.snd.nxt <= fin_offset(); }
  [[nodiscard]] bool is_urgent_mode() const { return tcb_.snd.up > tcb_.snd.una; }
  [[nodiscard]] bool is_probing() const;
  void update_send_timers(Context& context);
  void restart_retransmission_timer(Context& context);
  void arm_tail_loss_probe(Context& context);

  // timeouts.cpp
  void fire(Timer timer, Context& context);
  void retransmission_timeout(Context& context);
  void doubt_path(Context& context) const;
  void syn_timeout(Context& context);
  void persist_timeout(Context& context);
  void delayed_ack_timeout(Context& context);
  void keep_alive_timeout(Context& context);
  void tail_loss_timeout(Context& context);
  void reordering_timeout(Context& context);
  void send_override_timeout(Context& context);
  void arm_keep_alive(Context& context);
  [[nodiscard]] bool has_waited_too_long(Instant now) const;
  [[nodiscard]] std::uint32_t retry_limit() const;

  // connection.cpp
  void set_state(TcpState to, Context& context);
  void become_established(Context& context);
  void enter_time_wait(Context& context);
  void fail(std::errc error, Context& context);
  void finish(Context& context);
  void withdraw_unsent(Context& context);
  void learn_from_syn(const Segment& syn, Context& context);
  void start_congestion_control(Instant now);
  [[nodiscard]] std::uint32_t initial_window_segments(std::uint32_t mss) const;
  void notify(std::uint8_t bits) { pending_notice_ |= bits; }
  void flush_notice(Context& context);
  void notify_writable_after(bool was_writable);
  [[nodiscard]] bool is_writable() const;
  void arm(Timer timer, Duration after, Context& context) {
    timers_.arm(timer, context.now + after, number_, context.trace);
  }
  void cancel(Timer timer, Context& context) { timers_.cancel(timer, number_, context.trace); }
  void trace_agreement(Context& context) const;
  void trace_call(trace::UserCall call, std::uint64_t bytes, Context& context) const;
  void trace_congestion(Context& context) const;
  void trace_loss(std::string_view sign, Context& context) const;

  Shared& shared_;
  Tcb tcb_;
  ConnectionOptions options_;
  PathInfo path_;
  ConnectionId id_;
  ListenerId parent_;
  OwnerId owner_;
  trace::ConnectionNumber number_;

  // Sender.
  SendQueue send_queue_;
  RetransmitQueue flight_;
  RttEstimator rtt_;
  std::unique_ptr<CongestionController> congestion_;
  enum class Recovery : std::uint8_t { kOpen, kFast, kLoss };
  Recovery recovery_ = Recovery::kOpen;
  StreamOffset recover_ = 0;  // snd.nxt when recovery began: it ends when this is acknowledged [RFC6582]
  static constexpr std::uint32_t kDuplicateThreshold = 3;  // [RFC5681 3.2]
  std::uint32_t duplicate_acks_ = 0;
  std::uint64_t duplicate_credit_ = 0;         // without SACK: octets that duplicate ACKs say have left the network
  std::optional<SentRange> newest_delivered_;  // RACK.segment [RFC8985 5.2]
  Duration newest_rtt_{};                      // RACK.rtt
  bool reordering_seen_ = false;
  unsigned reordering_steps_ = 1;   // quarters of a round trip that RACK waits [RFC8985 6.2 step 4]
  unsigned widening_left_ = 0;      // recoveries for which that stays
  StreamOffset widened_until_ = 0;  // snd.nxt when it grew last: it may grow again when this is acknowledged
  ProportionalRate rate_;
  Pacer pacer_;
  DeliveryRate delivery_rate_;
  bool waits_its_turn_ = false;        // something may leave but for pacing: Timer::kPacing is armed
  std::uint64_t recovery_window_ = 0;  // octets that may be in flight while rate_ decides
  // What is needed to take the last reduction of the congestion window back.
  struct Reduction {
    bool may_be_undone = false;
    std::uint32_t first_timestamp = 0;  // of the first repetition
    std::uint64_t repeated_bytes = 0;
    std::uint64_t unproven_bytes = 0;  // of these, not yet reported as duplicates
  };
  Reduction reduction_;
  enum class Suspicion : std::uint8_t { kNone, kTimedOut, kProbing };
  Suspicion suspicion_ = Suspicion::kNone;  // that a timeout came too early (F-RTO) [RFC5682 2.1]
  bool probe_with_new_data_ = false;        // the next segments are new ones, although some are believed lost
  StreamOffset tail_probe_end_ = -1;        // end of a tail-loss probe that was a repetition [RFC8985 7.4]
  bool retransmit_one_ = false;  // recovery begins: one segment may leave whatever the congestion window says
  bool timed_out_ = false;       // one segment may leave whatever the window says
  bool fin_queued_ = false;
  Ecn ecn_;
  StreamOffset partial_end_ = 0;      // of the last segment that was sent and was not full
  bool hold_partial_ = false;         // MSG_MORE or TCP_CORK hold the last partial segment back
  StreamOffset usage_round_end_ = 0;  // when congestion_limited_ and flight_peak_ are judged anew
  std::uint64_t flight_peak_ = 0;
  bool congestion_limited_ = false;  // the window, not the application, ended the last transmit
  bool tail_probe_out_ = false;
  std::uint32_t timeouts_in_a_row_ = 0;
  std::uint32_t unanswered_probes_ = 0;
  std::uint32_t unanswered_keep_alives_ = 0;
  StreamOffset probe_end_ = -1;  // SND.NXT when a closed window opened again with only a probe out
  unsigned persist_backoff_ = 0;
  Instant progress_at_{};  // last time una moved, or data began to wait (user timeout)
  Instant last_sent_at_{};

  // Receiver.
  ReceiveQueue receive_queue_;
  Reassembly reassembly_;
  Reassembly::Block duplicate_{0, 0};  // what came twice; the next segment tells it [RFC2883 4]
  WindowTuning tuning_;
  std::uint32_t echo_timed_ = 0;         // the last timestamp of ours that timed a round trip for it
  StreamOffset read_offset_ = 1;         // first octet the application has not read
  std::uint32_t largest_segment_ = 536;  // largest text seen in one segment
  std::uint64_t unacked_text_ = 0;       // octets received since the last ACK left
  bool ack_now_ = false;
  Cause ack_cause_ = Cause::kAckQuick;
  bool quick_ack_ = false;
  unsigned quick_acks_left_ = 0;  // segments behind a gap that are acknowledged at once
  StreamOffset fin_received_at_ = -1;  // offset of the peer's FIN once it is in order; -1 not yet
  StreamOffset early_fin_at_ = -1;     // offset of a FIN that arrived ahead of a gap
  bool receive_shut_ = false;
  std::uint32_t ts_recent_ = 0;  // TS.Recent [RFC7323 4.3]
  Instant ts_recent_at_{};
  std::uint32_t timestamp_offset_;
  Instant last_received_at_{};
  Instant last_ack_received_at_{};
  Instant last_text_received_at_{};
  RateLimiter challenge_acks_;             // [RFC5961 7]
  RateLimiter unacceptable_acks_{10, 10};  // ACKs in answer to empty unacceptable segments: no ACK wars
  enum class Urgent : std::uint8_t { kNone, kAnnounced, kHere, kRead };
  Urgent urgent_ = Urgent::kNone;
  std::uint8_t urgent_octet_ = 0;
  StreamOffset urgent_at_ = 0;  // offset of the urgent octet

  // Both.
  TimerSet timers_;
  bool tunes_receive_ = false;  // the application left the buffer's size to us
  bool tunes_send_ = false;
  std::size_t charged_bytes_ = 0;
  std::errc error_{};
  std::errc soft_error_{};  // what the network reported; told if the connection fails in the end [RFC9293 MUST-56]
  std::uint8_t pending_notice_ = 0;
  bool released_ = false;
  bool touched_ = false;
  bool ever_synchronized_ = false;
  std::uint64_t bytes_sent_ = 0, bytes_retransmitted_ = 0, bytes_acked_ = 0, bytes_received_ = 0;
  std::uint64_t segments_sent_ = 0, segments_received_ = 0, retransmissions_ = 0;
};

}  // namespace fourtuple::tcp
