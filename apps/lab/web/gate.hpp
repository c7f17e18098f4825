// Who may ask: only the page that we gave out ourselves, in a browser on this machine.
//
// A browser opens any site beside ours, and each of them may send requests to the loopback address. So every request
// for data carries a secret that only our own page has been told; the Host field must be our own address (a name that
// somebody points at 127.0.0.1 is not), and an Origin field that is there must be ours.
#pragma once

#include <optional>
#include <string>

#include "apps/lab/web/backend.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::lab::web {

class Gate {
 public:
  Gate(std::string token, Port port) : token_(std::move(token)), port_(port) {}

  // Lets requests by another name in, too: "10.0.0.4:8080", over a stack of ours.
  void also_answer(std::string authority) { other_ = std::move(authority); }

  // Nothing: come in. Else what to say.
  [[nodiscard]] std::optional<Reply> refusal(const Request& request) const;
  // "http://127.0.0.1:8080/?token=..."
  [[nodiscard]] std::string address() const;

 private:
  [[nodiscard]] bool is_ours(std::string_view authority) const;

  std::string token_;
  Port port_;
  std::string other_;  // empty: none
};

// 128 bits that nobody can guess, as 32 hexadecimal digits. Throws std::system_error where the system has no
// randomness.
[[nodiscard]] std::string new_token();

}  // namespace fourtuple::lab::web
