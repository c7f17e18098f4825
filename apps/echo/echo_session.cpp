#include "apps/echo/echo_session.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "apps/echo/echo_room.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

template <class Buffer>
std::array<Buffer, 2> as_buffers(const std::array<std::span<char>, 2>& parts) {
  return {Buffer(parts[0].data(), parts[0].size()), Buffer(parts[1].data(), parts[1].size())};
}

}  // namespace

EchoSession::EchoSession(tcp::socket socket, std::shared_ptr<EchoRoom> room)
    : socket_(std::move(socket)), room_(std::move(room)) {}

void EchoSession::start() {
  ErrorCode ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  room_->enter(shared_from_this());
  read();
}

void EchoSession::close() {
  ErrorCode ignored;
  socket_.close(ignored);
  room_->leave(this);
}

void EchoSession::end_sending() {
  ErrorCode ignored;
  may_send_ = false;
  unwritten_.consume(writing_ ? 0 : unwritten_.size());
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  read();
}

void EchoSession::read() {
  if (reading_ || at_end_ || unwritten_.room() == 0 || !socket_.is_open()) return;
  reading_ = true;
  unwritten_.lend(true);
  socket_.async_read_some(
      as_buffers<asio::mutable_buffer>(unwritten_.space()),
      [self = shared_from_this()](const ErrorCode& error, std::size_t size) { self->on_read(error, size); });
}

void EchoSession::on_read(const ErrorCode& error, std::size_t size) {
  reading_ = false;
  unwritten_.lend(false);
  if (error && error != asio::error::eof) return close();
  at_end_ = error == asio::error::eof;
  if (may_send_) unwritten_.commit(size);
  write();
  read();
}

void EchoSession::write() {
  if (writing_ || !socket_.is_open()) return;
  if (unwritten_.empty()) {
    if (at_end_) close();
    return;
  }
  writing_ = true;
  socket_.async_write_some(
      as_buffers<asio::const_buffer>(unwritten_.content()),
      [self = shared_from_this()](const ErrorCode& error, std::size_t size) { self->on_written(error, size); });
}

void EchoSession::on_written(const ErrorCode& error, std::size_t size) {
  writing_ = false;
  if (error && may_send_) return close();
  unwritten_.consume(may_send_ ? size : unwritten_.size());
  write();
  read();
}

}  // namespace fourtuple::apps
