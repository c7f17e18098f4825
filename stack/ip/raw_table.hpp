// Raw sockets: each gets a copy of every packet of its protocol that is for us.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "stack/base/notice.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/result.hpp"
#include "stack/base/slot_table.hpp"
#include "stack/ip/receive.hpp"
#include "stack/wire/datagram_state.hpp"

namespace fourtuple::ip {

struct RawSocket : DatagramState {
  RawSocket(std::uint8_t protocol_number, const DatagramOptions& given, OwnerId owner_id, std::size_t queue_bytes)
      : DatagramState(given, owner_id, queue_bytes), protocol(protocol_number) {}

  RawId id;
  std::uint8_t protocol = 0;
  IpAddress local;   // 0.0.0.0: any
  IpAddress remote;  // 0.0.0.0: any
};

class RawTable {
 public:
  explicit RawTable(std::size_t default_queue_bytes, std::size_t limit = 1024)
      : default_queue_bytes_(default_queue_bytes), limit_(limit) {}

  // Fails with no_buffer_space at the limit.
  Result<RawId> open(std::uint8_t protocol, const DatagramOptions& options, OwnerId owner);
  [[nodiscard]] RawSocket* find(RawId id) const { return sockets_.find(id.value); }
  void set_options(RawSocket& socket, const DatagramOptions& options);
  void close(RawId id);

  // True where deliver() would find somebody to ask: costs nothing when there are no raw sockets.
  [[nodiscard]] bool is_wanted(std::uint8_t protocol) const { return wanted_[protocol] != 0; }
  struct Delivered {
    std::size_t takers = 0;  // sockets that matched, whether or not they had room
    std::size_t full = 0;    // kSocketQueueFull
  };
  // `packet` is whole, IP header first.
  Delivered deliver(const Arrival& arrival, ByteView packet, Instant now, BufferPool& pool,
                    std::vector<Notice>& notices);
  // The sockets that have sent, or could have sent, a packet of `protocol` from `local` to `remote`.
  [[nodiscard]] std::vector<RawSocket*> senders_of(std::uint8_t protocol, Ipv4Address local, Ipv4Address remote) const;

  template <class Visit>
  void for_each(Visit&& visit) const {
    sockets_.for_each(visit);
  }

 private:
  [[nodiscard]] std::size_t queue_bytes(const DatagramOptions& options) const;

  SlotTable<RawSocket> sockets_;
  std::array<std::uint32_t, 256> wanted_{};
  std::size_t default_queue_bytes_;
  std::size_t limit_;
};

}  // namespace fourtuple::ip
