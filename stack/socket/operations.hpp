// The asynchronous operations: receive, send, connect, wait. (Accept is made where tcp::socket is known.)
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <span>

#include "stack/socket/async.hpp"

namespace fourtuple::sockets {

inline constexpr std::uint8_t kWhenReadable = Readiness::kReadable | Readiness::kError | Readiness::kHangUp;
inline constexpr std::uint8_t kWhenWritable = Readiness::kWritable | Readiness::kError | Readiness::kHangUp;

// Room for no octet: Asio answers that without asking the socket.
[[nodiscard]] inline bool is_nothing(std::span<const ByteSpan> pieces) {
  return std::all_of(pieces.begin(), pieces.end(), [](ByteSpan piece) { return piece.empty(); });
}

// void(error_code, count)
class TransferOperation : public HandledOperation<void(boost::system::error_code, std::size_t)> {
 public:
  using HandledOperation::HandledOperation;
  void fail(boost::system::error_code error) final { error_ = error; }
  void run(bool may_dispatch) final { answer_with(may_dispatch, error_, count_); }

 protected:
  void succeed(std::size_t count) { count_ = count; }

 private:
  boost::system::error_code error_;
  std::size_t count_ = 0;
};

class ReceiveOperation final : public TransferOperation {
 public:
  ReceiveOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor,
                   std::span<const ByteSpan> pieces, int flags, sockaddr* from);
  bool try_again(Socket& socket, Turn& turn) override;

 private:
  boost::container::small_vector<ByteSpan, 1> pieces_;
  int flags_;
  sockaddr* from_;
};

class SendOperation final : public TransferOperation {
 public:
  SendOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor,
                std::span<const ByteView> pieces, int flags, std::optional<Endpoint> to);
  bool try_again(Socket& socket, Turn& turn) override;

 private:
  boost::container::small_vector<ByteView, 2> pieces_;
  int flags_;
  std::optional<Endpoint> to_;
};

// void(error_code)
class StatusOperation : public HandledOperation<void(boost::system::error_code)> {
 public:
  using HandledOperation::HandledOperation;
  void fail(boost::system::error_code error) final { error_ = error; }
  void run(bool may_dispatch) final { answer_with(may_dispatch, error_); }

 private:
  boost::system::error_code error_;
};

class ConnectOperation final : public StatusOperation {
 public:
  ConnectOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor,
                   const Endpoint& remote)
      : StatusOperation(kWhenWritable, number, std::move(handler), executor), remote_(remote) {}
  bool try_again(Socket& socket, Turn& turn) override;

 private:
  Endpoint remote_;
  bool started_ = false;
};

// Until one of `bits` (POLLIN, ...) holds.
class WaitOperation final : public StatusOperation {
 public:
  WaitOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor, unsigned bits)
      : StatusOperation(0xff, number, std::move(handler), executor), bits_(bits) {}
  bool try_again(Socket& socket, Turn& turn) override { return (socket.poll_bits(turn) & bits_) != 0; }

 private:
  unsigned bits_;
};

}  // namespace fourtuple::sockets
