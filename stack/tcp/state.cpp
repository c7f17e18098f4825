#include "stack/tcp/state.hpp"

#include <algorithm>
#include <utility>

namespace fourtuple::tcp {
namespace {

using enum TcpState;
using Edge = std::pair<TcpState, TcpState>;

constexpr std::array<Edge, 17> kEdges{{
    {kClosed, kSynSent},
    {kClosed, kSynReceived},
    {kListen, kSynReceived},
    {kListen, kSynSent},
    {kSynSent, kSynReceived},
    {kSynSent, kEstablished},
    {kSynReceived, kEstablished},
    {kSynReceived, kFinWait1},
    {kSynReceived, kCloseWait},
    {kEstablished, kFinWait1},
    {kEstablished, kCloseWait},
    {kFinWait1, kFinWait2},
    {kFinWait1, kClosing},
    {kFinWait1, kTimeWait},
    {kFinWait2, kTimeWait},
    {kCloseWait, kLastAck},
    {kClosing, kTimeWait},
}};

}  // namespace

bool is_legal_transition(TcpState from, TcpState to) {
  if (to == kClosed) return from != kClosed;
  return std::find(kEdges.begin(), kEdges.end(), Edge{from, to}) != kEdges.end();
}

}  // namespace fourtuple::tcp
