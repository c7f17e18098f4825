// The application's side of a conversation: the user calls of RFC 9293 3.9.1.
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "tests/support/conversation.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::test {
namespace {

std::string text_of(std::errc error) { return std::make_error_code(error).message(); }

std::string text_of(const Result<std::size_t>& result) {
  return result ? fmt::format("{} octets", *result) : text_of(result.error());
}

}  // namespace

tcp::ListenerId Conversation::listen(std::uint32_t backlog, const tcp::ConnectionOptions& options, Where where) {
  story_.tell(now_, fmt::format("listen(backlog {})", backlog));
  const auto listener = call(
      [&](tcp::Layer& layer, tcp::Context& context) -> Result<tcp::ListenerId> {
        const auto binding = layer.bind({IpAddress{}, kOurPort}, false, false, context);
        if (!binding) return failure(binding.error());
        return layer.listen(*binding, backlog, options, kListenerOwner);
      },
      where);
  if (!listener) return fail("listen: " + text_of(listener.error()), where), tcp::ListenerId{};
  listener_ = *listener;
  return listener_;
}

tcp::ConnectionId Conversation::accept(Where where) {
  story_.tell(now_, "accept()");
  const auto id =
      call([&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listener_, context); }, where);
  if (!id) return fail("accept: no connection waits", where), tcp::ConnectionId{};
  const auto status = layer_.status(*id);
  Peer* const peer = status ? peer_of(status->name) : nullptr;
  if (peer == nullptr) return fail("accept: the connection belongs to no peer of this test", where), *id;
  peer_ = peer;
  peer_->connection = *id;
  call([&](tcp::Layer& layer, tcp::Context&) { layer.set_owner(*id, kConnectionOwner); }, where);
  return *id;
}

void Conversation::expect_nothing_to_accept(Where where) {
  const auto id =
      call([&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listener_, context); }, where);
  if (id) fail("a connection waits to be accepted, but none should", where);
}

void Conversation::close_listener() {
  story_.tell(now_, "close(listener)");
  call([&](tcp::Layer& layer, tcp::Context& context) { layer.close(listener_, context); });
}

tcp::ConnectionId Conversation::connect(const tcp::ConnectionOptions& options, Where where) {
  story_.tell(now_, "connect()");
  const auto id = call(
      [&](tcp::Layer& layer, tcp::Context& context) {
        return layer.connect(peer_->name().local, peer_->name().remote, path_, options, kConnectionOwner, context);
      },
      where);
  if (!id) return fail("connect: " + text_of(id.error()), where), tcp::ConnectionId{};
  peer_->connection = *id;
  return *id;
}

void Conversation::establish(std::string_view syn_options, const tcp::ConnectionOptions& options, std::uint16_t window,
                             Where where) {
  if (!listener_) listen(16, options, where);
  const bool with_timestamps = syn_options.find("TS") != std::string_view::npos;
  in(fmt::format("S 0:0(0) win {} {}", window, syn_options), where);
  out("S. 0:0(0) ack 1 <...>", where);
  in(fmt::format(". 1:1(0) ack 1 win {}{}", window, with_timestamps ? " <TS val 1 ecr 0>" : ""), where);
  accept(where);
  quiet(where);
}

Result<std::size_t> Conversation::try_send(std::size_t count, tcp::SendFlags flags) {
  const auto octets = pattern(Direction::kOurs, peer_->octets_written, count);
  story_.tell(now_, fmt::format("send({}{}{})", count, flags.urgent ? ", urgent" : "", flags.more ? ", more" : ""));
  const ByteView piece(octets);
  const auto result = call([&](tcp::Layer& layer, tcp::Context& context) {
    return layer.send(peer_->connection, {&piece, 1}, flags, context);
  });
  if (result) peer_->octets_written += *result;
  return result;
}

void Conversation::send(std::size_t count, tcp::SendFlags flags, Where where) {
  const auto result = try_send(count, flags);
  if (result != count) fail(fmt::format("send({}) answered {}", count, text_of(result)), where);
}

Result<std::size_t> Conversation::try_receive(std::size_t count, tcp::ReceiveFlags flags, Where where) {
  std::vector<std::uint8_t> octets(count);
  const ByteSpan piece(octets);
  auto result = call(
      [&](tcp::Layer& layer, tcp::Context& context) {
        return layer.receive_data(peer_->connection, {&piece, 1}, flags, context);
      },
      where);
  story_.tell(now_, fmt::format("receive({}) = {}", count, text_of(result)));
  if (!result) return result;
  const auto begin = peer_->octets_read + flags.peek_offset;
  if (!flags.discard && !is_pattern(ByteView(octets).first(*result), Direction::kPeers, begin)) {
    fail(fmt::format("octets {} to {} of the peer's stream differ", begin, begin + *result), where);
  }
  if (!flags.peek) peer_->octets_read += *result;
  return result;
}

void Conversation::receive(std::size_t count, Where where) {
  const auto result = try_receive(count, {}, where);
  if (result != count) fail(fmt::format("receive({}) answered {}", count, text_of(result)), where);
}

void Conversation::expect_blocked(Where where) { expect_error(std::errc::operation_would_block, where); }

void Conversation::expect_end_of_stream(Where where) {
  const auto result = try_receive(1000, {}, where);
  if (result != std::size_t{0}) fail("expected the end of the stream, got " + text_of(result), where);
}

void Conversation::expect_error(std::errc error, Where where) {
  const auto result = try_receive(1, {}, where);
  if (result || result.error() != error) fail("expected " + text_of(error) + ", got " + text_of(result), where);
}

void Conversation::shutdown(Where where) {
  story_.tell(now_, "shutdown(send)");
  const auto result = call(
      [&](tcp::Layer& layer, tcp::Context& context) { return layer.shutdown_send(peer_->connection, context); }, where);
  if (!result) fail("shutdown: " + text_of(result.error()), where);
}

void Conversation::close() {
  story_.tell(now_, "close()");
  call([&](tcp::Layer& layer, tcp::Context& context) { layer.close(peer_->connection, context); });
}

void Conversation::abort() {
  story_.tell(now_, "abort()");
  call([&](tcp::Layer& layer, tcp::Context& context) { layer.abort(peer_->connection, context); });
}

void Conversation::set_options(const tcp::ConnectionOptions& options) {
  story_.tell(now_, "set_options()");
  call([&](tcp::Layer& layer, tcp::Context& context) { layer.set_options(peer_->connection, options, context); });
}

TcpState Conversation::state() const {
  TcpState found = TcpState::kClosed;
  layer_.for_each([&](const tcp::SocketRow& row) {
    if (row.name == peer_->name()) found = row.state;
  });
  return found;
}

void Conversation::expect_state(TcpState wanted, Where where) {
  if (state() != wanted) fail(fmt::format("expected state {}, it is {}", name(wanted), name(state())), where);
}

void Conversation::expect_drop(DropReason reason, Where where) {
  const auto drops = story_.take_drops();
  if (drops.empty() || drops.back() != reason) {
    fail(fmt::format("expected a drop for {}, got {}", name(reason), drops.empty() ? "none" : name(drops.back())),
         where);
  }
}

tcp::Info Conversation::info(Where where) {
  auto info = layer_.info(peer_->connection, now_);
  if (!info) fail("info: the handle is stale", where);
  return info.value_or(tcp::Info{});
}

tcp::Layer::Status Conversation::status(Where where) {
  auto status = layer_.status(peer_->connection);
  if (!status) fail("status: the handle is stale", where);
  return status.value_or(tcp::Layer::Status{});
}

std::uint8_t Conversation::take_readiness(OwnerId owner) { return std::exchange(readiness_[owner], std::uint8_t{0}); }

}  // namespace fourtuple::test
