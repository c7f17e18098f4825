// What all connections of one stack share.
#pragma once

#include "stack/base/packet_buffer.hpp"
#include "stack/base/random.hpp"
#include "stack/base/rate_limiter.hpp"
#include "stack/tcp/config.hpp"
#include "stack/tcp/layer.hpp"
#include "stack/tcp/memory_ledger.hpp"

namespace fourtuple::tcp {

struct Shared {
  Shared(const TcpConfig& settings, RandomSource& random)
      : config(settings),
        memory(settings.memory_pressure_bytes, settings.memory_limit_bytes),
        resets(settings.resets_per_second, settings.resets_per_second),
        isn_key(random.secret_key()),
        timestamp_key(random.secret_key()),
        table_key(random.secret_key()) {}

  void drop(DropReason reason) { ++counters.drops[static_cast<std::size_t>(reason)]; }

  const TcpConfig config;
  Counters counters;
  const char* broken_invariant = nullptr;  // the first that a connection was reset for
  MemoryLedger memory;                     // of all queues together
  BufferPool pool;                         // for octets in queues: what is to be sent, small pieces received
  RateLimiter resets;
  SipKey isn_key;
  SipKey timestamp_key;
  SipKey table_key;
};

}  // namespace fourtuple::tcp
