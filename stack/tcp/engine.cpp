#include "stack/tcp/engine.hpp"

#include <algorithm>
#include <new>

#include "stack/tcp/initial_sequence.hpp"

namespace fourtuple::tcp {

SeqNum Engine::choose_iss(const FourTuple& name, Instant now) const {
  if (shared.config.fixed_initial_sequence) return {*shared.config.fixed_initial_sequence};
  return initial_sequence(name, shared.isn_key, now);
}

Connection* Engine::create(const FourTuple& name, const PathInfo& path, const ConnectionOptions& options, OwnerId owner,
                           ListenerId parent, SeqNum iss) {
  if (connections.size() >= shared.config.max_connections) return nullptr;
  const std::uint64_t handle = connections.reserve();
  Connection::Birth birth{
      .name = name,
      .iss = iss,
      .timestamp_offset = shared.config.fixed_timestamp_offset.value_or(timestamp_offset(name, shared.timestamp_key)),
      .path = path,
      .options = options,
      .owner = owner,
      .number = next_number++,
      .id = {handle},
      .parent = parent};
  std::unique_ptr<Connection> connection(new (std::nothrow) Connection(shared, birth));
  if (!connection) return nullptr;
  Connection* const raw = connections.put(handle, std::move(connection));
  table.insert(name, raw);
  ports.add_connection(name.local);
  return raw;
}

void Engine::leave_table(Connection& connection) {
  table.erase(connection.name());
  ports.remove_connection(connection.name().local);
}

void Engine::destroy(Connection& connection) {
  timers.cancel(connection);
  connections.erase(connection.id().value);
}

void Engine::settle(Connection& connection, TcpState before, Context& context) {
  settle_place(connection, before, context);
  settle_memory(context);
}

// When the last memory goes, text behind gaps is given back: of it nobody has any use yet, and a crowd of strangers can
// make much of it. When there is some again, blocked writers hear of it. Between the two an eighth of all memory must
// come or go, so looking at everybody is cheap.
void Engine::settle_memory(Context& context) {
  if (shared.memory.is_full() == memory_was_full) return;
  if (!memory_was_full) connections.for_each([&](Connection& connection) { connection.shed_out_of_order(context); });
  memory_was_full = shared.memory.is_full();
  if (!memory_was_full) connections.for_each([&](Connection& connection) { connection.wake_writer(context); });
}

void Engine::settle_place(Connection& connection, TcpState before, Context& context) {
  if (shared.config.check_invariants) reset_if_impossible(connection, context);
  connection.charge_memory();
  const TcpState after = connection.state();
  if (before != after) {
    Listener* const parent = listeners.find(connection.parent().value);
    if (before == TcpState::kSynReceived && parent != nullptr) {
      --parent->half_open_count;
      if (after != TcpState::kClosed) join_accept_queue(connection, context);
    }
    if (before == TcpState::kTimeWait) --time_wait_count;
    if (after == TcpState::kTimeWait) {
      ++time_wait_count;
      time_waits.push_back(connection.id());
      make_room_for_time_wait(context);
    }
    if (after == TcpState::kClosed && before != TcpState::kClosed) leave_table(connection);
  }
  if (after == TcpState::kClosed) {
    timers.cancel(connection);
    // Nobody holds it: the application let go, or it never got as far as an accept queue.
    const bool unborn = connection.parent() && before == TcpState::kSynReceived;  // [RFC9293 MUST-11]
    if (connection.is_released() || unborn) destroy(connection);
    return;
  }
  timers.schedule(connection, connection.deadline());
}

void Engine::reset_if_impossible(Connection& connection, Context& context) {
  const char* const broken = connection.broken_invariant();
  if (broken == nullptr) return;
  ++shared.counters.broken_invariants;
  if (shared.broken_invariant == nullptr) shared.broken_invariant = broken;
  connection.abort(Cause::kInvariant, std::errc::state_not_recoverable, context);
}

// Too many in TIME-WAIT: the oldest goes early. The list is bounded by dropping the names of those that are gone.
void Engine::make_room_for_time_wait(Context& context) {
  if (time_waits.size() > 2 * time_wait_count + 64) {
    std::erase_if(time_waits, [&](ConnectionId id) {
      const Connection* const found = connections.find(id.value);
      return found == nullptr || found->state() != TcpState::kTimeWait;
    });
  }
  while (time_wait_count > shared.config.max_time_wait && !time_waits.empty()) {
    Connection* const oldest = connections.find(time_waits.front().value);
    time_waits.pop_front();
    if (oldest == nullptr || oldest->state() != TcpState::kTimeWait) continue;
    ++shared.counters.time_wait_recycled;
    run_door(*this, *oldest, context, [&](Connection& c) { c.give_way(context); });
  }
}

}  // namespace fourtuple::tcp
