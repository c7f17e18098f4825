// The founding statements about ports, names and who gets what. [SOCKETS.md S1, S2, S13, S17, S26, S41, S63, S87, S88,
// S98]
#include <netdb.h>
#include <netinet/tcp.h>
#include <set>
#include <vector>

#include "stack/trace/events.hpp"
#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class Ports : public CSockets {
 protected:
  static Port port_of(int fd) {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    EXPECT_EQ(ft_getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), 0);
    return ntohs(local.sin_port);
  }
  static std::string peer_of(int fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    EXPECT_EQ(ft_getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size), 0);
    return std::string(::inet_ntoa(peer.sin_addr)) + ":" + std::to_string(ntohs(peer.sin_port));
  }
};
class ManyClients : public Ports {};
class SharedPort : public Ports {};

constexpr Port kFirstEphemeral = 32768;
constexpr Port kLastEphemeral = 60999;

TEST_F(Ports, TellApplicationsOfOneHostApart) {  // S1
  const Pair web = connected(80);
  const Pair mail = connected(25);
  write_text(web.far, "GET");
  write_text(mail.far, "HELO");
  world.settle();
  EXPECT_EQ(read_some(web.near), "GET");
  EXPECT_EQ(read_some(mail.near), "HELO");
  make_non_blocking(web.near);
  EXPECT_ERRNO(ft_recv(web.near, nullptr, 0, 0), EAGAIN);
}

TEST_F(Ports, OfTheSystemsChoiceAreOfOneRangeForTcpAndUdp) {  // S2
  for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
    const int fd = open_near(type);
    EXPECT_EQ(bind_to(fd, "0.0.0.0", 0), 0);
    EXPECT_GE(port_of(fd), kFirstEphemeral);
    EXPECT_LE(port_of(fd), kLastEphemeral);
  }
}

TEST_F(Ports, OfClientsAreHardToGuess) {  // S63, S87 [RFC6056]
  listen_near(80, 128);
  constexpr int kConnects = 400;
  std::vector<Port> ports;
  for (int i = 0; i < kConnects; ++i) {
    const int fd = open_far();
    ASSERT_EQ(connect_to(fd, "10.0.0.4", 80), 0);
    ports.push_back(port_of(fd));
    ft_close(fd);
    ft_close(ft_accept(0, nullptr, nullptr));
  }
  EXPECT_EQ(std::set<Port>(ports.begin(), ports.end()).size(), static_cast<std::size_t>(kConnects));
  int neighbours = 0;
  for (std::size_t i = 1; i < ports.size(); ++i) neighbours += ports[i] == ports[i - 1] + 1 ? 1 : 0;
  EXPECT_LT(neighbours, 5);
  const auto [low, high] = std::minmax_element(ports.begin(), ports.end());
  EXPECT_GT(*high - *low, 20000);
}

TEST_F(Ports, AreNamedThroughTheProtocolsDatabase) {  // S41, S42
  const protoent* const tcp = ::getprotobyname("tcp");
  if (tcp == nullptr) GTEST_SKIP() << "there is no /etc/protocols here, Debian package netbase";
  const int fd = open_near();
  EXPECT_EQ(set(fd, tcp->p_proto, TCP_NODELAY, 1), 0);
  EXPECT_EQ(option(fd, tcp->p_proto, TCP_NODELAY), 1);
}

TEST_F(ManyClients, GetTheirOwnSocketAndOnlyTheirOwnOctets) {  // S8, S13, S17, S88
  constexpr int kClients = 300;
  const int listener = listen_near(80, kClients);
  std::vector<int> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(open_far());
    ASSERT_EQ(connect_to(clients.back(), "10.0.0.4", 80), 0);
    write_text(clients.back(), "from " + std::to_string(port_of(clients.back())));
  }
  world.settle();
  std::set<std::string> peers;
  for (int i = 0; i < kClients; ++i) {
    const int server = ft_accept(listener, nullptr, nullptr);
    ASSERT_GE(server, 0);
    EXPECT_EQ(port_of(server), 80);
    const std::string peer = peer_of(server);
    EXPECT_EQ("from " + peer.substr(peer.find(':') + 1), read_some(server));
    peers.insert(peer);
    ft_close(server);
  }
  EXPECT_EQ(peers.size(), static_cast<std::size_t>(kClients));
  EXPECT_EQ(option(listener, SOL_SOCKET, SO_ACCEPTCONN), 1);
  for (const int client : clients) ft_close(client);
}

TEST_F(SharedPort, SpreadsItsClientsOverItsListeners) {  // S98
  std::array<int, 2> listeners{};
  for (int& listener : listeners) {
    listener = open_near();
    set(listener, SOL_SOCKET, SO_REUSEPORT, 1);
    ASSERT_EQ(bind_to(listener, "0.0.0.0", 80), 0);
    ASSERT_EQ(ft_listen(listener, 64), 0);
    make_non_blocking(listener);
  }
  constexpr int kClients = 40;
  for (int i = 0; i < kClients; ++i) {
    const int client = open_far();
    ASSERT_EQ(connect_to(client, "10.0.0.4", 80), 0);
    ft_close(client);
  }
  world.settle();
  std::array<int, 2> counts{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (int fd = 0; (fd = ft_accept(listeners[i], nullptr, nullptr)) >= 0; ++counts[i]) ft_close(fd);
  }
  EXPECT_EQ(counts[0] + counts[1], kClients);
  EXPECT_GT(counts[0], 5);
  EXPECT_GT(counts[1], 5);
}

// Every frame that a stack sends, as octets.
class Frames final : public trace::Sink {
 public:
  void on_event(const trace::Event& event) override {
    if (const auto* const sent = std::get_if<trace::FrameSent>(&event.body)) {
      all_.append(sent->headers.begin(), sent->headers.end());
    }
  }
  [[nodiscard]] const std::string& all() const { return all_; }

 private:
  std::string all_;
};

// What one side sends while a text is written with a client descriptor of this number.
std::string frames_of_a_talk_with_descriptor(int number) {
  World world;
  Frames frames;
  world.far.set_trace_sink(&frames);
  ft_stack* const near = adopt_stack(world.near);
  ft_stack* const far = adopt_stack(world.far);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(80);
  name.sin_addr.s_addr = ::inet_addr("10.0.0.4");
  ft_use_stack(near);
  const int listener = ft_socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(ft_bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  EXPECT_EQ(ft_listen(listener, 1), 0);
  ft_use_stack(far);
  const int first = ft_socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(ft_dup2(first, number), number);
  EXPECT_EQ(ft_connect(number, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  EXPECT_EQ(ft_send(number, "text", 4, 0), 4);
  world.settle();
  for (const int fd : {first, number, listener}) ft_close(fd);
  world.settle();
  ft_stack_close(far);
  ft_stack_close(near);
  world.far.set_trace_sink(nullptr);
  return frames.all();
}

TEST(Wire, CarriesPortsAndNeverDescriptors) {  // S26
  const std::string frames = frames_of_a_talk_with_descriptor(40);
  EXPECT_EQ(frames, frames_of_a_talk_with_descriptor(12345));
  EXPECT_NE(frames.find(std::string("\0\x50", 2)), std::string::npos);  // port 80
}

}  // namespace
}  // namespace fourtuple::test
