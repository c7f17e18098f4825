#include "stack/observe/flight_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "stack/observe/pcapng.hpp"
#include "tests/unit/observe/story.hpp"

namespace fourtuple::observe {
namespace {

using ::testing::ElementsAre;

// Who was told, in order.
class Listener final : public trace::Sink {
 public:
  void on_event(const trace::Event& event) override { connections.push_back(event.connection); }
  std::vector<trace::ConnectionNumber> connections;
};

trace::Event timer_of(trace::ConnectionNumber connection) {
  return {Instant{}, connection, trace::TimerFired{trace::Timer::kDelayedAck}};
}

TEST(FlightRecorder, KeepsWhatAQuietConnectionDidWhileABusyOneGoesOn) {
  FlightRecorder recorder({.connection = {.max_events = 3}});
  recorder.on_event(timer_of(1));
  for (int i = 0; i < 100; ++i) recorder.on_event(timer_of(2));
  Listener listener;
  recorder.replay(listener);
  EXPECT_THAT(listener.connections, ElementsAre(1, 2, 2, 2));
}

TEST(FlightRecorder, TellsEverythingInTheOrderInWhichItHappened) {
  FlightRecorder recorder;
  for (const trace::ConnectionNumber connection : {2U, 0U, 1U, 2U, 0U}) recorder.on_event(timer_of(connection));
  Listener listener;
  recorder.replay(listener);
  EXPECT_THAT(listener.connections, ElementsAre(2, 0, 1, 2, 0));
}

TEST(FlightRecorder, ForgetsTheConnectionThatWasSilentLongest) {
  FlightRecorder recorder({.max_connections = 2});
  for (const trace::ConnectionNumber connection : {1U, 2U, 1U, 3U}) recorder.on_event(timer_of(connection));
  Listener listener;
  recorder.replay(listener);
  EXPECT_THAT(listener.connections, ElementsAre(1, 1, 3));
  EXPECT_EQ(recorder.connections(), 2U);
}

TEST(FlightRecorder, NoticesThatTheEngineBrokeOnce) {
  FlightRecorder recorder;
  trace::SegmentSent reset;
  reset.cause = Cause::kResetReply;
  recorder.on_event({Instant{}, 1, reset});
  EXPECT_FALSE(recorder.take_broken());
  reset.cause = Cause::kInvariant;
  recorder.on_event({Instant{}, 1, reset});
  EXPECT_TRUE(recorder.take_broken());
  EXPECT_FALSE(recorder.take_broken());
}

}  // namespace
}  // namespace fourtuple::observe
