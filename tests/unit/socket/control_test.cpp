// fcntl(), ioctl() and the calls that come with a signal mask or several messages.
#include <csignal>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class Control : public CSockets {};
class InterfaceRequest : public CSockets {
 protected:
  static ifreq about(const char* name) {
    ifreq request{};
    std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    return request;
  }
  static std::string text_of(const sockaddr& address) {
    sockaddr_in name{};
    std::memcpy(&name, &address, sizeof name);
    return ::inet_ntoa(name.sin_addr);
  }
};

TEST_F(Control, RemembersWhoWouldBeSignalled) {
  const int fd = open_near();
  EXPECT_EQ(ft_fcntl(fd, F_GETOWN), 0);
  EXPECT_EQ(ft_fcntl(fd, F_SETOWN, 1234), 0);
  EXPECT_EQ(ft_fcntl(fd, F_GETOWN), 1234);
  int owner = 0;
  EXPECT_EQ(ft_ioctl(fd, FIOGETOWN, &owner), 0);
  EXPECT_EQ(owner, 1234);
  EXPECT_EQ(ft_fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK), 0);
  EXPECT_EQ(ft_fcntl(fd, F_GETFL), O_RDWR | O_ASYNC | O_NONBLOCK);
  int off = 0;
  EXPECT_EQ(ft_ioctl(fd, FIOASYNC, &off), 0);
  EXPECT_EQ(ft_ioctl(fd, FIONBIO, &off), 0);
  EXPECT_EQ(ft_fcntl(fd, F_GETFL), O_RDWR);
}

TEST_F(Control, MarksDescriptorsForExec) {
  const int fd = open_near();
  EXPECT_EQ(ft_ioctl(fd, FIOCLEX, nullptr), 0);
  EXPECT_EQ(ft_fcntl(fd, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(ft_ioctl(fd, FIONCLEX, nullptr), 0);
  EXPECT_EQ(ft_fcntl(fd, F_GETFD), 0);
  EXPECT_EQ(ft_dup3(fd, 20, O_CLOEXEC), 20);
  EXPECT_EQ(ft_fcntl(20, F_GETFD), FD_CLOEXEC);
  EXPECT_ERRNO(ft_dup3(fd, fd, 0), EINVAL);
  EXPECT_ERRNO(ft_dup3(fd, 20, O_NONBLOCK), EINVAL);
  EXPECT_ERRNO(ft_dup3(40, 20, 0), EBADF);
}

TEST_F(Control, WaitsWithAMaskAndNanoseconds) {
  const int fd = open_near(SOCK_DGRAM);
  sigset_t none;
  sigemptyset(&none);
  pollfd wanted{fd, POLLIN, 0};
  const timespec short_time{0, 1500000};
  EXPECT_EQ(ft_ppoll(&wanted, 1, &short_time, &none), 0);
  fd_set writable;
  FD_ZERO(&writable);
  FD_SET(fd, &writable);
  EXPECT_EQ(ft_pselect(fd + 1, nullptr, &writable, nullptr, &short_time, &none), 1);
  const timespec bad{0, 1000000000};
  EXPECT_ERRNO(ft_ppoll(&wanted, 1, &bad, nullptr), EINVAL);
  EXPECT_ERRNO(ft_epoll_create(0), EINVAL);
  const int epoll = ft_epoll_create(1);
  epoll_event event{EPOLLOUT, {}};
  EXPECT_EQ(ft_epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
  EXPECT_EQ(ft_epoll_pwait(epoll, &event, 1, 0, &none), 1);
  EXPECT_EQ(ft_epoll_pwait2(epoll, &event, 1, &short_time, nullptr), 1);
}

TEST_F(Control, MovesSeveralMessagesWithOneCall) {
  const int receiver = open_near(SOCK_DGRAM);
  bind_to(receiver, "10.0.0.4", 5000);
  const int sender = open_far(SOCK_DGRAM);
  connect_to(sender, "10.0.0.4", 5000);
  char one[] = "one";
  char three[] = "three";
  std::array<iovec, 2> pieces{iovec{one, 3}, iovec{three, 5}};
  std::array<mmsghdr, 3> messages{};
  for (std::size_t i = 0; i < 2; ++i) {
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  EXPECT_EQ(ft_sendmmsg(sender, messages.data(), 2, 0), 2);
  EXPECT_EQ(messages[1].msg_len, 5U);
  world.settle();
  std::array<std::array<char, 10>, 3> text{};
  std::array<iovec, 3> room{};
  for (std::size_t i = 0; i < 3; ++i) {
    room[i] = {text[i].data(), text[i].size()};
    messages[i].msg_hdr.msg_iov = &room[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  EXPECT_EQ(ft_recvmmsg(receiver, messages.data(), 3, MSG_WAITFORONE, nullptr), 2);
  EXPECT_EQ(messages[0].msg_len, 3U);
  EXPECT_STREQ(text[1].data(), "three");
  EXPECT_ERRNO(ft_recvmmsg(receiver, messages.data(), 3, MSG_DONTWAIT, nullptr), EAGAIN);
  EXPECT_ERRNO(ft_sendmmsg(99, messages.data(), 1, 0), EBADF);
}

TEST_F(InterfaceRequest, ListsLoopbackAndTheStacksOwn) {
  const int fd = open_near(SOCK_DGRAM);
  ifconf list{};
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFCONF, &list), 0);
  EXPECT_EQ(list.ifc_len, static_cast<int>(2 * sizeof(ifreq)));
  std::array<ifreq, 3> rows{};
  list.ifc_len = sizeof rows;
  list.ifc_req = rows.data();
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFCONF, &list), 0);
  EXPECT_EQ(list.ifc_len, static_cast<int>(2 * sizeof(ifreq)));
  EXPECT_STREQ(rows[0].ifr_name, "lo");
  EXPECT_EQ(text_of(rows[0].ifr_addr), "127.0.0.1");
  EXPECT_STREQ(rows[1].ifr_name, "ft0");
  EXPECT_EQ(text_of(rows[1].ifr_addr), "10.0.0.4");
}

TEST_F(InterfaceRequest, DescribesOne) {
  const int fd = open_near();
  ifreq request = about("ft0");
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFADDR, &request), 0);
  EXPECT_EQ(text_of(request.ifr_addr), "10.0.0.4");
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFNETMASK, &request), 0);
  EXPECT_EQ(text_of(request.ifr_netmask), "255.255.255.0");
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFBRDADDR, &request), 0);
  EXPECT_EQ(text_of(request.ifr_broadaddr), "10.0.0.255");
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFMTU, &request), 0);
  EXPECT_EQ(request.ifr_mtu, 1500);
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFFLAGS, &request), 0);
  EXPECT_EQ(request.ifr_flags, IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST);
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFHWADDR, &request), 0);
  EXPECT_EQ(request.ifr_hwaddr.sa_family, ARPHRD_ETHER);
  EXPECT_EQ(request.ifr_hwaddr.sa_data[5], 4);
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFINDEX, &request), 0);
  EXPECT_EQ(request.ifr_ifindex, 2);
  ifreq by_number{};
  by_number.ifr_ifindex = 2;
  EXPECT_EQ(ft_ioctl(fd, SIOCGIFNAME, &by_number), 0);
  EXPECT_STREQ(by_number.ifr_name, "ft0");
}

TEST_F(InterfaceRequest, RefusesStrangersAndChanges) {
  const int fd = open_near();
  ifreq request = about("eth9");
  EXPECT_ERRNO(ft_ioctl(fd, SIOCGIFADDR, &request), ENODEV);
  request = about("ft0");
  EXPECT_ERRNO(ft_ioctl(fd, SIOCSIFADDR, &request), EPERM);
  EXPECT_ERRNO(ft_ioctl(fd, SIOCGIFADDR, nullptr), EFAULT);
}

TEST_F(InterfaceRequest, ShowsANeighbourThatHasSpoken) {
  const Pair pair = connected();
  arpreq request{};
  const sockaddr_in peer = name("10.0.0.5", 0);
  std::memcpy(&request.arp_pa, &peer, sizeof peer);
  EXPECT_EQ(ft_ioctl(pair.near, SIOCGARP, &request), 0);
  EXPECT_EQ(request.arp_flags, ATF_COM);
  EXPECT_EQ(request.arp_ha.sa_data[5], 5);
  EXPECT_STREQ(request.arp_dev, "ft0");
  const sockaddr_in nobody = name("10.0.0.99", 0);
  std::memcpy(&request.arp_pa, &nobody, sizeof nobody);
  EXPECT_ERRNO(ft_ioctl(pair.near, SIOCGARP, &request), ENXIO);
}

}  // namespace
}  // namespace fourtuple::test
