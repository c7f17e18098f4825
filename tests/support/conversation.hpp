// One TCP layer and the peers that talk to it by script, in virtual time. IP is not needed: TCP is told the path.
//
//   Conversation c;                                       // we are 10.0.0.4:80, the peer is 10.0.0.5:50000
//   c.listen();
//   c.in("S 0:0(0) win 65535 <mss 1460>");                // the peer says this
//   c.out("S. 0:0(0) ack 1 <mss 1460>");                  // the next thing we said must be this
//   c.in(". 1:1(0) ack 1");
//   c.accept();
//   c.in("P. 1:101(100) ack 1");
//   c.after(40ms, ". 1:1(0) ack 101");                    // silence for 40 ms, then exactly this
//   c.quiet();                                            // nothing else was sent
//
// Initial sequence numbers and the peer's timestamps lie just below 2^32, so every conversation crosses the wrap.
// The first failure prints the story so far; later checks of the same conversation stay silent, for they would only
// repeat it. What we do is judged by the rules that judge every trace (stack/judge). A segment that no line expected
// fails the test at its end (unless ignore_rest() was called).
#pragma once

#include <deque>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "stack/base/packet_buffer.hpp"
#include "stack/observe/fanout.hpp"
#include "stack/tcp/layer.hpp"
#include "apps/simulate/judged.hpp"
#include "tests/support/peer.hpp"
#include "tests/support/story.hpp"

namespace fourtuple::test {

// Where in a test file a line stands: the last parameter of every check, filled in by the compiler.
struct Where {
  const char* file;
  int line;
  static constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

// Conversations count segments with the numbers of RFC 5681, where every reader can look them up; CUBIC has tests of
// its own.
[[nodiscard]] inline tcp::TcpConfig textbook_config() {
  tcp::TcpConfig config;
  config.congestion = "reno";
  return config;
}

struct ConversationSetup {
  tcp::TcpConfig config = textbook_config();  // check_invariants is always switched on
  tcp::PathInfo path{1460, 1460, 0};
  std::uint64_t seed = 1;
};

class Conversation {
 public:
  static constexpr Ipv4Address kOurAddress{0x0a000004};
  static constexpr Ipv4Address kPeerAddress{0x0a000005};
  static constexpr Port kOurPort = 80;
  static constexpr Port kPeerPort = 50000;
  static constexpr tcp::ConnectionOptions kNoOptions{};

  explicit Conversation(const ConversationSetup& setup = {});
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // --- Peers. The script lines are those of the current one; it is made when it is first named.
  Peer& talk_to(Port port, Ipv4Address address = kPeerAddress);
  [[nodiscard]] Peer& peer() { return *peer_; }
  // A new incarnation of the same four-tuple starts: relative numbers count anew. `gap` is how far the peer's new
  // initial sequence number lies after its old one.
  void begin_again(std::uint32_t gap = 1'000'000);

  // --- What the peer says. Several lines in braces arrive as one batch.
  void in(std::string_view line, Where where = Where::here());
  void in(std::initializer_list<std::string_view> lines, Where where = Where::here());
  // What the network says about a segment of ours; `quoted_seq` is relative.
  void report(tcp::NetworkReport::Kind kind, std::errc error, std::int64_t quoted_seq, std::uint16_t send_mss = 0,
              Where where = Where::here());

  // --- What we must have said.
  void out(std::string_view line, Where where = Where::here());
  // A segment that the RFC allows but does not ask for: taken away where it is there.
  void maybe(std::string_view line, Where where = Where::here());
  // A RST with this sequence number, with or without an ACK field: RFC 9293 3.10.5 leaves it out, many put it in.
  void out_reset(std::int64_t seq, Where where = Where::here());
  // Nothing is sent before `span` is over; then this line is, within a millisecond.
  void after(Duration span, std::string_view line, Where where = Where::here());
  // Nothing (else) was sent.
  void quiet(Where where = Where::here());
  void quiet_for(Duration span, Where where = Where::here());
  // The next segment, for a test to look at itself. A test failure and an empty segment when there is none.
  Sent take(Where where = Where::here());
  [[nodiscard]] std::size_t waiting() const { return sent_.size(); }
  void forget_sent() { sent_.clear(); }
  void ignore_rest() { ignore_rest_ = true; }

  // --- Time.
  void advance(Duration span, Where where = Where::here());
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Duration elapsed() const { return now_ - begin_; }

  // --- The application. Without a handle the current peer's connection is meant.
  tcp::ListenerId listen(std::uint32_t backlog = 16, const tcp::ConnectionOptions& options = kNoOptions,
                         Where where = Where::here());
  // Takes the oldest waiting connection and makes its peer the current one.
  tcp::ConnectionId accept(Where where = Where::here());
  void expect_nothing_to_accept(Where where = Where::here());
  void close_listener();
  tcp::ConnectionId connect(const tcp::ConnectionOptions& options = kNoOptions, Where where = Where::here());
  // A passive opening with the given options on the peer's SYN, as far as accept().
  void establish(std::string_view syn_options = "<mss 1460>", const tcp::ConnectionOptions& options = kNoOptions,
                 std::uint16_t window = 65535, Where where = Where::here());

  // Writes the next `count` octets of our stream; all of them must find room.
  void send(std::size_t count, tcp::SendFlags flags = {}, Where where = Where::here());
  Result<std::size_t> try_send(std::size_t count, tcp::SendFlags flags = {});
  // Reads exactly `count` octets and checks every one.
  void receive(std::size_t count, Where where = Where::here());
  // Reads at most `count` octets and checks those that came.
  Result<std::size_t> try_receive(std::size_t count, tcp::ReceiveFlags flags = {}, Where where = Where::here());
  void expect_blocked(Where where = Where::here());
  void expect_end_of_stream(Where where = Where::here());
  void expect_error(std::errc error, Where where = Where::here());
  void shutdown(Where where = Where::here());
  void close();
  void abort();
  void set_options(const tcp::ConnectionOptions& options);

  void expect_state(TcpState state, Where where = Where::here());
  // The state of the current four-tuple; CLOSED where there is no such connection.
  [[nodiscard]] TcpState state() const;
  void expect_drop(DropReason reason, Where where = Where::here());
  [[nodiscard]] tcp::Info info(Where where = Where::here());
  [[nodiscard]] tcp::Layer::Status status(Where where = Where::here());
  // What the layer told the socket floor about `owner` since the last call.
  [[nodiscard]] std::uint8_t take_readiness(OwnerId owner);

  // --- The layer itself, for calls that have no name here: `c.call([](auto& layer, auto& context) { ... });`
  template <class Call>
  auto call(Call&& body, Where where = Where::here()) {
    const Door door(*this, where);
    tcp::Context context{now_, random_, {&sinks_, now_}, outbox_};
    return body(layer_, context);
  }
  [[nodiscard]] const tcp::Layer& layer() const { return layer_; }
  [[nodiscard]] Story& story() { return story_; }
  // Hears of everything, too. It must live as long as the conversation.
  void add_sink(trace::Sink& sink) { sinks_.add(sink); }
  [[nodiscard]] bool has_failed() const { return failed_; }
  void fail(const std::string& what, Where where);

  static constexpr OwnerId kListenerOwner = 1;
  static constexpr OwnerId kConnectionOwner = 2;

 private:
  // Whatever goes through a door leaves an outbox behind: it is emptied, and the invariants are checked.
  class Door {
   public:
    Door(Conversation& conversation, Where where) : conversation_(conversation), where_(where) {}
    ~Door() { conversation_.settle(where_); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

   private:
    Conversation& conversation_;
    Where where_;
  };

  void settle(Where where);
  void collect();
  void keep(const tcp::OutSegment& segment);
  void say(std::string_view line, tcp::Context& context, Where where);
  void run_until(Instant end, Where where);
  void check(const ScriptSegment& wanted, std::string_view line, Where where);
  [[nodiscard]] Peer* peer_of(const FourTuple& name);
  [[nodiscard]] std::string in_script_words(const Sent& sent);

  tcp::PathInfo path_;
  Instant begin_;
  Instant now_;
  RandomSource random_;
  tcp::Layer layer_;
  tcp::Outbox outbox_;
  BufferPool buffers_;
  Story story_;
  judge::Listener judge_;
  observe::Fanout sinks_;  // the story and the judge
  std::map<Endpoint, Peer> peers_;
  Peer* peer_ = nullptr;
  tcp::ListenerId listener_;
  std::deque<Sent> sent_;
  std::map<OwnerId, std::uint8_t> readiness_;
  bool failed_ = false;
  bool ignore_rest_ = false;
};

}  // namespace fourtuple::test
