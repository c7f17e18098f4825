// Many threads in real time: blocked calls, two stacks each driven by a thread of its own, and one that nobody drives
// but the blocked calls. The build with -fsanitize=thread is the judge of what these tests cannot see.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "drivers/memory/memory.hpp"
#include "fourtuple/stack_handle.hpp"
#include "fourtuple/tcp.hpp"

namespace fourtuple::test {
namespace {

class Threads : public ::testing::Test {
 protected:
  Threads() {
    attach(near, 0, Ipv4Address::from_octets(10, 0, 0, 4));
    attach(far, 1, Ipv4Address::from_octets(10, 0, 0, 5));
    near_stack = adopt_stack(near);
    far_stack = adopt_stack(far);
  }
  ~Threads() override {
    ft_stack_close(far_stack);
    ft_stack_close(near_stack);
  }
  void attach(Runtime& runtime, int side, Ipv4Address address) {
    InterfaceConfig config;
    config.mac = {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(address.value)}};
    config.address = {address, 24};
    runtime.attach(wire.end(side), config);
  }
  static sockaddr_in server() {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(80);
    name.sin_addr.s_addr = htonl(Ipv4Address::from_octets(10, 0, 0, 4).value);
    return name;
  }
  int listen() {
    ft_use_stack(near_stack);
    const int fd = ft_socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in local = server();
    EXPECT_EQ(ft_bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local), 0);
    EXPECT_EQ(ft_listen(fd, 64), 0);
    ft_use_stack(far_stack);
    return fd;
  }
  static int connect() {
    const int fd = ft_socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in remote = server();
    EXPECT_EQ(ft_connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof remote), 0) << errno;
    return fd;
  }
  static void echo(int fd) {
    std::array<char, 4096> data;
    for (ssize_t count = 0; (count = ft_recv(fd, data.data(), data.size(), 0)) > 0;) {
      ft_send(fd, data.data(), static_cast<std::size_t>(count), 0);
    }
    ft_close(fd);
  }

  // A peer that is gone leaves the other end waiting for the ACK of its FIN; not for long here.
  static RuntimeOptions options() {
    RuntimeOptions chosen;
    chosen.drain_on_exit = std::chrono::milliseconds(100);
    return chosen;
  }

  BufferPool pool;
  MemoryWire wire = *MemoryWire::open({.real_time = true}, pool);
  Runtime near{options()};
  Runtime far{options()};
  ft_stack* near_stack = nullptr;
  ft_stack* far_stack = nullptr;
};

TEST_F(Threads, TalkOnManyConnectionsAtOnce) {
  constexpr int kClients = 8;
  near.start_thread();
  far.start_thread();
  const int listener = listen();
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([listener] { echo(ft_accept(listener, nullptr, nullptr)); });
    threads.emplace_back([&good] {
      const int fd = connect();
      const std::string sent(50000, 'x');
      std::string received(sent.size(), '\0');
      std::thread writer([&] { ft_send(fd, sent.data(), sent.size(), 0); });
      good += ft_recv(fd, received.data(), received.size(), MSG_WAITALL) == 50000 && received == sent ? 1 : 0;
      writer.join();
      ft_close(fd);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, kClients);
  ft_close(listener);
}

TEST_F(Threads, DriveTheStackThemselvesWhereNobodyElseDoes) {
  near.start_thread();
  const int listener = listen();
  std::thread server([listener] { echo(ft_accept(listener, nullptr, nullptr)); });
  const int fd = connect();
  char octet = 'x';
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(ft_send(fd, &octet, 1, 0), 1);
    ASSERT_EQ(ft_recv(fd, &octet, 1, 0), 1);
  }
  ft_close(fd);
  far.poll();
  server.join();
  ft_close(listener);
}

TEST_F(Threads, AreWokenWhenTheirDescriptorIsClosed) {
  near.start_thread();
  const int listener = listen();
  int result = 0;
  int error = 0;
  std::atomic<bool> started{false};
  std::thread blocked([&] {
    started = true;
    result = ft_accept(listener, nullptr, nullptr);
    error = errno;
  });
  while (!started) std::this_thread::yield();
  ft_close(listener);
  blocked.join();
  EXPECT_EQ(result, -1);
  EXPECT_EQ(error, EBADF);
}

TEST_F(Threads, ShareAnEpollSet) {
  near.start_thread();
  far.start_thread();
  const int listener = listen();
  const int client = connect();
  const int accepted = ft_accept(listener, nullptr, nullptr);
  const int epoll = ft_epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = accepted;
  ASSERT_EQ(ft_epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event), 0);
  std::thread reader([&] {
    epoll_event ready{};
    std::array<char, 16> data;
    for (std::size_t total = 0; total < 1000;) {
      ASSERT_EQ(ft_epoll_wait(epoll, &ready, 1, -1), 1);
      const ssize_t count = ft_recv(ready.data.fd, data.data(), data.size(), MSG_DONTWAIT);
      if (count > 0) total += static_cast<std::size_t>(count);
    }
  });
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ft_send(client, "0123456789", 10, 0), 10);
  reader.join();
  for (const int fd : {client, accepted, listener, epoll}) EXPECT_EQ(ft_close(fd), 0);
}

TEST_F(Threads, DeliverWhatWasWrittenBeforeTheStackEnds) {
  near.start_thread();
  const int listener = listen();
  std::string received;
  std::thread server([&] {
    const int fd = ft_accept(listener, nullptr, nullptr);
    std::array<char, 65536> data;
    for (ssize_t count = 0; (count = ft_recv(fd, data.data(), data.size(), 0)) > 0;) {
      received.append(data.data(), static_cast<std::size_t>(count));
    }
    ft_close(fd);
  });
  {
    // A program that writes and leaves: nobody drives its stack but its end.
    Runtime brief;
    InterfaceConfig config;
    config.mac = {{2, 0, 0, 0, 0, 6}};
    config.address = {Ipv4Address::from_octets(10, 0, 0, 6), 24};
    brief.attach(wire.end(1), config);
    boost::asio::io_context io;
    tcp::socket socket(io, brief);
    socket.connect({boost::asio::ip::make_address("10.0.0.4"), 80});
    const std::string data(300000, 'y');
    ASSERT_EQ(boost::asio::write(socket, boost::asio::buffer(data)), data.size());
    socket.close();
  }
  server.join();
  EXPECT_EQ(received.size(), 300000U);
  ft_close(listener);
}

}  // namespace
}  // namespace fourtuple::test
