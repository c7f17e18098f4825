// The kernel's TCP as a test uses it: blocking calls that give up after ten seconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace fourtuple::interop {

inline constexpr const char* kOurAddress = "10.0.0.4";

class KernelSocket {
 public:
  KernelSocket() = default;
  explicit KernelSocket(int descriptor) : descriptor_(descriptor) {}
  KernelSocket(KernelSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  KernelSocket& operator=(KernelSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~KernelSocket();

  // Connects to our stack; errno in error() where that fails.
  [[nodiscard]] static KernelSocket connect(std::uint16_t port);
  [[nodiscard]] static KernelSocket listen(std::uint16_t port);
  [[nodiscard]] KernelSocket accept() const;

  [[nodiscard]] bool ok() const { return error_ == 0 && descriptor_ >= 0; }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] int get() const { return descriptor_; }

  // False when not all of it went.
  bool send(std::string_view bytes);
  // At most `size` octets, as they come; "" at the end of the stream or on an error (see error()).
  [[nodiscard]] std::string receive(std::size_t size = 65536);
  // Exactly `size` octets, or what came before the end.
  [[nodiscard]] std::string receive_all(std::size_t size);
  void end_sending();
  // Ends with a reset.
  void abort();

 private:
  int descriptor_ = -1;
  int error_ = 0;
};

// Octets that repeat only after 2^32 and tell their place.
[[nodiscard]] std::string pattern(std::size_t size, std::uint64_t from = 0);

}  // namespace fourtuple::interop
