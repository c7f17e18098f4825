// The table's network and clock.
#include <algorithm>
#include <cstring>

#include "apps/packetdrill/adapter.hpp"

namespace fourtuple::packetdrill {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

[[nodiscard]] long long microseconds_of(Instant moment) {
  return duration_cast<microseconds>(moment.time_since_epoch()).count();
}

int netdev_send(void* userdata, const void* packet, size_t count) {
  return with_session(userdata, [&](Session& session) {
    session.give({static_cast<const std::uint8_t*>(packet), count});
    return 0;
  });
}

// Silence is a packet of no octets: -1 would be asked again for ever.
int netdev_receive(void* userdata, void* buffer, size_t* count, long long* time_usecs) {
  return with_session(userdata, [&](Session& session) {
    const auto emitted = session.receive();
    const std::size_t size = emitted ? std::min(emitted->octets.size(), *count) : 0;
    if (size != 0) std::memcpy(buffer, emitted->octets.data(), size);
    *count = size;
    *time_usecs = microseconds_of(emitted ? emitted->time : session.bench().now());
    return 0;
  });
}

int sleep(void* userdata, useconds_t time) {
  return with_session(userdata, [&](Session& session) {
    session.sleep(microseconds(time));
    return 0;
  });
}

int look_at_clock(void* userdata, timeval* now, struct timezone* zone) {
  return with_session(userdata, [&](Session& session) {
    const long long moment = microseconds_of(session.look_at_clock());
    if (now != nullptr) *now = {.tv_sec = moment / 1'000'000, .tv_usec = moment % 1'000'000};
    if (zone != nullptr) *zone = {};
    return 0;
  });
}

}  // namespace

void fill_network(packetdrill_interface& table) {
  table.netdev_send = netdev_send;
  table.netdev_receive = netdev_receive;
  table.usleep = sleep;
  table.gettimeofday = look_at_clock;
}

}  // namespace fourtuple::packetdrill
