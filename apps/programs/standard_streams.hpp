// Standard input and output beside an event loop, whatever they are: terminal, pipe, file, /dev/null. They stay in
// blocking mode, as the shell and other programs share them; we wait first and do no more than then goes through.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>
#include <string_view>

namespace fourtuple::apps {

class StandardInput {
 public:
  static constexpr std::size_t kPieceBytes = 65536;

  explicit StandardInput(boost::asio::any_io_executor executor);

  // Empty at the end.
  boost::asio::awaitable<std::string> read();
  // Whether read() would answer at once.
  [[nodiscard]] bool is_ready() const;
  [[nodiscard]] bool is_terminal() const;

 private:
  boost::asio::posix::stream_descriptor descriptor_;
};

class StandardOutput {
 public:
  explicit StandardOutput(boost::asio::any_io_executor executor);

  // False when nobody reads it any more, or the disk is full.
  boost::asio::awaitable<bool> write(std::string_view bytes);

 private:
  boost::asio::posix::stream_descriptor descriptor_;
  std::size_t piece_bytes_;
};

}  // namespace fourtuple::apps
