// One connection that gets back what it sends.
#pragma once

#include <memory>

#include "apps/echo/ring_buffer.hpp"
#include "fourtuple/tcp.hpp"

namespace fourtuple::apps {

class EchoRoom;

// Reads while it has less than kMaxUnwrittenBytes to write, writes what it has read, and closes after the peer's FIN
// when all is written.
class EchoSession : public std::enable_shared_from_this<EchoSession> {
 public:
  static constexpr std::size_t kMaxUnwrittenBytes = 65536;

  EchoSession(tcp::socket socket, std::shared_ptr<EchoRoom> room);

  void start();
  // Closes now, with what has been handed to the stack still to be delivered.
  void close();
  // Ends our half; what was read and not yet written is gone, and so is what comes.
  void end_sending();

 private:
  using ErrorCode = boost::system::error_code;

  void read();
  void write();
  void on_read(const ErrorCode& error, std::size_t size);
  void on_written(const ErrorCode& error, std::size_t size);

  tcp::socket socket_;
  std::shared_ptr<EchoRoom> room_;
  RingBuffer unwritten_{kMaxUnwrittenBytes};
  bool reading_ = false;
  bool writing_ = false;
  bool at_end_ = false;  // the peer's FIN has been read
  bool may_send_ = true;
};

}  // namespace fourtuple::apps
