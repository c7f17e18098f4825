// The oracle: one sequence of socket calls, made on kernel sockets (in a network namespace of its own, in a process of
// its own) and on fourtuple's, both written down line by line. Where the two transcripts differ the test fails, unless
// the difference is one of those that are kept on purpose (differences.cpp, published as docs/linux-differences.md). A
// difference in that table that no longer occurs is a failure too.
//
// How to add a case, in any file of this folder:
//
//   #include "tests/oracle/oracle.hpp"
//
//   namespace fourtuple::oracle {
//
//   ORACLE(FreshSocket, HasNoPeer) {
//     const int fd = s.socket("fresh");
//     s.getpeername(fd);
//     s.poll(fd);
//   }
//
//   }  // namespace fourtuple::oracle
//
// `s` is a Script (script.hpp): every step makes one call and writes one line; calls that it has no step for are made
// on s.sockets() and written down with s.say(). Rules:
//   * No branches on what a call answered: both sides make the same calls, so that line n answers line n.
//   * Nothing that depends on chance or on speed may reach a line: wait with s.await(fd, bits), never for a time; ports
//     the system chose are renamed by s.port_text(); buffer sizes and timings are not compared.
//   * Fixed ports are below 32768; every case has a network to itself.
// After adding or changing a case run `oracle --record`, as root: it writes linux.txt, the transcript of Linux, which
// is what fourtuple is compared with where no namespace can be made. After changing the table of differences run
// `oracle --write-differences`.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <string>

#include "tests/oracle/script.hpp"

namespace fourtuple::oracle {

using Case = void (*)(Script&);

// Runs a case on both sides and compares. `name` as gtest spells it: "Suite.Name".
void compare(const std::string& name, Case body);

// Every case of the program, for --record. Cases announce themselves, as gtest's tests do.
[[nodiscard]] std::map<std::string, Case>& cases();
inline bool announce(const std::string& name, Case body) { return cases().emplace(name, body).second; }

#define ORACLE(suite, name)                                                                              \
  static void oracle_##suite##_##name(::fourtuple::oracle::Script& s);                                   \
  TEST(Oracle##suite, name) { ::fourtuple::oracle::compare(#suite "." #name, oracle_##suite##_##name); } \
  static const bool oracle_has_##suite##_##name =                                                        \
      ::fourtuple::oracle::announce(#suite "." #name, oracle_##suite##_##name);                          \
  static void oracle_##suite##_##name(::fourtuple::oracle::Script& s)

}  // namespace fourtuple::oracle
