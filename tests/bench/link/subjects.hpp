// Who is measured: servers that live in processes of their own, each at its own address behind its own device.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>

#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::bench {

inline constexpr std::uint16_t kDiscardPort = 5009;
inline constexpr std::uint16_t kSourcePort = 5019;
inline constexpr std::uint16_t kShortPort = 5029;
inline constexpr std::uint16_t kEchoPort = 5007;
inline constexpr std::uint16_t kBlockingEchoPort = 5008;  // Linux only: a thread for each connection

// A forked process that dies with us and does not outlive this object.
class Subject {
 public:
  Subject(std::string name, Ipv4Address address, const std::function<void()>& body);
  Subject(Subject&& other) noexcept;
  Subject& operator=(Subject&&) = delete;
  ~Subject();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Ipv4Address address() const { return address_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  // What it has used of the processors so far.
  [[nodiscard]] std::int64_t cpu_nanoseconds() const;
  // Waits until its echo port takes connections; false where it does not within ten seconds.
  [[nodiscard]] bool wait_until_ready() const;

 private:
  std::string name_;
  Ipv4Address address_;
  pid_t pid_ = -1;
};

// The stack, as `fourtuple perf-server` on a new TAP device of that name.
[[nodiscard]] SetupResult<Subject> start_ours(const std::string& device, Ipv4Address address, bool offload);
// The responder that only swaps headers and acknowledges.
[[nodiscard]] SetupResult<Subject> start_raw(const std::string& device, Ipv4Address address, bool offload);
// The kernel in a namespace of its own, over veth.
[[nodiscard]] SetupResult<Subject> start_linux(const std::string& device, Ipv4Address address);

}  // namespace fourtuple::bench
