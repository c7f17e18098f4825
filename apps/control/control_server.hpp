// Answers netstat, ss and in-world on behalf of a running program.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "apps/control/listing_request.hpp"

namespace fourtuple::apps {

class ControlServer {
 public:
  static constexpr std::size_t kMaxRequestBytes = 1024;

  using Answer = std::function<std::string(const ListingRequest&)>;

  explicit ControlServer(boost::asio::io_context& io);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // Can be found from now on in the network that this process is in; once before entering a world, once inside. Where
  // that does not work the program runs all the same and cannot be asked there.
  void listen_here();
  // Until then callers wait. `answer` must live as long as this.
  void start(Answer answer);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace fourtuple::apps
