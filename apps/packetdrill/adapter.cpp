#include "apps/packetdrill/adapter.hpp"

#include <cstdio>

#include "apps/laboratory/settings.hpp"

namespace fourtuple::packetdrill {

void Adapter::begin(const char* flags) {
  end();
  laboratory::Setup setup;
  if (flags != nullptr) complain(laboratory::apply_settings(flags, setup));
  auto session = std::make_shared<Session>(std::move(setup));
  const std::lock_guard lock(mutex_);
  session_ = std::move(session);
}

void Adapter::end() {
  std::shared_ptr<Session> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(session_);
  }
  if (ended) ended->end();
}

std::shared_ptr<Session> Adapter::session() const {
  const std::lock_guard lock(mutex_);
  return session_;
}

void Adapter::complain(const std::vector<std::string>& sentences) {
  bool is_new = false;
  for (const std::string& sentence : sentences) {
    if (!said_.insert(sentence).second) continue;
    std::fprintf(stderr, "libfourtuple-packetdrill: %s\n", sentence.c_str());
    is_new = true;
  }
  if (!is_new || !said_.insert(std::string()).second) return;
  std::fputs("libfourtuple-packetdrill: settings are NAME=VALUE, separated by commas:\n", stderr);
  for (const std::string& line : laboratory::known_settings()) std::fprintf(stderr, "  %s\n", line.c_str());
}

// Never destroyed: a thread may still be in a call when the process ends.
Adapter& the_adapter() {
  static Adapter* const adapter = new Adapter;
  return *adapter;
}

}  // namespace fourtuple::packetdrill

extern "C" __attribute__((visibility("default"))) void packetdrill_interface_init(const char* flags,
                                                                                  packetdrill_interface* interface) {
  using namespace fourtuple::packetdrill;  // NOLINT: this is the other side of a C interface
  interface->userdata = &the_adapter();
  interface->free = [](void* userdata) { static_cast<Adapter*>(userdata)->end(); };
  fill_names(*interface);
  fill_data(*interface);
  fill_readiness(*interface);
  fill_pipes(*interface);
  fill_network(*interface);
  try {
    the_adapter().begin(flags);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "libfourtuple-packetdrill: %s\n", error.what());
  }
}
