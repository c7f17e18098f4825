// A bad wire around any driver: loss, delay, jitter, reordering, duplication, corruption, a slow link with its queue,
// a small MTU, a pulled cable, and counted rules. It lives in the stack's time and never reads a clock; the same seed
// and the same frames give the same wire.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "drivers/driver.hpp"
#include "drivers/impair/lane.hpp"
#include "drivers/impair/rules.hpp"
#include "stack/base/result.hpp"

namespace fourtuple {

struct ImpairOptions {
  impair::WireRules rules;
  std::uint64_t seed = 1;  // unless the rules name one
};

// With empty rules everything passes untouched. Otherwise the wire carries single packets only: it does not offer TSO4
// to the stack, and super-segments of either side are cut in software, so that a rule meets what would be on a cable.
class ImpairDriver final : public Driver {
 public:
  // `pool` outlives the driver.
  [[nodiscard]] static SetupResult<std::unique_ptr<ImpairDriver>> open(const ImpairOptions& options,
                                                                       std::unique_ptr<Driver> inner, BufferPool& pool);

  [[nodiscard]] DriverCapabilities capabilities() const override;
  // Also sends the delayed frames of ours whose time has come.
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override;
  // A frame that the wire loses or delays was taken all the same.
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override;
  [[nodiscard]] int descriptor() const override { return inner_->descriptor(); }
  [[nodiscard]] Instant next_deadline() const override;
  [[nodiscard]] std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::string failure_text() const override { return inner_->failure_text(); }

  [[nodiscard]] const impair::LaneCounters& outbound_counters() const { return outbound_.counters(); }
  [[nodiscard]] const impair::LaneCounters& inbound_counters() const { return inbound_.counters(); }
  [[nodiscard]] Driver& inner() { return *inner_; }

 private:
  ImpairDriver(const ImpairOptions& options, std::unique_ptr<Driver> inner, BufferPool& pool);
  void start(Instant now);
  [[nodiscard]] bool take_outbound(const TransmitFrame& frame, Instant now);
  void exchange_reports(Instant now);
  void release_outbound(Instant now);
  void pull_inbound(std::size_t limit, Instant now);
  void take_inbound(PacketBuffer frame, Instant now);
  std::size_t release_inbound(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now);

  std::unique_ptr<Driver> inner_;
  BufferPool& pool_;
  bool is_transparent_;
  impair::RuleBook rule_book_;
  impair::Lane outbound_;
  impair::Lane inbound_;
  // Reused between calls.
  std::vector<PacketBuffer> buffers_;
  std::vector<TransmitFrame> views_;
  std::vector<std::uint8_t> header_scratch_;
};

}  // namespace fourtuple
