// A line of text of bounded length, made without allocation or locale: fit for a signal handler.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fourtuple::record {

class Line {
 public:
  static constexpr std::size_t kMaxOctets = 512;

  // What does not fit is left out.
  Line& text(std::string_view more) {
    for (const char octet : more) character(octet);
    return *this;
  }
  Line& character(char octet) {
    if (size_ < octets_.size()) octets_[size_++] = octet;
    return *this;
  }
  Line& number(std::int64_t value) {
    if (value < 0) character('-');
    std::array<char, 20> digits{};
    std::size_t count = 0;
    auto rest = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    while (count > 0) character(digits[--count]);
    return *this;
  }

  [[nodiscard]] std::string_view view() const { return {octets_.data(), size_}; }

 private:
  std::array<char, kMaxOctets> octets_{};
  std::size_t size_ = 0;
};

}  // namespace fourtuple::record
