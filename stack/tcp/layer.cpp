// The doors: each finds its connection or listener, runs it, and settles what came of it.
#include "stack/tcp/layer.hpp"

#include <algorithm>

#include "stack/tcp/engine.hpp"

namespace fourtuple::tcp {

Layer::Layer(const TcpConfig& config, RandomSource& random) : engine_(std::make_unique<Engine>(config, random)) {}
Layer::~Layer() = default;

// --- Segments and time.

void Layer::receive(const IpAddress& local, const IpAddress& remote, const Segment& segment, PacketBuffer&& buffer,
                    const PathInfo& path, Context& context) {
  // The engine wants the buffer to show the payload alone.
  const std::size_t header =
      segment.payload.empty() ? buffer.size() : static_cast<std::size_t>(segment.payload.data() - buffer.data());
  const std::size_t trailer = buffer.size() - header - segment.payload.size();
  buffer.remove_back(trailer);
  buffer.remove_front(header);
  const FourTuple name{{local, segment.destination_port}, {remote, segment.source_port}};
  engine_->receive(name, segment, std::move(buffer), path, context);
}

void Layer::end_batch(Context& context) {
  for (std::size_t i = 0; i < engine_->touched.size(); ++i) {
    if (Connection* const connection = engine_->connections.find(engine_->touched[i].value)) {
      bool owes = false;
      run_door(*engine_, *connection, context, [&](Connection& c) {
        c.end_batch(context);
        owes = c.owes_ack();
      });
      if (owes) engine_->owing.push_back(engine_->touched[i]);
    }
  }
  engine_->touched.clear();
  if (engine_->owing.size() > Outbox::kSoftLimit) send_owed_acks(context);
}

void Layer::send_owed_acks(Context& context) {
  for (const ConnectionId id : engine_->owing) {
    if (Connection* const connection = engine_->connections.find(id.value)) {
      run_door(*engine_, *connection, context, [&](Connection& c) { c.send_owed_ack(context); });
    }
  }
  engine_->owing.clear();
}

bool Layer::owes_acks() const { return !engine_->owing.empty(); }

void Layer::report(const FourTuple& name, const NetworkReport& report, Context& context) {
  if (Connection* const connection = engine_->table.find(name)) {
    if (connection->touch()) engine_->touched.push_back(connection->id());
    run_door(*engine_, *connection, context, [&](Connection& c) { c.on_report(report, context); });
  } else {
    engine_->shared.drop(DropReason::kIcmpBadQuotation);
  }
}

Instant Layer::next_deadline() const { return engine_->timers.next_deadline(); }

void Layer::advance(Context& context) {
  while (!context.out.is_full()) {
    TimerNode* const due = engine_->timers.pop_expired(context.now);
    if (due == nullptr) return;
    run_door(*engine_, static_cast<Connection&>(*due), context, [&](Connection& c) { c.on_timeout(context); });
  }
}

// --- Names and listeners.

Result<Layer::Binding> Layer::bind(const Endpoint& local, bool reuse_address, bool reuse_port, Context& context) {
  return engine_->ports.bind(local, reuse_address, reuse_port, context.random).map([](std::uint64_t key) {
    return Binding{key};
  });
}

void Layer::release(Binding binding) { engine_->ports.release(binding.value); }

void Layer::set_reuse(Binding binding, bool reuse_address, bool reuse_port) {
  if (BoundName* const name = engine_->ports.find(binding.value)) {
    name->reuse_address = reuse_address;
    name->reuse_port = reuse_port;
  }
}

Endpoint Layer::bound_name(Binding binding) const {
  const BoundName* const name = engine_->ports.find(binding.value);
  return name == nullptr ? Endpoint{} : name->local;
}

Result<ListenerId> Layer::listen(Binding binding, std::uint32_t backlog, const ConnectionOptions& options,
                                 OwnerId owner) {
  BoundName* const name = engine_->ports.find(binding.value);
  if (name == nullptr) return failure(std::errc::bad_file_descriptor);
  if (name->listening || !engine_->ports.may_listen(binding.value)) return failure(std::errc::address_in_use);
  if (engine_->listeners.size() >= engine_->shared.config.max_listeners) return failure(std::errc::no_buffer_space);
  name->listening = true;
  auto listener = std::make_unique<Listener>();
  const std::uint64_t handle = engine_->listeners.reserve();
  listener->id = {handle};
  listener->local = name->local;
  listener->binding = binding.value;
  listener->backlog = std::min(backlog, engine_->shared.config.max_backlog);
  listener->options = options;
  listener->owner = owner;
  engine_->listening.insert(engine_->listeners.put(handle, std::move(listener)));
  return ListenerId{handle};
}

void Layer::set_backlog(ListenerId id, std::uint32_t backlog) {
  if (Listener* const listener = engine_->listeners.find(id.value)) {
    listener->backlog = std::min(backlog, engine_->shared.config.max_backlog);
  }
}

void Layer::set_options(ListenerId id, const ConnectionOptions& options) {
  if (Listener* const listener = engine_->listeners.find(id.value)) listener->options = options;
}

std::optional<ConnectionId> Layer::accept(ListenerId id, Context&) {
  Listener* const listener = engine_->listeners.find(id.value);
  if (listener == nullptr || listener->ready.empty()) return std::nullopt;
  const ConnectionId connection = listener->ready.front();
  listener->ready.pop_front();
  engine_->connections.find(connection.value)->adopt();
  return connection;
}

std::size_t Layer::acceptable(ListenerId id) const {
  const Listener* const listener = engine_->listeners.find(id.value);
  return listener == nullptr ? 0 : listener->ready.size();
}

void Layer::close(ListenerId id, Context& context) {
  Listener* const listener = engine_->listeners.find(id.value);
  if (listener == nullptr) return;
  engine_->listening.erase(listener);
  if (BoundName* const name = engine_->ports.find(listener->binding)) name->listening = false;
  std::deque<ConnectionId> orphans = std::move(listener->ready);
  orphans.insert(orphans.end(), listener->half_open.begin(), listener->half_open.end());
  for (const ConnectionId orphan : orphans) {
    Connection* const connection = engine_->connections.find(orphan.value);
    if (connection == nullptr || connection->parent() != id) continue;
    run_door(*engine_, *connection, context, [&](Connection& c) { c.orphan(context); });
  }
  engine_->listeners.erase(id.value);
}

// --- Connections.

Result<ConnectionId> Layer::connect(const Endpoint& local, const Endpoint& remote, const PathInfo& path,
                                    const ConnectionOptions& options, OwnerId owner, Context& context) {
  FourTuple name{local, remote};
  if (name.local.port == 0) {
    const auto port = engine_->ports.choose(context.random, [&](Port candidate) {
      name.local.port = candidate;
      return engine_->ports.is_unbound(candidate) && engine_->table.find(name) == nullptr;
    });
    if (!port) return failure(std::errc::address_not_available);
    name.local.port = *port;
  } else if (engine_->table.find(name) != nullptr) {
    return failure(std::errc::address_not_available);
  }
  Connection* const connection =
      engine_->create(name, path, options, owner, {}, engine_->choose_iss(name, context.now));
  if (connection == nullptr) return failure(std::errc::no_buffer_space);
  run_door(*engine_, *connection, context, [&](Connection& c) { c.open_active(context); });
  return connection->id();
}

namespace {

// Runs a user call on a live connection, or answers bad_file_descriptor.
template <class Value, class Call>
Result<Value> on_connection(Engine& engine, ConnectionId id, Context& context, Call&& call) {
  Connection* const connection = engine.connections.find(id.value);
  if (connection == nullptr || connection->is_released()) return failure(std::errc::bad_file_descriptor);
  return run_door(engine, *connection, context, std::forward<Call>(call));
}

template <class Call>
void if_connected(Engine& engine, ConnectionId id, Context& context, Call&& call) {
  Connection* const connection = engine.connections.find(id.value);
  if (connection != nullptr && !connection->is_released())
    run_door(engine, *connection, context, std::forward<Call>(call));
}

}  // namespace

Result<std::size_t> Layer::send(ConnectionId id, std::span<const ByteView> pieces, SendFlags flags, Context& context) {
  return on_connection<std::size_t>(*engine_, id, context,
                                    [&](Connection& c) { return c.send(pieces, flags, context); });
}

Result<std::size_t> Layer::receive_data(ConnectionId id, std::span<const ByteSpan> pieces, ReceiveFlags flags,
                                        Context& context) {
  return on_connection<std::size_t>(*engine_, id, context,
                                    [&](Connection& c) { return c.receive(pieces, flags, context); });
}

Result<std::uint8_t> Layer::receive_urgent(ConnectionId id, bool peek, Context& context) {
  return on_connection<std::uint8_t>(*engine_, id, context, [&](Connection& c) { return c.receive_urgent(peek); });
}

Result<void> Layer::shutdown_send(ConnectionId id, Context& context) {
  return on_connection<void>(*engine_, id, context, [&](Connection& c) { return c.shutdown_send(context); });
}

Result<void> Layer::shutdown_receive(ConnectionId id, Context& context) {
  return on_connection<void>(*engine_, id, context, [&](Connection& c) { return c.shutdown_receive(context); });
}

void Layer::close(ConnectionId id, Context& context) {
  if_connected(*engine_, id, context, [&](Connection& c) { c.close(context); });
}

void Layer::abort(ConnectionId id, Context& context) {
  if_connected(*engine_, id, context, [&](Connection& c) {
    c.abort(Cause::kUserAbort, std::errc::connection_aborted, context);
    c.close(context);
  });
}

void Layer::disconnect(ConnectionId id, Context& context) {
  if_connected(*engine_, id, context,
               [&](Connection& c) { c.abort(Cause::kUserAbort, std::errc::connection_aborted, context); });
}

void Layer::set_options(ConnectionId id, const ConnectionOptions& options, Context& context) {
  if_connected(*engine_, id, context, [&](Connection& c) { c.set_options(options, context); });
}

const ConnectionOptions* Layer::options(ConnectionId id) const {
  const Connection* const connection = engine_->connections.find(id.value);
  return connection == nullptr ? nullptr : &connection->options();
}

void Layer::set_quick_ack(ConnectionId id, bool on, Context& context) {
  if_connected(*engine_, id, context, [&](Connection& c) { c.set_quick_ack(on, context); });
}

void Layer::set_owner(ConnectionId id, OwnerId owner) {
  if (Connection* const connection = engine_->connections.find(id.value)) connection->set_owner(owner);
}

void Layer::set_owner(ListenerId id, OwnerId owner) {
  if (Listener* const listener = engine_->listeners.find(id.value)) listener->owner = owner;
}

// --- Status.

std::optional<Layer::Status> Layer::status(ConnectionId id) const {
  const Connection* const connection = engine_->connections.find(id.value);
  if (connection == nullptr || connection->is_released()) return std::nullopt;
  return connection->status();
}

std::errc Layer::take_error(ConnectionId id) {
  Connection* const connection = engine_->connections.find(id.value);
  return connection == nullptr ? std::errc{} : connection->take_error();
}

std::optional<Info> Layer::info(ConnectionId id, Instant now) const {
  const Connection* const connection = engine_->connections.find(id.value);
  if (connection == nullptr) return std::nullopt;
  return connection->info(now);
}

void Layer::for_each(const std::function<void(const SocketRow&)>& visit) const {
  engine_->listeners.for_each([&](const Listener& listener) {
    visit({{listener.local, {}}, TcpState::kListen, listener.ready.size(), listener.backlog, listener.owner, 0, {}});
  });
  std::vector<const Connection*> rows;
  rows.reserve(engine_->connections.size());
  engine_->connections.for_each([&](const Connection& connection) {
    if (connection.state() != TcpState::kClosed) rows.push_back(&connection);
  });
  std::sort(rows.begin(), rows.end(),
            [](const Connection* a, const Connection* b) { return a->number() < b->number(); });
  for (const Connection* c : rows) {
    visit({c->name(), c->state(), c->unread_bytes(), c->queued_bytes(), c->owner(), c->number(), c->id()});
  }
}

const Counters& Layer::counters() const { return engine_->shared.counters; }
std::size_t Layer::connection_count() const { return engine_->connections.size(); }
bool Layer::has_connection(const FourTuple& name) const { return engine_->table.find(name) != nullptr; }
Layer::Memory Layer::memory() const {
  const MemoryLedger& memory = engine_->shared.memory;
  return {memory.held_bytes(), memory.peak_bytes(), memory.times_full(), memory.is_under_pressure(), memory.is_full()};
}
const TcpConfig& Layer::config() const { return engine_->shared.config; }

const char* Layer::broken_invariant() const {
  const char* broken = engine_->shared.broken_invariant;
  std::size_t live = 0;
  std::size_t charged = 0;
  engine_->connections.for_each([&](const Connection& connection) {
    if (broken == nullptr) broken = connection.broken_invariant();
    charged += connection.charged_bytes();
    if (broken == nullptr && connection.charged_bytes() != connection.held_memory())
      broken = "what a connection holds is not what it is charged for";
    if (connection.state() == TcpState::kClosed) return;
    ++live;
    if (broken == nullptr && engine_->table.find(connection.name()) != &connection)
      broken = "a live connection is not in the table";
    if (broken == nullptr && connection.deadline() != kNever && !connection.is_scheduled())
      broken = "an armed timer is not scheduled";
  });
  if (broken == nullptr && live != engine_->table.size()) broken = "the table names connections that are gone";
  if (broken == nullptr && charged != engine_->shared.memory.held_bytes()) broken = "memory is charged to nobody";
  return broken;
}

const Connection* Layer::inspect(ConnectionId id) const { return engine_->connections.find(id.value); }

}  // namespace fourtuple::tcp
