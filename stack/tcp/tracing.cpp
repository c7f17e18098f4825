// What a connection tells those who watch it; each is one branch where nobody does.
#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

void Connection::trace_agreement(Context& context) const {
  if (!context.trace) return;
  const Agreement& agreed = tcb_.agreed;
  context.trace.emit(
      number_, trace::OptionsAgreed{static_cast<std::uint32_t>(usual_mss()), agreed.window_scaling, agreed.send_scale,
                                    agreed.receive_scale, agreed.sack, agreed.timestamps, agreed.ecn});
}

void Connection::trace_call(trace::UserCall call, std::uint64_t bytes, Context& context) const {
  if (context.trace) context.trace.emit(number_, trace::UserCalled{call, bytes});
}

void Connection::trace_congestion(Context& context) const {
  if (!context.trace || !congestion_) return;
  context.trace.emit(number_, trace::CongestionChanged{congestion_->window(), congestion_->threshold(), pipe_bytes(),
                                                       info(context.now).congestion_phase});
}

void Connection::trace_loss(std::string_view sign, Context& context) const {
  const SentRange* first = context.trace ? flight_.first_lost() : nullptr;
  if (first == nullptr) return;
  context.trace.emit(number_, trace::LossDetected{first->begin, flight_.lost_bytes(), sign});
}

}  // namespace fourtuple::tcp
