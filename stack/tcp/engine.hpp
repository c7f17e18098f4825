// The tables behind the doors of the TCP layer, and what happens between a listener and its connections.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "stack/base/timer_heap.hpp"
#include "stack/tcp/connection.hpp"
#include "stack/tcp/listener.hpp"
#include "stack/tcp/ports.hpp"
#include "stack/tcp/shared.hpp"
#include "stack/tcp/slot_map.hpp"
#include "stack/tcp/table.hpp"

namespace fourtuple::tcp {

struct Engine {
  Engine(const TcpConfig& config, RandomSource& random)
      : shared(config, random), table(shared.table_key), ports(config) {}

  // --- engine.cpp: births and deaths
  Connection* create(const FourTuple& name, const PathInfo& path, const ConnectionOptions& options, OwnerId owner,
                     ListenerId parent, SeqNum iss);
  [[nodiscard]] SeqNum choose_iss(const FourTuple& name, Instant now) const;
  // After a door has returned: puts the connection where its state says it belongs, or buries it.
  void settle(Connection& connection, TcpState before, Context& context);
  void settle_place(Connection& connection, TcpState before, Context& context);
  void settle_memory(Context& context);
  void make_room_for_time_wait(Context& context);
  void destroy(Connection& connection);
  void leave_table(Connection& connection);
  // Invariants are checked after each door where the configuration says so; a broken one resets that connection.
  void reset_if_impossible(Connection& connection, Context& context);

  // --- arrives.cpp: RFC 9293 3.10.7.1 and 3.10.7.2
  void receive(const FourTuple& name, const Segment& segment, PacketBuffer&& buffer, const PathInfo& path,
               Context& context);
  void arrives_for_nobody(const FourTuple& name, const Segment& segment, Context& context);
  void arrives_in_listen(Listener& listener, const FourTuple& name, const Segment& segment, const PathInfo& path,
                         std::optional<SeqNum> iss_floor, Context& context);
  void make_room_for_half_open(Listener& listener, Context& context);
  void join_accept_queue(Connection& connection, Context& context);
  void reply_reset(const FourTuple& name, const Segment& segment, Context& context);
  void drop_stray(const FourTuple& name, const Segment& segment, DropReason reason, Context& context);

  Shared shared;
  SlotMap<Connection> connections;
  SlotMap<Listener> listeners;
  ConnectionTable table;  // connections in any state but CLOSED
  ListenerTable listening;
  PortTable ports;
  TimerHeap timers;
  std::vector<ConnectionId> touched;    // by the current batch
  std::vector<ConnectionId> owing;      // an ACK, since a batch; may name some that are gone
  std::deque<ConnectionId> time_waits;  // oldest first; may name some that are gone
  std::size_t time_wait_count = 0;
  bool memory_was_full = false;
  trace::ConnectionNumber next_number = 1;
};

// Runs a door of a connection and settles what came of it.
template <class Door>
auto run_door(Engine& engine, Connection& connection, Context& context, Door&& door) {
  const TcpState before = connection.state();
  if constexpr (std::is_void_v<decltype(door(connection))>) {
    door(connection);
    engine.settle(connection, before, context);
  } else {
    auto answer = door(connection);
    engine.settle(connection, before, context);
    return answer;
  }
}

}  // namespace fourtuple::tcp
