// Reads pcapng files (draft-ietf-opsawg-pcapng). libpcap does too, but only where all interfaces of a file are of one
// kind and keep the same length of their frames; what people send around is not always like that.
#pragma once

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/pcap/capture_file.hpp"

namespace fourtuple {

class PcapngReader {
 public:
  // By the first four octets of a file.
  [[nodiscard]] static bool knows(std::string_view begin);

  // `stream` stands at the file's beginning, outlives the reader, and is read up to the first interface.
  explicit PcapngReader(std::FILE* stream);

  // Of the first interface.
  [[nodiscard]] int link_type() const { return first_link_type_; }
  [[nodiscard]] std::optional<CapturedFrame> next();
  // Why reading stopped before the end; empty otherwise.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  static constexpr int kEthernetLink = 1;

  struct Interface {
    int link_type = kEthernetLink;
    std::uint32_t kept_octets = 0;  // of each frame; 0: all
    std::uint8_t resolution = 6;    // units of 10^-n seconds, with the high bit set of 2^-n
    std::int64_t offset_seconds = 0;
  };
  struct Block {
    std::uint32_t type = 0;
    ByteView body;  // in block_
  };

  [[nodiscard]] std::optional<Block> read_block();
  [[nodiscard]] bool read_exactly(std::size_t octets);
  [[nodiscard]] bool take_byte_order();
  void take_interface(ByteView body);
  void take_interface_option(std::uint16_t code, ByteView value, Interface& interface) const;
  [[nodiscard]] std::optional<CapturedFrame> frame_in(const Block& block);
  [[nodiscard]] std::optional<CapturedFrame> enhanced_packet(ByteView body, std::size_t interface);
  [[nodiscard]] std::optional<CapturedFrame> simple_packet(ByteView body);
  std::nullopt_t fail(const char* why);

  [[nodiscard]] std::uint16_t word(ByteView bytes, std::size_t at) const;
  [[nodiscard]] std::uint32_t number(ByteView bytes, std::size_t at) const;

  std::FILE* stream_;
  bool is_big_endian_ = false;
  std::vector<std::uint8_t> block_;
  std::vector<Interface> interfaces_;  // of the section at hand
  int first_link_type_ = kEthernetLink;
  std::chrono::nanoseconds latest_{};  // for frames without a time
  std::string error_;
};

}  // namespace fourtuple
