#include "apps/station/watchers.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "apps/look.hpp"
#include "apps/report.hpp"
#include "drivers/frame_copy.hpp"
#include "drivers/segmentation.hpp"
#include "stack/observe/json.hpp"

namespace fourtuple::apps {
namespace {

void write_ladder_to_standard_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

SetupResult<std::ofstream> open_for_writing(const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (file) return file;
  return failure(SetupError{.cause = fmt::format("cannot write {}: {}", path, error_text(errno)),
                            .cure = "choose a file in a folder that you may write to"});
}

std::string_view as_text(ByteView octets) {
  return {static_cast<const char*>(static_cast<const void*>(octets.data())), octets.size()};
}

// Shows each frame to the capture as it leaves; frames that came are whole in their events.
class CommentedDriver final : public Driver {
 public:
  CommentedDriver(std::unique_ptr<Driver> inner, observe::PcapngSink& sink) : inner_(std::move(inner)), sink_(sink) {}

  [[nodiscard]] DriverCapabilities capabilities() const override { return inner_->capabilities(); }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override {
    return inner_->receive(frames, limit, now);
  }
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override {
    for (const TransmitFrame& frame : frames) {
      copy_frame(frame, scratch_);
      OffloadInfo offload = frame.offload;
      static_cast<void>(complete_checksum(scratch_, offload));  // a field outside of the frame stays as it is
      sink_.complete(scratch_);
    }
    return inner_->send(frames, now);
  }
  [[nodiscard]] int descriptor() const override { return inner_->descriptor(); }
  [[nodiscard]] Instant next_deadline() const override { return inner_->next_deadline(); }
  [[nodiscard]] std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::string failure_text() const override { return inner_->failure_text(); }

 private:
  std::unique_ptr<Driver> inner_;
  observe::PcapngSink& sink_;
  std::vector<std::uint8_t> scratch_;
};

}  // namespace

bool wants_comments(const std::string& path) { return path.ends_with(".pcapng"); }

Duration wall_clock_offset() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Duration>(wall) - std::chrono::duration_cast<Duration>(steady);
}

SetupResult<std::unique_ptr<Watchers>> Watchers::open(const AttachOptions& options, const std::string& program,
                                                      observe::Ladder::Write ladder) {
  std::unique_ptr<Watchers> watchers(new Watchers(options));
  if (options.ladder) watchers->watch_ladder(std::move(ladder));
  if (const auto opened = watchers->watch_capture(); !opened) return failure(opened.error());
  if (const auto opened = watchers->watch_events(program); !opened) return failure(opened.error());
  if (!options.recorder.empty()) watchers->watch_recorder();
  return watchers;
}

Watchers::Watchers(const AttachOptions& options) : options_(options) {}

Watchers::~Watchers() {
  flush();
  if (capture_) capture_->flush();
}

void Watchers::watch_ladder(observe::Ladder::Write write) {
  const observe::LadderOptions how = ladder_look(options_.look, write ? -1 : STDERR_FILENO);
  ladder_ = std::make_unique<observe::Ladder>(
      write ? std::move(write) : observe::Ladder::Write(write_ladder_to_standard_error), how);
  fanout_.add(*ladder_);
}

SetupResult<bool> Watchers::watch_capture() {
  if (!wants_comments(options_.pcap)) return true;
  auto file = open_for_writing(options_.pcap);
  if (!file) return failure(file.error());
  capture_file_ = std::move(*file);
  observe::PcapngOptions how;
  how.waits_for_frames = true;
  how.epoch_offset = wall_clock_offset();
  capture_ = std::make_unique<observe::PcapngSink>([this](ByteView block) { capture_file_ << as_text(block); }, how);
  fanout_.add(*capture_);
  return true;
}

SetupResult<bool> Watchers::watch_events(const std::string& program) {
  if (options_.events.empty()) return true;
  auto file = open_for_writing(options_.events);
  if (!file) return failure(file.error());
  events_file_ = std::move(*file);
  events_file_ << observe::log_header(program, wall_clock_offset()) << '\n';
  events_ = std::make_unique<observe::JsonLines>([this](std::string_view line) { events_file_ << line; });
  fanout_.add(*events_);
  return true;
}

void Watchers::watch_recorder() {
  recorder_ = std::make_unique<observe::FlightRecorder>();
  fanout_.add(*recorder_);
}

std::unique_ptr<Driver> Watchers::wrap(std::unique_ptr<Driver> driver) {
  if (!capture_) return driver;
  return std::make_unique<CommentedDriver>(std::move(driver), *capture_);
}

void Watchers::flush() {
  if (ladder_) ladder_->flush();
  capture_file_.flush();
  events_file_.flush();
  const bool failed = (capture_ && !capture_file_) || (events_ && !events_file_);
  if (failed && !std::exchange(capture_failed_, true))
    remark(fmt::format("{} is not complete: it cannot be written any more; make room and try again",
                       capture_ && !capture_file_ ? options_.pcap : options_.events));
}

void Watchers::finish_ladder() {
  if (!ladder_) return;
  fanout_.remove(*ladder_);
  ladder_->finish();
  ladder_.reset();
}

void Watchers::write_if_broken() {
  if (!recorder_ || !recorder_->take_broken()) return;
  std::ofstream(options_.recorder + ".pcapng", std::ios::binary | std::ios::trunc) << recorded_capture();
  std::ofstream(options_.recorder + ".txt", std::ios::trunc) << recorded_ladder();
  remark(
      fmt::format("the engine caught itself in the impossible and let a connection go; what happened before is in "
                  "{0}.txt and {0}.pcapng, and we would like to see both",
                  options_.recorder));
}

std::string Watchers::recorded_ladder() const {
  std::string text;
  if (!recorder_) return text;
  observe::LadderOptions look;
  look.all_timers = true;
  look.quantities = true;
  look.run_head = 0;
  observe::Ladder ladder([&text](std::string_view lines) { text += lines; }, look);
  recorder_->replay(ladder);
  ladder.finish();
  return text;
}

std::string Watchers::recorded_capture() const {
  std::string octets;
  if (!recorder_) return octets;
  observe::PcapngOptions how;
  how.epoch_offset = wall_clock_offset();
  observe::PcapngSink sink([&octets](ByteView block) { octets += as_text(block); }, how);
  recorder_->replay(sink);
  sink.flush();
  return octets;
}

}  // namespace fourtuple::apps
