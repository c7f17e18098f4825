#include "apps/lab/host.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "stack/tcp/congestion/controller.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::lab {
namespace {

constexpr OwnerId kOwner = 1;
constexpr std::uint32_t kBacklog = 8;
constexpr std::size_t kPiece = 16384;
// What an application does at one moment is bounded; the rest follows with the next event.
constexpr int kMostPieces = 64;
constexpr std::size_t kMostSockets = 2000;

// The octets that are sent say where they stand: 0..9 and a..z, a line of 36 after the other.
std::array<std::uint8_t, kPiece> pattern_from(std::uint64_t offset) {
  static constexpr std::string_view kLine = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::array<std::uint8_t, kPiece> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(kLine[(offset + i) % kLine.size()]);
  }
  return bytes;
}

std::vector<std::uint8_t> echo_request(std::uint16_t sequence, std::size_t payload_bytes) {
  std::vector<std::uint8_t> message(wire::kIcmpHeaderSize + payload_bytes, 'p');
  const wire::IcmpHeader header{.type = wire::icmp_type::kEchoRequest, .rest = std::uint32_t{1} << 16 | sequence};
  header.emit(message, ByteView(message).subspan(wire::kIcmpHeaderSize));
  return message;
}

Result<void, std::string> done_or(const char* what, const Result<void>& result) {
  if (result) return {};
  return failure(fmt::format("{}: {}", what, std::make_error_code(result.error()).message()));
}

Result<void, std::string> cannot(const char* what, std::errc error) {
  return failure(fmt::format("{}: {}", what, std::make_error_code(error).message()));
}

}  // namespace

Host::Host(int index, const StackConfig& config, std::size_t mtu, std::uint64_t seed, Wire& wire, trace::Sink& sink)
    : index_(index), stack_(config, RandomSource::from_seed(seed)) {
  stack_.set_trace_sink(&sink);
  const auto last = static_cast<std::uint8_t>(index + 1);
  stack_.attach(
      wire.end(index),
      {.name = "lab0", .mac = MacAddress{{2, 0, 0, 0, 0, last}}, .address = {address(index), 24}, .mtu = mtu});
}

void Host::receive(PacketBuffer frame, Instant now) {
  std::array<PacketBuffer, 1> one{std::move(frame)};
  stack_.receive(0, one, now);
  work(now);
}

void Host::advance(Instant now) {
  stack_.advance(now);
  work(now);
}

// --- What it does by itself.

void Host::work(Instant now) {
  static_cast<void>(stack_.take_notices());  // every socket is looked at after every event: there are few
  accept_all(now);
  for (Socket& socket : sockets_) {
    if (!socket.is_over) work(socket, now);
  }
  drain_datagrams();
}

void Host::accept_all(Instant now) {
  for (const tcp::ListenerId listener : listeners_) {
    while (sockets_.size() < kMostSockets) {
      const auto id = stack_.with_tcp(
          now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listener, context); });
      if (!id) break;
      stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context&) { return layer.set_owner(*id, kOwner), 0; });
      sockets_.push_back({.id = *id, .to_send = serve_, .then_closes = serve_ > 0});
    }
  }
}

void Host::work(Socket& socket, Instant now) {
  const auto status = std::as_const(stack_).tcp().status(socket.id);
  if (!status || status->state == TcpState::kClosed) {
    socket.is_over = true;
    return;
  }
  if (auto_read_ || echo_) read_all(socket, now);
  if (socket.to_send > 0) send_rest(socket, now);
  const auto now_read = std::as_const(stack_).tcp().status(socket.id);
  if (auto_close_ && now_read && now_read->end_of_stream) socket.then_closes = true;
  if (socket.to_send == 0 && socket.then_closes) {
    stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.close(socket.id, context), 0; });
    socket.is_over = true;
  }
}

void Host::read_all(Socket& socket, Instant now) {
  std::array<std::uint8_t, kPiece> bytes{};
  for (int i = 0; i < kMostPieces; ++i) {
    const std::array<ByteSpan, 1> pieces{ByteSpan(bytes)};
    const auto count = stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.receive_data(socket.id, pieces, {}, context);
    });
    if (!count || *count == 0) return;
    if (echo_) socket.to_send += *count;
  }
}

void Host::send_rest(Socket& socket, Instant now) {
  for (int i = 0; i < kMostPieces && socket.to_send > 0; ++i) {
    const auto bytes = pattern_from(socket.sent);
    const std::array<ByteView, 1> pieces{
        ByteView(bytes).first(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, socket.to_send)))};
    const auto taken = stack_.with_tcp(
        now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.send(socket.id, pieces, {}, context); });
    if (!taken) {
      if (taken.error() != std::errc::operation_would_block) socket.to_send = 0;
      return;
    }
    socket.sent += *taken;
    socket.to_send -= *taken;
  }
}

void Host::drain_datagrams() {
  while (udp_ && stack_.udp_receive(*udp_)) {
  }
  while (raw_ && stack_.raw_receive(*raw_)) {
  }
}

// --- What it is told.

Result<void, std::string> Host::act(const Action& action, Instant now) {
  const auto outcome = [&]() -> Result<void, std::string> {
    switch (action.verb) {
      case Verb::kListen:
        return listen(action, now);
      case Verb::kConnect:
        return connect(action, now);
      case Verb::kRead:
        return read(action, now);
      case Verb::kSend: {
        const auto socket = socket_of(action);
        if (!socket) return failure(socket.error());
        (*socket)->to_send += action.amount;
        return {};
      }
      case Verb::kAutoRead:
        auto_read_ = action.on;
        return {};
      case Verb::kAutoClose:
        auto_close_ = action.on;
        return {};
      case Verb::kEcho:
        echo_ = action.on;
        return {};
      case Verb::kServe:
        serve_ = action.amount;
        return {};
      case Verb::kSet:
        return set(action, now);
      case Verb::kPing:
        return ping(action, now);
      case Verb::kDatagram:
        return send_datagram(action, now);
      case Verb::kStop:
      case Verb::kShutdown:
      case Verb::kClose:
      case Verb::kAbort:
        return end(action, now);
      case Verb::kRules:
      case Verb::kDropNext:
      case Verb::kCut:
      case Verb::kHeal:
      case Verb::kInjectSyn:
        break;
    }
    return failure(std::string("that is the wire's to do"));
  }();
  work(now);
  return outcome;
}

Result<Host::Socket*, std::string> Host::socket_of(const Action& action) {
  const std::size_t wanted = action.connection == 0 ? sockets_.size() : action.connection;
  if (sockets_.empty()) return failure(std::string("this host has no connection yet"));
  if (wanted > sockets_.size()) return failure(fmt::format("this host has {} connections", sockets_.size()));
  Socket& socket = sockets_[wanted - 1];
  if (socket.is_over) return failure(fmt::format("connection #{} is closed already", wanted));
  return &socket;
}

Result<void, std::string> Host::listen(const Action& action, Instant now) {
  return stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) -> Result<void, std::string> {
    const auto binding = layer.bind({IpAddress{}, action.port}, true, false, context);
    if (!binding) return cannot("listen", binding.error());
    const auto listener = layer.listen(*binding, kBacklog, options_, kOwner);
    if (!listener) {
      layer.release(*binding);
      return cannot("listen", listener.error());
    }
    listeners_.push_back(*listener);
    return {};
  });
}

Result<void, std::string> Host::connect(const Action& action, Instant now) {
  if (sockets_.size() >= kMostSockets) return failure(fmt::format("a host has at most {} sockets here", kMostSockets));
  const auto way = stack_.way_to(IpAddress(address(1 - index_)));
  if (!way) return cannot("connect", way.error());
  const auto id = stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({way->source, action.from_port}, {IpAddress(address(1 - index_)), action.port}, way->path,
                         options_, kOwner, context);
  });
  if (!id) return cannot("connect", id.error());
  sockets_.push_back({.id = *id});
  return {};
}

Result<void, std::string> Host::read(const Action& action, Instant now) {
  const auto socket = socket_of(action);
  if (!socket) return failure(socket.error());
  std::array<std::uint8_t, kPiece> bytes{};
  for (std::uint64_t left = action.amount; left > 0;) {
    const std::array<ByteSpan, 1> pieces{
        ByteSpan(bytes).first(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, left)))};
    const auto count = stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.receive_data((*socket)->id, pieces, {}, context);
    });
    if (!count || *count == 0) return {};
    left -= *count;
  }
  return {};
}

Result<void, std::string> Host::apply_option(const Action& action, tcp::ConnectionOptions& options) const {
  if (action.name == "nodelay") options.no_delay = action.on;
  if (action.name == "cork") options.cork = action.on;
  if (action.name == "keepalive") options.keep_alive = action.on;
  if (action.name == "receive-buffer") options.receive_buffer_bytes = action.amount;
  if (action.name == "send-buffer") options.send_buffer_bytes = action.amount;
  if (action.name != "congestion") return {};
  for (const std::string_view known : tcp::controller_names()) {
    if (known != action.value) continue;
    options.congestion = known;
    return {};
  }
  std::string names;
  for (const std::string_view known : tcp::controller_names()) names += fmt::format(" {}", known);
  return failure(fmt::format("no controller is called '{}': expected one of{}", action.value, names));
}

// For the newest connection, and for those that are opened from now on.
Result<void, std::string> Host::set(const Action& action, Instant now) {
  if (auto applied = apply_option(action, options_); !applied) return applied;
  for (Socket& socket : sockets_) {
    const tcp::ConnectionOptions* before = socket.is_over ? nullptr : std::as_const(stack_).tcp().options(socket.id);
    if (before == nullptr) continue;
    tcp::ConnectionOptions options = *before;
    static_cast<void>(apply_option(action, options));
    stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.set_options(socket.id, options, context), 0;
    });
  }
  return {};
}

Result<void, std::string> Host::ping(const Action& action, Instant now) {
  if (!raw_) {
    const auto opened = stack_.raw_open(wire::ip_protocol::kIcmp, {}, kOwner);
    if (!opened) return cannot("ping", opened.error());
    raw_ = *opened;
  }
  for (std::uint64_t i = 0; i < action.amount; ++i) {
    const auto message = echo_request(++pings_, action.port);
    const std::array<ByteView, 1> pieces{ByteView(message)};
    const auto sent = stack_.raw_send(*raw_, pieces, IpAddress(address(1 - index_)), now);
    if (!sent) return cannot("ping", sent.error());
  }
  return {};
}

Result<void, std::string> Host::send_datagram(const Action& action, Instant now) {
  if (!udp_) {
    DatagramOptions options;
    options.path_mtu_discovery = PathMtuDiscovery::kDont;
    const auto opened = stack_.udp_open(options, kOwner);
    if (!opened) return cannot("udp", opened.error());
    udp_ = *opened;
  }
  const std::vector<std::uint8_t> bytes(action.amount, 'u');
  const std::array<ByteView, 1> pieces{ByteView(bytes)};
  const auto sent = stack_.udp_send(*udp_, pieces, Endpoint{IpAddress(address(1 - index_)), action.port}, now);
  return sent ? Result<void, std::string>{} : cannot("udp", sent.error());
}

Result<void, std::string> Host::end(const Action& action, Instant now) {
  if (action.verb == Verb::kStop) {
    if (listeners_.empty()) return failure(std::string("nobody listens here"));
    for (const tcp::ListenerId listener : listeners_) {
      stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.close(listener, context), 0; });
    }
    listeners_.clear();
    return {};
  }
  const auto socket = socket_of(action);
  if (!socket) return failure(socket.error());
  return stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) -> Result<void, std::string> {
    if (action.verb == Verb::kShutdown) return done_or("shutdown", layer.shutdown_send((*socket)->id, context));
    (*socket)->is_over = true;
    if (action.verb == Verb::kClose) layer.close((*socket)->id, context);
    if (action.verb == Verb::kAbort) layer.abort((*socket)->id, context);
    return {};
  });
}

}  // namespace fourtuple::lab
