// How a TCP socket comes to a name, a listener or a connection, and how it lets go of them.
#include <limits>
#include <netinet/in.h>

#include "stack/socket/stream_socket.hpp"

namespace fourtuple::sockets {
namespace {

constexpr Ipv4Address kLoopback = Ipv4Address::from_octets(127, 0, 0, 1);

}  // namespace

StreamSocket::StreamSocket(Turn& turn) : Socket(SOCK_STREAM, IPPROTO_TCP, turn) {}

std::optional<tcp::Layer::Status> StreamSocket::status(Turn& turn) const {
  return connection_ ? turn.stack().tcp().status(connection_) : std::nullopt;
}

Result<void> StreamSocket::bind(const Endpoint& local, Turn& turn) {
  if (binding_ || bound_address_ || phase_ != Phase::kIdle) return failure(std::errc::invalid_argument);
  const bool is_ours = local.address.is_any() || turn.stack().is_local(local.address);
  if (!is_ours && !settings_.free_bind && !settings_.transparent) {
    return failure(std::errc::address_not_available);
  }
  if (local.port == 0 && settings_.bind_address_no_port) {
    bound_address_ = local.address;
    return {};
  }
  return bind_now(local, turn);
}

Result<void> StreamSocket::bind_now(const Endpoint& local, Turn& turn) {
  const auto anywhere = [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.bind(local, settings_.reuse_address, settings_.reuse_port, context);
  };
  const bool is_narrow = local.port == 0 && settings_.port_range != 0;
  auto bound = is_narrow ? bind_within_range(local.address, turn) : turn.stack().with_tcp(turn.now(), anywhere);
  if (!bound) return failure(bound.error());
  binding_ = *bound;
  return {};
}

// The range narrows that of the stack; a bound outside of that counts for nothing, as on Linux.
Result<tcp::Layer::Binding> StreamSocket::bind_within_range(const IpAddress& address, Turn& turn) {
  const tcp::TcpConfig& config = turn.stack().tcp().config();
  const auto is_inside = [&](Port port) {
    return port >= config.first_ephemeral_port && port <= config.last_ephemeral_port;
  };
  const auto wanted_low = static_cast<Port>(settings_.port_range & 0xffff);
  const auto wanted_high = static_cast<Port>(settings_.port_range >> 16);
  const std::uint32_t low = is_inside(wanted_low) ? wanted_low : config.first_ephemeral_port;
  const std::uint32_t high = is_inside(wanted_high) ? wanted_high : config.last_ephemeral_port;
  const std::uint32_t count = high >= low ? high - low + 1 : 1;
  return turn.stack().with_tcp(
      turn.now(), [&](tcp::Layer& layer, tcp::Context& context) -> Result<tcp::Layer::Binding> {
        const auto start = static_cast<std::uint32_t>(context.random.below(count));  // [RFC6056 3.3.1]
        for (std::uint32_t i = 0; i < count; ++i) {
          const auto port = static_cast<Port>(low + (start + i) % count);
          auto bound = layer.bind({address, port}, settings_.reuse_address, settings_.reuse_port, context);
          if (bound) return bound;
        }
        return failure(std::errc::address_in_use);
      });
}

Result<void> StreamSocket::listen(int backlog, Turn& turn) {
  // As Linux reads it: negative means as many as there may be.
  const auto limit = backlog < 0 ? std::numeric_limits<std::uint32_t>::max() : static_cast<std::uint32_t>(backlog);
  if (phase_ == Phase::kConnecting || phase_ == Phase::kConnected) return failure(std::errc::invalid_argument);
  if (phase_ == Phase::kIdle && !binding_) {
    const Endpoint local{bound_address_.value_or(IpAddress()), 0};
    if (const auto bound = bind_now(local, turn); !bound) return bound;
  }
  return turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context&) -> Result<void> {
    if (phase_ == Phase::kListening) {
      layer.set_backlog(listener_, limit);
      return {};
    }
    auto listener = layer.listen(binding_, limit, settings_.tcp, owner());
    if (!listener) return failure(listener.error());
    listener_ = *listener;
    phase_ = Phase::kListening;
    options_changed_ = false;
    lost_ = {};
    apply_segment_rules(turn);
    return {};
  });
}

Result<std::shared_ptr<Socket>> StreamSocket::accept(Turn& turn) {
  if (phase_ != Phase::kListening) return failure(std::errc::invalid_argument);
  const auto connection = turn.stack().with_tcp(
      turn.now(), [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listener_, context); });
  if (!connection) return failure(std::errc::operation_would_block);
  auto accepted = std::make_shared<StreamSocket>(turn);
  accepted->adopt(*connection, settings_, turn);
  if (options_changed_) (void)accepted->apply_settings(turn);
  return accepted;
}

// The inherited settings are SOCKETS.md's list; O_NONBLOCK and SO_PRIORITY are not in it.
void StreamSocket::adopt(tcp::ConnectionId connection, const Settings& inherited, Turn& turn) {
  settings_ = inherited;
  settings_.priority = 0;
  connection_ = connection;
  phase_ = Phase::kConnected;
  turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context&) { layer.set_owner(connection_, owner()); });
}

Result<void> StreamSocket::may_connect(Turn& turn) {
  switch (phase_) {
    case Phase::kListening:
      return failure(std::errc::already_connected);  // BSD says operation_not_supported
    case Phase::kConnected:
      return failure(std::errc::already_connected);
    case Phase::kIdle:
      return {};
    case Phase::kConnecting:
      break;
  }
  const auto finished = finish_connect(turn);
  if (!finished && finished.error() == std::errc::operation_in_progress) {
    return failure(std::errc::connection_already_in_progress);
  }
  return finished;
}

Result<void> StreamSocket::connect(const Endpoint& remote, Turn& turn) {
  const bool was_idle = phase_ == Phase::kIdle;
  const auto allowed = may_connect(turn);
  // The second call on a connect that has succeeded meanwhile answers success, once.
  if (!allowed || !was_idle) return allowed;
  return open_connection(remote, turn);
}

Result<Endpoint> StreamSocket::source_towards(const IpAddress& remote, Turn& turn, tcp::PathInfo& path) const {
  const auto way = turn.stack().way_to(remote, settings_.ip_options);
  if (!way) return failure(way.error());
  path = way->path;
  Endpoint local{bound_address_.value_or(IpAddress()), 0};
  if (binding_) local = turn.stack().tcp().bound_name(binding_);  // [RFC9293 MUST-43]
  if (local.address.is_any()) local.address = way->source;  // [RFC9293 MUST-44]
  return local;
}

Result<void> StreamSocket::open_connection(const Endpoint& remote, Turn& turn) {
  Endpoint peer = remote;
  if (peer.address.is_any()) peer.address = kLoopback;  // 4.2BSD's "this host", still Linux's
  if (peer.port == 0) return failure(std::errc::connection_refused);
  if (peer.address.v4().is_multicast() || peer.address.v4().is_limited_broadcast()) {
    return failure(std::errc::network_unreachable);  // as the stack would say it
  }
  if (!binding_ && settings_.port_range != 0) {
    const auto bound = bind_now({bound_address_.value_or(IpAddress()), 0}, turn);
    if (!bound) return failure(std::errc::address_not_available);
  }
  tcp::PathInfo path;
  const auto local = source_towards(peer.address, turn, path);
  if (!local) return failure(local.error());
  auto opened = turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    auto connecting = layer.connect(*local, peer, path, settings_.tcp, owner(), context);
    if (!connecting) return connecting;
    connection_ = *connecting;
    // Before the SYN leaves, and without what an older connection of this name has left behind.
    turn.stack().set_segment_rules(layer.status(connection_)->name, {});
    apply_segment_rules(turn);
    return connecting;
  });
  if (!opened) return failure(opened.error());
  receive_shut_ = false;
  lost_ = {};
  phase_ = Phase::kConnecting;
  return failure(std::errc::operation_in_progress);
}

Result<void> StreamSocket::finish_connect(Turn& turn) {
  if (phase_ == Phase::kConnected) return {};
  if (phase_ != Phase::kConnecting) return failure(std::errc::not_connected);
  const auto now = status(turn);
  if (now && is_opening(now->state)) return failure(std::errc::operation_in_progress);
  if (now && (now->state != TcpState::kClosed || now->ever_synchronized)) {
    phase_ = Phase::kConnected;
    return {};
  }
  const std::errc error = take_error(turn);
  forget_connection(turn);
  return failure(error == std::errc{} ? std::errc::connection_aborted : error);
}

Result<void> StreamSocket::disconnect(Turn& turn) {
  if (phase_ == Phase::kListening) {
    stop_listening(turn);
  } else if (const auto now = status(turn)) {
    const bool is_live = now->state != TcpState::kClosed && now->state != TcpState::kTimeWait &&
                         now->state != TcpState::kClosing && now->state != TcpState::kLastAck;
    lost_ = is_live ? std::errc::connection_reset : std::errc{};
    turn.stack().with_tcp(turn.now(),
                          [&](tcp::Layer& layer, tcp::Context& context) { layer.abort(connection_, context); });
    connection_ = {};
  }
  phase_ = Phase::kIdle;
  wake(Readiness::kReadable | Readiness::kWritable | Readiness::kHangUp, turn);
  return {};
}

void StreamSocket::forget_connection(Turn& turn) {
  turn.stack().with_tcp(turn.now(),
                        [&](tcp::Layer& layer, tcp::Context& context) { layer.close(connection_, context); });
  connection_ = {};
  phase_ = Phase::kIdle;
}

void StreamSocket::stop_listening(Turn& turn) {
  turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) { layer.close(listener_, context); });
  listener_ = {};
  phase_ = Phase::kIdle;
}

Result<void> StreamSocket::shutdown(int how, Turn& turn) {
  const bool reading = how == SHUT_RD || how == SHUT_RDWR;
  const bool writing = how == SHUT_WR || how == SHUT_RDWR;
  if (!reading && !writing) return failure(std::errc::invalid_argument);
  if (phase_ == Phase::kListening) {
    if (reading) stop_listening(turn);
    wake(Readiness::kReadable | Readiness::kHangUp, turn);
    return {};
  }
  const auto now = status(turn);
  if (!now || now->state == TcpState::kClosed || now->state == TcpState::kTimeWait) {
    return failure(std::errc::not_connected);
  }
  if (is_opening(now->state)) return disconnect(turn);
  turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    if (writing) (void)layer.shutdown_send(connection_, context);  // a second time changes nothing
    if (reading) (void)layer.shutdown_receive(connection_, context);
  });
  receive_shut_ |= reading;
  wake((reading ? Readiness::kReadable : 0) | (writing ? Readiness::kWritable : 0) | Readiness::kHangUp, turn);
  return {};
}

bool StreamSocket::has_delivered(Turn& turn) const {
  const auto now = status(turn);
  if (!now || now->unread_bytes != 0) return true;  // nothing to wait for: closing will reset
  using enum TcpState;
  switch (now->state) {
    case kSynSent:
    case kSynReceived:
    case kEstablished:
    case kFinWait1:
    case kCloseWait:
    case kClosing:
    case kLastAck:
      return false;
    case kClosed:
    case kListen:
    case kFinWait2:
    case kTimeWait:
      break;
  }
  return true;
}

void StreamSocket::release(Turn& turn) {
  const bool reset = settings_.linger && settings_.linger_seconds == 0;
  if (listener_) turn.stack().set_segment_rules({turn.stack().tcp().bound_name(binding_), {}}, {});
  turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    if (listener_) layer.close(listener_, context);
    if (connection_ && reset) layer.abort(connection_, context);
    if (connection_ && !reset) layer.close(connection_, context);
    if (binding_) layer.release(binding_);
  });
  connection_ = {};
  listener_ = {};
  binding_ = {};
  phase_ = Phase::kIdle;
}

}  // namespace fourtuple::sockets
