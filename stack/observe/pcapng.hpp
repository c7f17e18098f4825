// The event stream as a pcapng capture in which every packet says what it did: Wireshark shows state changes, causes,
// drop reasons and their RFC clauses as packet comments. (draft-ietf-opsawg-pcapng; link type Ethernet, nanoseconds.)
//
// Of a frame that we sent the event stream has the headers; the payload is told by its length only, as in a capture
// with a short snapshot length. The `tee` driver writes whole frames, without comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

struct PcapngOptions {
  std::string interface_name = "ft0";
  std::size_t snap_length = 262144;         // octets kept of a received frame; 0: all
  std::size_t max_comment = 4096;           // octets of one packet's comment; further notes are left out
  std::chrono::nanoseconds epoch_offset{};  // what to add to the stack's clock to get the time since 1970
};

class PcapngSink final : public trace::Sink {
 public:
  using Write = std::function<void(ByteView block)>;  // takes whole blocks, in order

  // Writes the section header and the interface's description at once.
  PcapngSink(Write write, PcapngOptions options = {});
  // Flushes.
  ~PcapngSink() override;
  PcapngSink(const PcapngSink&) = delete;
  PcapngSink& operator=(const PcapngSink&) = delete;

  void on_event(const trace::Event& event) override;
  // A received frame waits for what it causes; this writes it as it is.
  void flush();

 private:
  struct Packet {
    std::vector<std::uint8_t> bytes;
    std::size_t original_size = 0;
    Instant time{};
    bool outbound = false;
  };
  void begin(ByteView bytes, std::size_t original_size, bool outbound, Instant time);
  void note(std::string_view text);
  void note_on(const trace::Event& event);
  void write_packet();

  Write write_;
  PcapngOptions options_;
  Packet packet_{};
  bool waiting_ = false;  // packet_ is not written yet
  std::string comment_;   // of packet_, or, with none waiting, of the next one
};

}  // namespace fourtuple::observe
