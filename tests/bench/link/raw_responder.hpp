// The limit of the link: no stack, no sockets, next to no state. It swaps the headers of what arrives, acknowledges all
// of it, echoes what goes to the echo port and fills the window of whoever connects to the source port.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "drivers/descriptor.hpp"

namespace fourtuple::bench {

class RawResponder {
 public:
  RawResponder(const std::string& device, bool offload);
  void run();

 private:
  static constexpr std::size_t kVnetHeader = 10;
  static constexpr std::size_t kEthernet = 14;
  static constexpr std::size_t kTcpHeader = 32;                         // with timestamps, as the kernel sends them
  static constexpr std::size_t kHeaders = kEthernet + 20 + kTcpHeader;  // what we send, before the payload
  static constexpr std::size_t kLargest = kVnetHeader + 65535 + kEthernet;
  static constexpr std::size_t kMss = 1448;  // payload of a full segment

  // What of a segment matters here, in host order.
  struct Arrived {
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint32_t seq = 0, ack = 0, window = 0;
    std::uint8_t flags = 0;
    std::size_t options = 0;  // octets
    std::size_t payload = 0;  // octets
  };
  // A connection to the source port.
  struct Flow {
    std::uint32_t next = 0, acked = 0;
    std::uint64_t window = 0;
    unsigned scale = 0;
    std::array<std::uint8_t, kHeaders> headers{};
  };
  struct Answer {
    std::uint32_t seq = 0, ack = 0;
    std::uint8_t flags = 0;
    std::size_t payload = 0;  // octets that stand behind the headers already
  };

  void handle_frame(std::size_t size);
  void handle_arp(std::size_t size);
  void handle_segment(const Arrived& segment);
  void answer_syn(const Arrived& segment);
  void answer_data(const Arrived& segment);
  [[nodiscard]] Arrived parse() const;
  // Turns the frame in hand into its answer and sends it.
  void answer(const Answer& answer, std::size_t tcp_header = kTcpHeader);
  static void write_answer(std::uint8_t* frame, const Answer& answer);
  void send_acknowledgments();
  void update_flow(const Arrived& segment);
  void blast(Flow& flow);
  void go_back();
  void seal(std::uint8_t* frame, std::size_t tcp_header, std::size_t payload, bool payload_is_zero) const;
  void send(std::uint8_t* frame, std::size_t size, std::size_t payload);

  Descriptor device_;
  bool offload_;
  std::vector<std::uint8_t> in_;
  std::vector<std::uint8_t> out_;                            // zeros behind the headers, for the source
  std::vector<std::array<std::uint8_t, kHeaders>> pending_;  // acknowledgments at the end of a batch
  std::unordered_map<std::uint16_t, std::size_t> pending_of_;
  std::unordered_map<std::uint16_t, Flow> flows_;  // by the peer's port
};

}  // namespace fourtuple::bench
