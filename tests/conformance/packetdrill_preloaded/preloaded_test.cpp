// TCP_INFO as packetdrill's %{ }% blocks ask for it: from libc. CTest runs this program with LD_PRELOAD.
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "tests/conformance/packetdrill_driver/stock.hpp"

namespace fourtuple::stock {
namespace {

TEST(Preloaded, AnswersLibcForItsOwnDescriptors) {
  Script script;
  const auto connection = script.passive_open(1000);
  tcp_info info{};
  socklen_t size = sizeof info;
  ASSERT_EQ(::getsockopt(connection.fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  EXPECT_EQ(info.tcpi_state, TCP_ESTABLISHED);
  EXPECT_EQ(info.tcpi_snd_mss, 1000U);
}

TEST(Preloaded, LeavesOthersToTheKernel) {
  const Script script;
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  int type = 0;
  socklen_t size = sizeof type;
  EXPECT_EQ(::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size), 0);
  EXPECT_EQ(type, SOCK_DGRAM);
  ::close(fd);
  EXPECT_EQ(::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size), -1);
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace fourtuple::stock
