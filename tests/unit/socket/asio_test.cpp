// The C++ face: Asio's concepts, completion tokens, cancellation, executors, error codes.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <optional>
#include <string>

#include "fourtuple/raw.hpp"
#include "fourtuple/tcp.hpp"
#include "fourtuple/udp.hpp"
#include "tests/unit/socket/world.hpp"

namespace fourtuple::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::use_awaitable;
using ErrorCode = boost::system::error_code;

static_assert(beast::is_async_read_stream<tcp::socket>::value);
static_assert(beast::is_async_write_stream<tcp::socket>::value);
static_assert(beast::is_sync_read_stream<tcp::socket>::value);
static_assert(beast::is_sync_write_stream<tcp::socket>::value);
static_assert(std::is_nothrow_move_constructible_v<tcp::socket>);
static_assert(std::is_nothrow_move_assignable_v<tcp::socket>);
static_assert(!std::is_copy_constructible_v<tcp::socket>);

const tcp::endpoint kServer(asio::ip::make_address("10.0.0.4"), 80);

class AsioTcp : public ::testing::Test {
 protected:
  // Two connected sockets.
  void connect() {
    tcp::acceptor acceptor(world.io, world.near, {tcp::v4(), 80});
    bool accepted = false;
    acceptor.async_accept(near, [&](ErrorCode error) { accepted = !error; });
    bool connected = false;
    far.async_connect(kServer, [&](ErrorCode error) { connected = !error; });
    ASSERT_TRUE(world.turn_until([&] { return accepted && connected; }));
  }

  World world;
  tcp::socket near{world.io, world.near};
  tcp::socket far{world.io, world.far};
};

class AsioUdp : public AsioTcp {};

asio::awaitable<void> echo_once(tcp::acceptor& acceptor) {
  tcp::socket peer = co_await acceptor.async_accept(use_awaitable);
  std::array<char, 100> data;
  for (;;) {
    ErrorCode error;
    const std::size_t count =
        co_await peer.async_read_some(asio::buffer(data), asio::redirect_error(use_awaitable, error));
    if (error == asio::error::eof) break;
    co_await asio::async_write(peer, asio::buffer(data, count), use_awaitable);
  }
}

TEST_F(AsioTcp, EchoesThroughCoroutines) {
  tcp::acceptor acceptor(world.io, world.near, {tcp::v4(), 80});
  asio::co_spawn(world.io, echo_once(acceptor), asio::detached);
  std::string answer(5, '\0');
  bool done = false;
  const auto client = [&]() -> asio::awaitable<void> {
    co_await far.async_connect(kServer, use_awaitable);
    co_await asio::async_write(far, asio::buffer("hello", 5), use_awaitable);
    co_await asio::async_read(far, asio::buffer(answer), use_awaitable);
    far.shutdown(tcp::socket::shutdown_send);
    done = true;
  };
  asio::co_spawn(world.io, client, asio::detached);
  EXPECT_TRUE(world.turn_until([&] { return done; }));
  EXPECT_EQ(answer, "hello");
  EXPECT_EQ(far.remote_endpoint(), kServer);
}

TEST_F(AsioTcp, EndsAStreamWithEof) {
  connect();
  near.close();
  ErrorCode result;
  char octet = 0;
  far.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode error, std::size_t) { result = error; });
  EXPECT_TRUE(world.turn_until([&] { return result.failed(); }));
  EXPECT_EQ(result, asio::error::eof);
}

TEST_F(AsioTcp, SpeaksTheSystemsErrno) {
  ErrorCode result;
  far.async_connect(kServer, [&](ErrorCode error) { result = error; });
  EXPECT_TRUE(world.turn_until([&] { return result.failed(); }));
  EXPECT_EQ(result, asio::error::connection_refused);
  EXPECT_EQ(result.category(), boost::system::system_category());
  tcp::socket closed(world.io, world.near);
  char octet = 0;
  EXPECT_EQ(closed.read_some(asio::buffer(&octet, 1), result), 0U);
  EXPECT_EQ(result, asio::error::bad_descriptor);
  EXPECT_THROW((void)closed.remote_endpoint(), boost::system::system_error);
}

TEST_F(AsioTcp, AbortsPendingOperationsOnClose) {
  connect();
  ErrorCode reading;
  ErrorCode waiting;
  char octet = 0;
  far.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode error, std::size_t) { reading = error; });
  far.async_wait(tcp::socket::wait_read, [&](ErrorCode error) { waiting = error; });
  far.close();
  EXPECT_FALSE(reading.failed()) << "a handler ran inside close()";
  world.settle();
  EXPECT_EQ(reading, asio::error::operation_aborted);
  EXPECT_EQ(waiting, asio::error::operation_aborted);
}

TEST_F(AsioTcp, AbortsPendingOperationsOnDestruction) {
  connect();
  ErrorCode reading;
  char octet = 0;
  {
    const tcp::socket gone = std::move(far);
    tcp::socket& still = const_cast<tcp::socket&>(gone);
    still.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode error, std::size_t) { reading = error; });
  }
  world.settle();
  EXPECT_EQ(reading, asio::error::operation_aborted);
}

TEST_F(AsioTcp, CancelsOneOperationThroughItsSlot) {
  connect();
  asio::cancellation_signal signal;
  ErrorCode first;
  ErrorCode second;
  char octets[2] = {};
  far.async_read_some(
      asio::buffer(octets, 1),
      asio::bind_cancellation_slot(signal.slot(), [&](ErrorCode error, std::size_t) { first = error; }));
  bool read = false;
  far.async_read_some(asio::buffer(octets + 1, 1), [&](ErrorCode error, std::size_t) {
    second = error;
    read = true;
  });
  signal.emit(asio::cancellation_type::terminal);
  world.settle();
  EXPECT_EQ(first, asio::error::operation_aborted);
  EXPECT_FALSE(read);
  near.write_some(asio::buffer("x", 1));
  EXPECT_TRUE(world.turn_until([&] { return read; }));
  EXPECT_FALSE(second.failed());
  EXPECT_EQ(octets[1], 'x');
}

TEST_F(AsioTcp, RunsHandlersOnTheirExecutor) {
  connect();
  asio::io_context elsewhere;
  bool ran = false;
  char octet = 0;
  far.async_read_some(asio::buffer(&octet, 1),
                      asio::bind_executor(elsewhere.get_executor(), [&](ErrorCode, std::size_t) { ran = true; }));
  near.write_some(asio::buffer("x", 1));
  world.settle();
  EXPECT_FALSE(ran);
  EXPECT_EQ(elsewhere.poll(), 1U);
  EXPECT_TRUE(ran);
}

TEST_F(AsioTcp, KeepsItsIoContextRunningWhileAnOperationIsPending) {
  connect();
  char octet = 0;
  far.async_read_some(asio::buffer(&octet, 1), [](ErrorCode, std::size_t) {});
  world.io.restart();
  world.io.poll();
  EXPECT_FALSE(world.io.stopped());
  far.close();
  world.io.poll();
  EXPECT_TRUE(world.io.stopped());
}

TEST_F(AsioTcp, NeverRunsAHandlerInsideTheCallThatStartsIt) {
  connect();
  near.write_some(asio::buffer("x", 1));
  world.settle();
  bool ran = false;
  char octet = 0;
  far.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode, std::size_t) { ran = true; });
  EXPECT_FALSE(ran);
  world.io.restart();
  world.io.poll();
  EXPECT_TRUE(ran);
}

TEST_F(AsioTcp, ReadsNothingIntoNoBuffer) {
  connect();
  std::optional<ErrorCode> result;
  far.async_read_some(asio::mutable_buffer(), [&](ErrorCode error, std::size_t) { result = error; });
  EXPECT_TRUE(world.turn_until([&] { return result.has_value(); }));
  EXPECT_FALSE(result->failed());
}

TEST_F(AsioTcp, TakesAsiosOptionObjects) {
  connect();
  far.set_option(tcp::no_delay(true));
  tcp::no_delay no_delay;
  far.get_option(no_delay);
  EXPECT_TRUE(no_delay.value());
  far.set_option(asio::socket_base::linger(true, 5));
  asio::socket_base::linger linger;
  far.get_option(linger);
  EXPECT_TRUE(linger.enabled());
  EXPECT_EQ(linger.timeout(), 5);
  far.set_option(asio::socket_base::receive_buffer_size(50000));
  asio::socket_base::receive_buffer_size size;
  far.get_option(size);
  EXPECT_EQ(size.value(), 100000);
  near.write_some(asio::buffer("abc", 3));
  world.settle();
  EXPECT_EQ(far.available(), 3U);
  asio::socket_base::bytes_readable readable;
  far.io_control(readable);
  EXPECT_EQ(readable.get(), 3U);
}

TEST_F(AsioTcp, WaitsInSynchronousCallsUnlessNonBlocking) {
  connect();
  far.non_blocking(true);
  char octet = 0;
  ErrorCode error;
  far.read_some(asio::buffer(&octet, 1), error);
  EXPECT_EQ(error, asio::error::would_block);
  far.non_blocking(false);
  near.write_some(asio::buffer("x", 1));
  EXPECT_EQ(far.read_some(asio::buffer(&octet, 1)), 1U);
  near.close();
  far.read_some(asio::buffer(&octet, 1), error);
  EXPECT_EQ(error, asio::error::eof);
}

TEST_F(AsioTcp, MovesBigDataThroughSmallBuffers) {
  connect();
  far.set_option(asio::socket_base::receive_buffer_size(4096));
  std::string sent(300000, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 7 + i / 256);
  std::string received(sent.size(), '\0');
  bool done = false;
  asio::async_write(near, asio::buffer(sent), [&](ErrorCode, std::size_t) { near.close(); });
  asio::async_read(far, asio::buffer(received), [&](ErrorCode, std::size_t) { done = true; });
  EXPECT_TRUE(world.turn_until([&] { return done; }));
  EXPECT_TRUE(received == sent);
}

TEST_F(AsioTcp, OutlivesItsRuntimeQuietly) {
  auto io = std::make_unique<asio::io_context>();
  RuntimeOptions options;
  options.clock = world.clock;
  auto runtime = std::make_unique<Runtime>(*io, options);
  tcp::acceptor acceptor(*io, {tcp::v4(), 80});
  ErrorCode result;
  acceptor.async_accept([&](ErrorCode error, tcp::socket) { result = error; });
  runtime.reset();
  io->poll();
  EXPECT_EQ(result, asio::error::operation_aborted);
  ErrorCode error;
  tcp::socket late(*io);
  late.open(tcp::v4(), error);
  EXPECT_EQ(error, asio::error::network_down);
}

TEST_F(AsioTcp, FindsTheRuntimeOfItsContextThroughStrandsToo) {
  asio::io_context io;
  RuntimeOptions options;
  options.clock = world.clock;
  Runtime runtime(io, options);
  tcp::socket socket(asio::make_strand(io));
  EXPECT_NO_THROW(socket.open());
  EXPECT_THROW(Runtime(io, options), std::logic_error);
  tcp::socket homeless(world.io);
  EXPECT_THROW(homeless.open(), boost::system::system_error);
}

TEST_F(AsioUdp, SendsToAndReceivesFrom) {
  udp::socket near_udp(world.io, world.near, udp::endpoint(udp::v4(), 5000));
  udp::socket far_udp(world.io, world.far, udp::endpoint(udp::v4(), 6000));
  std::array<char, 10> data{};
  udp::endpoint from;
  std::size_t count = 0;
  near_udp.async_receive_from(asio::buffer(data), from, [&](ErrorCode, std::size_t size) { count = size; });
  far_udp.send_to(asio::buffer("ping", 4), udp::endpoint(asio::ip::make_address("10.0.0.4"), 5000));
  EXPECT_TRUE(world.turn_until([&] { return count != 0; }));
  EXPECT_EQ(count, 4U);
  EXPECT_EQ(from, udp::endpoint(asio::ip::make_address("10.0.0.5"), 6000));
  near_udp.send_to(asio::buffer("pong", 4), from);
  EXPECT_EQ(far_udp.receive_from(asio::buffer(data), from), 4U);
  EXPECT_EQ(from.port(), 5000);
}

}  // namespace
}  // namespace fourtuple::test
