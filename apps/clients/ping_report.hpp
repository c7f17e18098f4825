// What ping says, in the words of the well-known program.
#pragma once

#include <cstdint>
#include <string>

#include "apps/clients/echo_message.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

class PingReport {
 public:
  PingReport(Ipv4Address host, std::size_t payload_bytes) : host_(host), payload_bytes_(payload_bytes) {}

  [[nodiscard]] std::string head() const;
  void sent() { ++sent_; }
  [[nodiscard]] std::string answered(const EchoReply& reply, Duration round_trip, bool duplicate);
  [[nodiscard]] std::string failed(std::uint16_t sequence, const std::string& why) const;
  [[nodiscard]] std::string summary(Duration elapsed) const;

  [[nodiscard]] std::uint32_t answers() const { return answers_; }

 private:
  Ipv4Address host_;
  std::size_t payload_bytes_;
  std::uint32_t sent_ = 0;
  std::uint32_t answers_ = 0;
  std::uint32_t duplicates_ = 0;
  double least_ms_ = 0;
  double most_ms_ = 0;
  double sum_ms_ = 0;
  double sum_of_squares_ = 0;
};

}  // namespace fourtuple::apps
