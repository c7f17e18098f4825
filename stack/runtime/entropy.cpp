#include "stack/runtime/entropy.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace fourtuple {

RandomSource::Seed system_entropy() {
  RandomSource::Seed seed{};
  // Up to 256 octets come whole once the pool is initialised (getrandom(2)).
  while (::getrandom(seed.data(), sizeof seed, 0) != static_cast<ssize_t>(sizeof seed)) {
    if (errno != EINTR) throw std::system_error(errno, std::system_category(), "getrandom");
  }
  return seed;
}

}  // namespace fourtuple
