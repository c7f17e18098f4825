#include "stack/socket/operations.hpp"

#include "stack/socket/sockaddr.hpp"

namespace fourtuple::sockets {

ReceiveOperation::ReceiveOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor,
                                   std::span<const ByteSpan> pieces, int flags, sockaddr* from)
    : TransferOperation((flags & MSG_OOB) != 0 ? std::uint8_t{Readiness::kUrgent | kWhenReadable} : kWhenReadable,
                        number, std::move(handler), executor),
      pieces_(pieces.begin(), pieces.end()),
      flags_(flags),
      from_(from) {}

bool ReceiveOperation::try_again(Socket& socket, Turn& turn) {
  const bool is_stream = socket.type() == SOCK_STREAM;
  if (is_stream && is_nothing({pieces_.data(), pieces_.size()})) return true;
  const auto got = socket.receive(pieces_, flags_, turn);
  if (!got) {
    if (got.error() == std::errc::operation_would_block) return false;
    fail(to_call_error(got.error()));
    return true;
  }
  if (is_stream && got->count == 0) fail(boost::asio::error::eof);
  if (from_ != nullptr) {
    const sockaddr_in name = to_sockaddr(got->source);
    std::memcpy(from_, &name, sizeof name);
  }
  succeed(got->count);
  return true;
}

SendOperation::SendOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor,
                             std::span<const ByteView> pieces, int flags, std::optional<Endpoint> to)
    : TransferOperation(kWhenWritable, number, std::move(handler), executor),
      pieces_(pieces.begin(), pieces.end()),
      flags_(flags),
      to_(to) {}

bool SendOperation::try_again(Socket& socket, Turn& turn) {
  if (socket.type() == SOCK_STREAM && pieces_.empty()) return true;
  const auto sent = socket.send(pieces_, flags_, to_ ? &*to_ : nullptr, turn);
  if (!sent) {
    if (sent.error() == std::errc::operation_would_block) return false;
    fail(to_call_error(sent.error()));
    return true;
  }
  succeed(*sent);
  return true;
}

bool ConnectOperation::try_again(Socket& socket, Turn& turn) {
  const auto connected = std::exchange(started_, true) ? socket.finish_connect(turn) : socket.connect(remote_, turn);
  if (!connected && connected.error() == std::errc::operation_in_progress) return false;
  if (!connected) fail(to_call_error(connected.error()));
  return true;
}

}  // namespace fourtuple::sockets
