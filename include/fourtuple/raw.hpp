// Raw IP sockets in the shape of Asio's; icmp::socket is what ping needs. Each receives a copy of every packet of its
// protocol that is for this host, with the IPv4 header in front, as on Linux.
#pragma once

#include <boost/asio/ip/icmp.hpp>

#include "fourtuple/udp.hpp"

namespace fourtuple {

namespace raw {

using endpoint = boost::asio::ip::icmp::endpoint;  // the port means nothing

class socket : public DatagramSocket<endpoint> {
 public:
  // `protocol`: 1..255 (IANA's number). The stack asks for no privilege.
  socket(executor_type executor, int protocol) : DatagramSocket(std::move(executor)), protocol_(protocol) {}
  socket(executor_type executor, Runtime& runtime, int protocol)
      : DatagramSocket(std::move(executor), runtime), protocol_(protocol) {}
  template <detail::ExecutionContext Context>
  socket(Context& context, int protocol) : socket(executor_type(context.get_executor()), protocol) {}
  template <detail::ExecutionContext Context>
  socket(Context& context, Runtime& runtime, int protocol)
      : socket(executor_type(context.get_executor()), runtime, protocol) {}

  void open(ErrorCode& error) { open_kind(SOCK_RAW, protocol_, error); }
  void open() {
    ErrorCode error;
    open(error);
    detail::throw_if(error, "open");
  }

 private:
  int protocol_;
};

}  // namespace raw

namespace icmp {

using protocol = boost::asio::ip::icmp;
using endpoint = raw::endpoint;
[[nodiscard]] inline protocol v4() { return protocol::v4(); }

class socket : public raw::socket {
 public:
  // Opened, as boost::asio::ip::icmp::socket(context, icmp::v4()) is.
  template <class ExecutorOrContext>
  explicit socket(ExecutorOrContext&& where, const protocol& = v4())
      : raw::socket(std::forward<ExecutorOrContext>(where), IPPROTO_ICMP) {
    open();
  }
  template <class ExecutorOrContext>
  socket(ExecutorOrContext&& where, Runtime& runtime)
      : raw::socket(std::forward<ExecutorOrContext>(where), runtime, IPPROTO_ICMP) {
    open();
  }
};

}  // namespace icmp
}  // namespace fourtuple
