// Laboratory over the shared object: linked in the place of our own.
#include "apps/laboratory/laboratory.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/conformance/packetdrill_player/object_world.hpp"

namespace fourtuple::laboratory {

struct Laboratory::Parts {
  explicit Parts(const Setup& setup) : world(setup) {}
  player::ObjectWorld world;
};

Laboratory::Laboratory(Setup setup) : parts_(std::make_unique<Parts>(setup)) {}
Laboratory::~Laboratory() = default;

void Laboratory::give(ByteView datagram) { parts_->world.give(datagram); }
std::optional<Emitted> Laboratory::take() { return parts_->world.take(); }
bool Laboratory::has_emitted() const { return false; }
std::size_t Laboratory::dropped() const { return 0; }
Instant Laboratory::now() const { return parts_->world.now(); }
// Nobody can ask the object: there may always be something.
Instant Laboratory::next_deadline() const { return now(); }
void Laboratory::advance_to(Instant moment) { parts_->world.step(moment); }
bool Laboratory::step(Instant limit) { return parts_->world.step(limit); }
// The player calls this before it looks for a packet that the script expects.
void Laboratory::settle() { parts_->world.want_packet(); }
Runtime& Laboratory::runtime() { throw std::logic_error("the object shows nobody its runtime"); }

}  // namespace fourtuple::laboratory
