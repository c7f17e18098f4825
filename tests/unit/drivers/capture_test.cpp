#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/resource.h>

#include "drivers/memory/memory.hpp"
#include "drivers/pcap/pcap_reader.hpp"
#include "drivers/pcap/pcap_writer.hpp"
#include "drivers/tee/tee.hpp"
#include "frames.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr Instant kStart{1h};

// A directory that goes with the test.
class Capture : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "fourtuple-capture-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return (folder_ / "a.pcap").string(); }

  struct Played {
    std::vector<std::uint8_t> frame;
    Duration since_first;
  };
  // Everything in the file, played by its deadlines alone.
  std::vector<Played> play(std::optional<MacAddress> skip = std::nullopt) {
    BufferPool pool;
    auto reader = PcapReader::open({.path = path(), .start = kStart, .skip_source = skip}, pool);
    EXPECT_TRUE(reader);
    std::vector<Played> result;
    while (!(*reader)->at_end()) {
      const Instant now = (*reader)->next_deadline();
      std::vector<PacketBuffer> frames;
      EXPECT_EQ((*reader)->receive(frames, 100, now - 1ns), 0U);
      EXPECT_GE((*reader)->receive(frames, 100, now), 1U);
      for (const auto& frame : frames) result.push_back({flat(frame), now - kStart});
    }
    return result;
  }

  // What a program of the user would see now, without any help by the writer.
  [[nodiscard]] std::size_t size_on_disk() const { return std::filesystem::file_size(path()); }

  BufferPool pool_;
  std::filesystem::path folder_;
};

using PcapFile = Capture;
using Tee = Capture;

TEST_F(PcapFile, PlaysWhatWasWrittenAtTheSameDistances) {
  const auto first = tcp_frame({.payload = 5});
  const auto second = tcp_frame({.payload = 1000});
  {
    auto writer = PcapWriter::open(path());
    ASSERT_TRUE(writer);
    writer->write(first, 1'700'000'000s + 1ns);
    writer->write(second, 1'700'000'001s + 3ns);
    EXPECT_EQ(writer->frames(), 2U);
  }
  const auto played = play();
  ASSERT_EQ(played.size(), 2U);
  EXPECT_EQ(played[0].frame, first);
  EXPECT_EQ(played[1].frame, second);
  EXPECT_EQ(played[1].since_first, 1s + 2ns);
}

TEST_F(PcapFile, DoesNotRunBackwards) {
  const auto frame = tcp_frame({});
  {
    auto writer = PcapWriter::open(path());
    writer->write(frame, 10s);
    writer->write(frame, 12s);
    writer->write(frame, 11s);
  }
  const auto played = play();
  ASSERT_EQ(played.size(), 3U);
  EXPECT_EQ(played[2].since_first, 2s);
}

TEST_F(PcapFile, LeavesOutTheFramesOfOurOwnSide) {
  const auto ours = tcp_frame({});
  {
    auto writer = PcapWriter::open(path());
    writer->write(ours, 10s);
  }
  EXPECT_EQ(play().size(), 1U);
  EXPECT_TRUE(play(kOurMac).empty());
}

TEST_F(PcapFile, StartsAtTheFirstReceiveUnlessToldOtherwise) {
  {
    auto writer = PcapWriter::open(path());
    writer->write(tcp_frame({}), 10s);
    writer->write(tcp_frame({}), 11s);
  }
  auto reader = *PcapReader::open({.path = path()}, pool_);
  EXPECT_LE(reader->next_deadline(), kStart);
  std::vector<PacketBuffer> frames;
  EXPECT_EQ(reader->receive(frames, 100, kStart), 1U);
  EXPECT_EQ(reader->next_deadline(), kStart + 1s);
}

TEST_F(PcapFile, IsReadUpToWhereItWasCut) {
  {
    auto writer = PcapWriter::open(path());
    writer->write(tcp_frame({}), 10s);
    writer->write(tcp_frame({.payload = 100}), 11s);
  }
  std::filesystem::resize_file(path(), size_on_disk() - 50);
  auto reader = *PcapReader::open({.path = path()}, pool_);
  std::vector<PacketBuffer> frames;
  EXPECT_EQ(reader->receive(frames, 100, kStart), 1U);
  EXPECT_TRUE(reader->at_end());
  EXPECT_FALSE(reader->error().empty());
  EXPECT_EQ(reader->next_deadline(), kNever);
}

TEST_F(PcapFile, SaysWhyItCannotBeReadAndWhatToDo) {
  EXPECT_FALSE(PcapReader::open({.path = path()}, pool_));
  std::ofstream(path()) << "this is no capture";
  const auto reader = PcapReader::open({.path = path()}, pool_);
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().cause.find(path()), std::string::npos);
  EXPECT_FALSE(reader.error().cure.empty());
}

TEST_F(PcapFile, SaysWhyItCannotBeWrittenAndWhatToDo) {
  const auto missing = PcapWriter::open((folder_ / "no" / "such" / "a.pcap").string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().cure, "make its directory first, or choose another path");
  const auto directory = PcapWriter::open(folder_.string());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().cure, "give the name of a file, not of a directory");
}

TEST_F(PcapFile, IsNotBegunOnAFullDisk) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const auto writer = PcapWriter::open("/dev/full");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().cure, "free some space, or choose another disk");
}

TEST_F(Tee, WritesBothDirectionsWithWallClockTime) {
  const MemoryWire wire = *MemoryWire::open({}, pool_);
  const auto there = wire.end(1);
  const auto ours = tcp_frame({.payload = 3});
  const auto theirs = tcp_frame({.payload = 4, .destination = kOurMac});
  {
    auto tee = *TeeDriver::open({.path = path(), .wall_clock_offset = 1000h}, wire.end(0));
    const TransmitFrame frame = one_piece(ours);
    EXPECT_EQ(tee->send({&frame, 1}, kStart), 1U);
    const TransmitFrame answer = one_piece(theirs);
    there->send({&answer, 1}, kStart);
    std::vector<PacketBuffer> frames;
    EXPECT_EQ(tee->receive(frames, 10, kStart + 7ns), 1U);
  }
  const auto played = play();
  ASSERT_EQ(played.size(), 2U);
  EXPECT_EQ(played[0].frame, ours);
  EXPECT_EQ(played[1].frame, theirs);
  EXPECT_EQ(played[1].since_first, 7ns);
}

// The file may not grow any more: what a full disk looks like.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : on_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, on_signal_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*on_signal_)(int);
};

TEST_F(Tee, TellsOnceThatTheDiskIsFullAndLetsTheFramesPass) {
  const MemoryWire wire = *MemoryWire::open({}, pool_);
  std::vector<std::string> told;
  auto tee = *TeeDriver::open({.path = path(), .on_failure = [&](const std::string& why) { told.push_back(why); }},
                              wire.end(0));
  const auto ours = tcp_frame({.payload = 1000});
  const TransmitFrame frame = one_piece(ours);
  {
    const FullDisk full(500);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(tee->send({&frame, 1}, kStart + i * TeeDriver::kFlushInterval), 1U);
    tee.reset();
  }
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find(path()), std::string::npos) << told[0];
  EXPECT_EQ(wire.counters(0).sent_frames, 5U);
}

TEST_F(Tee, WritesFinalChecksumsButHandsOnTheFrameAsItIs) {
  const MemoryWire wire = *MemoryWire::open({.tso4 = true}, pool_);
  const auto there = wire.end(1);
  const auto complete = tcp_frame({.payload = 20'000});
  auto super = complete;
  make_partial(super);
  const TransmitFrame frame = one_piece(super, partial_offload(1460));
  {
    auto tee = *TeeDriver::open({.path = path()}, wire.end(0));
    EXPECT_TRUE(tee->capabilities().tso4);
    tee->send({&frame, 1}, kStart);
    there->send({&frame, 1}, kStart);
    std::vector<PacketBuffer> frames;
    tee->receive(frames, 10, kStart);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(flat(frames[0]), super);
    EXPECT_EQ(frames[0].offload.checksum, ChecksumState::kPartial);
  }
  const auto played = play();
  ASSERT_EQ(played.size(), 2U);
  EXPECT_EQ(played[0].frame, complete);
  EXPECT_EQ(played[1].frame, complete);
}

TEST_F(Tee, HasEverythingOnTheDiskSoonAfterTheLastFrame) {
  const MemoryWire wire = *MemoryWire::open({}, pool_);
  auto tee = *TeeDriver::open({.path = path()}, wire.end(0));
  const std::size_t header_only = size_on_disk();
  EXPECT_EQ(header_only, 24U);
  EXPECT_EQ(tee->next_deadline(), kNever);
  const auto bytes = tcp_frame({.payload = 100});
  const TransmitFrame frame = one_piece(bytes);
  tee->send({&frame, 1}, kStart);
  ASSERT_EQ(tee->next_deadline(), kStart + TeeDriver::kFlushInterval);
  std::vector<PacketBuffer> frames;
  tee->receive(frames, 10, tee->next_deadline());
  EXPECT_EQ(size_on_disk(), header_only + 16 + bytes.size());
  EXPECT_EQ(tee->next_deadline(), kNever);
}

}  // namespace
}  // namespace fourtuple
