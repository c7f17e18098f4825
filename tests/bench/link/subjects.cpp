#include "tests/bench/link/subjects.hpp"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "apps/programs.hpp"
#include "apps/world/veth.hpp"
#include "drivers/interface.hpp"
#include "tests/bench/link/clients.hpp"
#include "tests/bench/link/devices.hpp"
#include "tests/bench/link/linux_server.hpp"
#include "tests/bench/link/raw_responder.hpp"

namespace fourtuple::bench {
namespace {

// The kernel's own address on the link to a subject: the next one.
Ipv4Prefix kernel_side(Ipv4Address subject) { return {Ipv4Address{subject.value + 1}, 24}; }

SetupResult<interface::Unit> settle(const std::string& device, Ipv4Address subject) {
  if (auto done = interface::set_ipv4(device, kernel_side(subject)); !done) return done;
  return interface::set_up(device);
}

// A namespace of our own, for the process that is about to become the Linux server.
void live_elsewhere(int tell, int wait, const std::string& device, Ipv4Address address) {
  if (::unshare(CLONE_NEWNET) != 0) std::exit(1);
  char token = 'u';
  if (::write(tell, &token, 1) != 1 || ::read(wait, &token, 1) != 1) std::exit(1);
  if (!interface::set_ipv4(device, {address, 24}) || !interface::set_up(device)) std::exit(1);
  run_linux_server();
}

}  // namespace

Subject::Subject(std::string name, Ipv4Address address, const std::function<void()>& body)
    : name_(std::move(name)), address_(address), pid_(::fork()) {
  if (pid_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  body();
  std::_Exit(0);
}

Subject::Subject(Subject&& other) noexcept
    : name_(std::move(other.name_)), address_(other.address_), pid_(std::exchange(other.pid_, -1)) {}

Subject::~Subject() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::int64_t Subject::cpu_nanoseconds() const {
  clockid_t clock = 0;
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

bool Subject::wait_until_ready() const {
  for (int tries = 0; tries < 100; ++tries) {
    if (connect_to(address_, kEchoPort)) return true;
    ::usleep(100'000);
  }
  return false;
}

SetupResult<Subject> start_ours(const std::string& device, Ipv4Address address, bool offload) {
  if (auto made = make_tap(device, offload); !made) return failure(made.error());
  if (auto settled = settle(device, address); !settled) return failure(settled.error());
  return Subject("ours", address, [&] {
    apps::PerfServerOptions options;
    options.attach.tap = device;
    options.attach.vnet_header = offload ? apps::VnetChoice::kOn : apps::VnetChoice::kOff;
    options.attach.address = {address, 24};
    std::exit(apps::run_perf_server(options));
  });
}

SetupResult<Subject> start_raw(const std::string& device, Ipv4Address address, bool offload) {
  if (auto made = make_tap(device, offload); !made) return failure(made.error());
  if (auto settled = settle(device, address); !settled) return failure(settled.error());
  return Subject("raw", address, [&] { RawResponder(device, offload).run(); });
}

SetupResult<Subject> start_linux(const std::string& device, Ipv4Address address) {
  const std::string peer = device + "p";
  int ready[2];
  int go[2];
  if (::pipe(ready) != 0 || ::pipe(go) != 0) return failure(SetupError{.cause = "no pipe", .cure = ""});
  Subject subject("linux", address, [&] { live_elsewhere(ready[1], go[0], peer, address); });
  char token = 0;
  if (::read(ready[0], &token, 1) != 1) return failure(SetupError{.cause = "no second namespace", .cure = ""});
  if (auto made = apps::create_veth_pair(device, peer); !made) return failure(made.error());
  if (auto moved = move_to_process(peer, subject.pid()); !moved) return failure(moved.error());
  if (auto settled = settle(device, address); !settled) return failure(settled.error());
  if (::write(go[1], &token, 1) != 1) return failure(SetupError{.cause = "the Linux server ended early", .cure = ""});
  return subject;
}

}  // namespace fourtuple::bench
