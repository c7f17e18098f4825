// The application log that lies beside a capture: every socket call of both hosts, in order of time, in one file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/record/heard_call.hpp"

namespace fourtuple::record {

// When the last process of one side had ended, with what the kernel closed for it then.
struct Ending {
  std::string who;
  std::int64_t time = 0;
};

// Connections of that side on which more octets were written than in the calls that were heard. Precondition: what was
// heard, before it is made a story.
[[nodiscard]] std::size_t half_heard_connections(const std::vector<HeardCall>& calls, std::string_view who);

// What was heard as one story:
//  * in order of time;
//  * a descriptor that several processes have is closed when the last of them closes it: closes that are followed by
//    another call on the same socket are left out; connections that nobody closed were closed by their side's ending;
//  * descriptors that mean two sockets at the same time (in two processes of one side, or while one is still awaited)
//  are
//    told apart: the later one gets a number that is greater by 1000 or more.
[[nodiscard]] std::vector<HeardCall> as_one_story(std::vector<HeardCall> calls, const std::vector<Ending>& endings);

// {"t0_epoch": SECONDS, "calls": [{"t","dt","who","fd","call","arg","res"}...]}. `t0` in nanoseconds since 1970; whole
// seconds stay exact in a reader's double. A connect has one key more, "local": our own address.
[[nodiscard]] std::string to_json(const std::vector<HeardCall>& story, std::int64_t t0);

}  // namespace fourtuple::record
