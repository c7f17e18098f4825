// What UDP and raw sockets have in common: what waits to be read, what went wrong, which groups are listened to.
#pragma once

#include <utility>
#include <vector>

#include "stack/base/bounded_queue.hpp"
#include "stack/base/notice.hpp"
#include "stack/wire/datagram.hpp"
#include "stack/wire/group_list.hpp"

namespace fourtuple {

struct DatagramState {
  static constexpr std::size_t kErrorQueueBytes = 64 * 1024;

  DatagramState(const DatagramOptions& given, OwnerId owner_id, std::size_t queue_bytes)
      : options(given), owner(owner_id), queue(queue_bytes) {}

  DatagramOptions options;
  OwnerId owner = 0;
  BoundedQueue<ReceivedDatagram> queue;
  BoundedQueue<NetworkError> errors{kErrorQueueBytes};  // IP_RECVERR
  std::errc error{};                                    // SO_ERROR
  GroupList groups;
  std::uint32_t lost = 0;  // datagrams for which there was no room

  // Whether what came by this interface can be for the socket at all.
  [[nodiscard]] bool hears_interface(std::size_t interface_index) const {
    return !options.interface_index || *options.interface_index == interface_index;
  }
  // Queues a datagram. False, and it is lost, where the queue is full.
  bool deliver(ReceivedDatagram&& datagram, std::vector<Notice>& notices);
  // Without IP_RECVERR only who is connected knows whom an error is about; others would be told of strangers.
  void report(NetworkError&& problem, bool is_connected, std::vector<Notice>& notices);
  // The oldest error with its details; the next one becomes SO_ERROR's.
  [[nodiscard]] NetworkError take_queued_error();  // precondition: !errors.empty()
};

inline bool DatagramState::deliver(ReceivedDatagram&& datagram, std::vector<Notice>& notices) {
  const std::size_t cost = datagram.payload.capacity() + sizeof(ReceivedDatagram);
  datagram.lost_before = lost;
  if (!queue.push(std::move(datagram), cost)) {
    ++lost;
    return false;
  }
  if (owner != 0) notices.push_back({owner, {Readiness::kReadable}});
  return true;
}

inline void DatagramState::report(NetworkError&& problem, bool is_connected, std::vector<Notice>& notices) {
  if (problem.error == std::errc{} || !(is_connected || options.receive_errors)) return;
  error = problem.error;
  if (options.receive_errors) {
    const std::size_t cost = problem.payload.capacity() + sizeof(NetworkError);
    (void)errors.push(std::move(problem), cost);  // when full the newest is lost, as on Linux
  }
  if (owner != 0) notices.push_back({owner, {Readiness::kError | Readiness::kReadable}});
}

inline NetworkError DatagramState::take_queued_error() {
  NetworkError oldest = errors.pop();
  error = errors.empty() ? std::errc{} : errors.front().error;
  return oldest;
}

}  // namespace fourtuple
