// What stands in a capture beside TCP: ARP, ICMP, UDP and everything else, in one line each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/capture/conversation.hpp"
#include "drivers/pcap/capture_file.hpp"

namespace fourtuple::ladder {

struct OtherFrame {
  std::uint32_t number = 0;
  capture::CaptureTime time{};
  std::string line;    // "ARP who-has 10.0.0.4 tell 10.0.0.5"
  std::string source;  // addresses as text; empty where there is none
  std::string destination;
};

// Nothing for a frame with TCP in it, which belongs to a conversation. `number` counts frames from 1.
[[nodiscard]] std::optional<OtherFrame> describe_other(const CapturedFrame& frame, int link_type, std::uint32_t number);

}  // namespace fourtuple::ladder
