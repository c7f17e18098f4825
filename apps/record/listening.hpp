// Hearing the socket calls of commands: a folder for a while, a log in it, and the environment that makes the dynamic
// linker load libfourtuple-record.so into every program that is started from here on.
#pragma once

#include <string>

#include "apps/record/heard_call.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::record {

class Listening {
 public:
  // Without the object there is no log, and a remark says so: the capture is worth having all the same.
  [[nodiscard]] static SetupResult<Listening> start();
  Listening(Listening&& other) noexcept;
  Listening& operator=(Listening&&) = delete;
  // Removes the folder.
  ~Listening();

  // Who the commands are that are started next: "client" or "server".
  void expect(const std::string& who) const;
  [[nodiscard]] HeardCalls heard() const { return read_lines(log_); }

 private:
  Listening(std::string folder, std::string log) : folder_(std::move(folder)), log_(std::move(log)) {}

  std::string folder_;
  std::string log_;
};

}  // namespace fourtuple::record
