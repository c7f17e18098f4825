#include "tests/conformance/packetdrill_driver/stock.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <dlfcn.h>
#include <fstream>
#include <gtest/gtest.h>
#include <string_view>
#include <unistd.h>

#include "stack/wire/checksum.hpp"

namespace fourtuple::stock {
namespace {

constexpr long long kSpinning = 1000;  // microseconds before a moment in which packetdrill only asks for the time

[[nodiscard]] Init must_load() {
  std::string why_not;
  const Init init = load(why_not);
  EXPECT_NE(init, nullptr) << why_not;
  return init;
}

// The third field of /proc/self/task/TID/stat, behind the name in parentheses: 'S' for a thread that sleeps.
[[nodiscard]] char state_of(int thread_id) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread_id) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto behind = text.rfind(')');
  return behind == std::string::npos || behind + 2 >= text.size() ? '?' : text[behind + 2];
}

[[nodiscard]] std::vector<std::uint8_t> datagram(const Segment& segment, Ipv4Address to, std::size_t size) {
  const std::size_t tcp_size = wire::kTcpHeaderSize + segment.options.encoded_size() + size;
  std::vector<std::uint8_t> octets(wire::kIpv4HeaderSize + tcp_size);
  wire::Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(octets.size());
  header.protocol = wire::ip_protocol::kTcp;
  header.source = kRemote;
  header.destination = to;
  header.emit(octets);
  const ByteSpan tcp = ByteSpan(octets).subspan(wire::kIpv4HeaderSize);
  wire::emit_tcp_header(segment, tcp);
  const auto sum =
      wire::pseudo_header_sum(kRemote, to, header.protocol, static_cast<std::uint32_t>(tcp_size)).add(tcp).checksum();
  tcp[wire::kTcpChecksumOffset] = static_cast<std::uint8_t>(sum >> 8);
  tcp[wire::kTcpChecksumOffset + 1] = static_cast<std::uint8_t>(sum);
  return octets;
}

}  // namespace

bool can_bind_deeply() {
  const std::string_view sanitizers = FOURTUPLE_SANITIZE;
  return sanitizers.find("address") == sanitizers.npos && sanitizers.find("thread") == sanitizers.npos;
}

Init load(std::string& why_not) {
  // The sanitizers' own dlopen() ends the process when it sees that flag.
  const int deeply = can_bind_deeply() ? RTLD_DEEPBIND : 0;
  void* const object = ::dlopen(FOURTUPLE_PACKETDRILL, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE | deeply);
  if (object == nullptr) {
    why_not = ::dlerror();
    return nullptr;
  }
  void* const symbol = ::dlsym(object, "packetdrill_interface_init");
  if (symbol == nullptr) why_not = ::dlerror();
  return reinterpret_cast<Init>(symbol);
}

sockaddr_in name_of(Ipv4Address address, Port port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.value);
  return name;
}

// --- BlockingCall

BlockingCall::BlockingCall(const packetdrill_interface& stack, std::function<long long()> call)
    : thread_([this, &stack, call = std::move(call)] {
        thread_id_ = ::gettid();
        result_ = call();
        error_ = errno;
        timeval end{};
        stack.gettimeofday(stack.userdata, &end, nullptr);
        ended_at_ = end.tv_sec * 1'000'000LL + end.tv_usec;
        ended_ = true;
      }) {}

BlockingCall::~BlockingCall() { thread_.join(); }

bool BlockingCall::blocks() const {
  while (thread_id_ == 0) std::this_thread::yield();
  // A thread that sleeps for a moment only, on a lock, does not sleep when it is looked at again.
  for (int in_a_row = 0; in_a_row < 20;) {
    if (ended_) return false;
    in_a_row = state_of(thread_id_) == 'S' ? in_a_row + 1 : 0;
    std::this_thread::yield();
  }
  return true;
}

// --- Script

Script::Script(const char* flags) {
  static const Init init = must_load();
  if (init == nullptr) std::abort();
  init(flags, &stack);
  self = stack.userdata;
}

Script::~Script() {
  for (const int left : open_) ::close(left);
  give(kRst, 1, 0);
  stack.free(self);
}

long long Script::now() const {
  timeval time{};
  EXPECT_EQ(stack.gettimeofday(self, &time, nullptr), 0);
  return time.tv_sec * 1'000'000LL + time.tv_usec;
}

void Script::wait_until(long long moment) const {
  const long long rest = moment - now();
  if (rest > kSpinning) stack.usleep(self, static_cast<useconds_t>(rest - kSpinning));
  while (now() < moment) {
  }
}

void Script::give(TcpFlags flags, std::uint32_t seq, std::uint32_t ack, std::size_t size,
                  const SegmentOptions& options) const {
  Segment segment;
  segment.source_port = remote_port;
  segment.destination_port = local_port;
  segment.seq = {seq};
  segment.ack = {ack};
  segment.flags = flags;
  segment.window = 65535;
  segment.options = options;
  give_octets(datagram(segment, local, size));
}

void Script::give_octets(const std::vector<std::uint8_t>& octets) const {
  EXPECT_EQ(stack.netdev_send(self, octets.data(), octets.size()), 0);
}

std::vector<std::uint8_t> Script::next_octets(long long* time) const {
  std::vector<std::uint8_t> octets(65536);
  std::size_t count = octets.size();
  long long left_at = 0;
  EXPECT_EQ(stack.netdev_receive(self, octets.data(), &count, &left_at), 0);
  octets.resize(count);
  if (time != nullptr) *time = left_at;
  return octets;
}

Seen Script::next() const {
  Seen seen;
  seen.octets = next_octets(&seen.time);
  const auto ip = wire::Ipv4Header::parse(seen.octets);
  if (!ip) return ADD_FAILURE() << "no datagram left the stack", seen;
  seen.ip = *ip;
  const auto view = wire::TcpView::parse(ByteView(seen.octets).subspan(ip->header_size));
  if (!view || !view->checksum_is_good(ip->source, ip->destination)) return ADD_FAILURE() << "no good TCP", seen;
  seen.segment = view->to_segment();
  return seen;
}

int Script::keep(int descriptor) {
  EXPECT_GE(descriptor, 0);
  open_.insert(descriptor);
  return descriptor;
}

int Script::socket(int type) { return keep(stack.socket(self, AF_INET, type, 0)); }

int Script::close(int descriptor) {
  open_.erase(descriptor);
  return stack.close(self, descriptor);
}

int Script::accept(int listener) {
  sockaddr_in from{};
  socklen_t length = sizeof from;
  const int fd = keep(stack.accept(self, listener, reinterpret_cast<sockaddr*>(&from), &length));
  EXPECT_EQ(ntohl(from.sin_addr.s_addr), kRemote.value);
  EXPECT_EQ(ntohs(from.sin_port), remote_port);
  return fd;
}

int Script::listener(Ipv4Address address, int backlog) {
  const int fd = socket();
  const int one = 1;
  EXPECT_EQ(stack.setsockopt(self, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
  const sockaddr_in name = name_of(address, kLocalPort);
  EXPECT_EQ(stack.bind(self, fd, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
  EXPECT_EQ(stack.listen(self, fd, backlog), 0);
  return fd;
}

Script::Connection Script::passive_open(std::uint16_t mss) {
  Connection connection;
  connection.listener = listener();
  SegmentOptions options;
  options.mss = mss;
  give(kSyn, 0, 0, 0, options);
  const Seen answer = next();
  EXPECT_EQ(answer.segment.flags, kSynAck);
  connection.first = answer.segment.seq.value + 1;
  give(kAck, 1, connection.first);
  connection.fd = accept(connection.listener);
  return connection;
}

}  // namespace fourtuple::stock
