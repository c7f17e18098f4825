// Where a script's calls are made: its descriptors and ours, and what its sockets have carried.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/drill/circumstances.hpp"
#include "apps/drill/flows.hpp"
#include "apps/drill/pipe.hpp"
#include "apps/drill/values.hpp"

namespace fourtuple::drill {

// What a call gave back.
struct Answer {
  std::int64_t value = 0;
  int error = 0;                         // errno where the value is -1
  bool is_descriptor = false;            // a new one, whose number is the script's choice
  int type = 0;                          // of the socket behind it
  std::vector<std::string> differences;  // outputs that are not what the script says
};
// Takes errno with it.
[[nodiscard]] Answer answer(std::int64_t value);

class Desk {
 public:
  // The largest buffer that a script may ask for.
  static constexpr std::int64_t kMaxBuffer = std::int64_t{256} << 20;

  Desk(const Circumstances& circumstances, Flows& flows)
      : names_(circumstances.names), defaults_(circumstances.socket_defaults), flows_(flows) {}

  // --- Descriptors. One that the script does not have open is -1 on our side: EBADF.
  [[nodiscard]] int live(const Expression& number) const;
  void open(std::int64_t number, int live, int type);
  void close(std::int64_t number) { descriptors_.erase(number); }
  void close_all();
  // A pipe under the script's numbers. pipe_end() is nullptr for what is none.
  void open_pipe(std::int64_t reading, std::int64_t writing);
  [[nodiscard]] const PipeEnd* pipe_end(const Expression& number) const;
  void close_pipe_end(std::int64_t number);
  // Of the socket that the script has opened or accepted last, for assertions; -1 where there is none.
  [[nodiscard]] int newest() const { return newest_; }

  // --- Conversations.
  [[nodiscard]] Endpoint bind_address() const { return {names_.local, names_.bind_port}; }
  [[nodiscard]] Endpoint connect_address() const { return {names_.remote, names_.connect_port}; }
  [[nodiscard]] Flows& flows() { return flows_; }
  // A call has named a datagram socket, or both of its ends.
  void note_datagrams(int live);

  // --- Data.
  // What the next write through this descriptor carries. The script's own text, where it gives one.
  [[nodiscard]] std::vector<std::uint8_t> outgoing(const Expression& descriptor, const Expression& text,
                                                   std::size_t size);
  void sent(const Expression& descriptor, std::int64_t count);
  // Checks what was read, unless it may have holes (urgent data); `moves` as MSG_PEEK does not.
  void received(const Expression& descriptor, ByteView octets, bool moves);
  // Data came that cannot be compared: it was thrown away, or is not the next of the stream.
  void skipped(const Expression& descriptor, std::size_t count);
  // Urgent octets leave the stream, so nothing is compared any more.
  void note_urgent() { is_comparable_ = false; }
  // What is sent from now on comes from elsewhere and tells nothing about its place.
  void note_foreign_text() { writes_pattern_ = false; }
  [[nodiscard]] bool writes_pattern() const { return writes_pattern_; }
  // Payload that was not what the other side had sent; empty while all is well.
  [[nodiscard]] const std::string& payload_fault() const { return payload_fault_; }

 private:
  struct Descriptor {
    int live = -1;
    int type = 0;
    std::uint64_t written = 0;
    std::uint64_t read = 0;
  };
  [[nodiscard]] Descriptor* find(const Expression& number);

  Names names_;
  std::vector<SocketDefault> defaults_;
  Flows& flows_;
  std::map<std::int64_t, Descriptor> descriptors_;
  std::map<std::int64_t, PipeEnd> pipe_ends_;
  int newest_ = -1;
  bool is_comparable_ = true;
  bool writes_pattern_ = true;
  std::string payload_fault_;
};

[[nodiscard]] std::size_t buffer_size(const Expression& expression);

}  // namespace fourtuple::drill
