// Every capture that we recorded, against the facts that were written down beside it.
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "tests/support/captures.hpp"

namespace fourtuple::capture {
namespace {

struct RecordedStream {
  std::string client;
  std::string server;
  std::string handshake;
  std::array<std::size_t, 2> octets{};
};

struct RecordedFile {
  std::size_t frames = 0;
  std::vector<RecordedStream> streams;
};

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  std::istringstream stream(line);
  for (std::string column; std::getline(stream, column, '\t');) columns.push_back(column);
  return columns;
}

std::map<std::string, RecordedFile> read_manifest(const std::filesystem::path& path) {
  std::map<std::string, RecordedFile> files;
  std::ifstream manifest(path);
  std::string line;
  std::getline(manifest, line);  // names of the columns
  while (std::getline(manifest, line)) {
    const auto columns = columns_of(line);
    RecordedFile& file = files[columns.at(0)];
    file.frames = std::stoul(columns.at(4));
    if (columns.at(5) == "0") continue;
    file.streams.push_back({.client = columns.at(7),
                            .server = columns.at(8),
                            .handshake = columns.at(9),
                            .octets = {std::stoul(columns.at(11)), std::stoul(columns.at(12))}});
  }
  return files;
}

// Octets of one direction, each counted once.
std::size_t octets_of(const Conversation& conversation, Host host) {
  std::optional<SeqNum> initial;
  std::vector<bool> seen;
  for (const TcpFrame& frame : conversation.frames) {
    if (frame.from != host || frame.checksum_is_wrong) continue;
    if (frame.segment.flags.syn() && !initial) initial = frame.segment.seq;
    if (!initial || frame.segment.payload.empty()) continue;
    const auto begin = static_cast<std::size_t>(distance(*initial + 1, frame.segment.seq));
    seen.resize(std::max(seen.size(), begin + frame.segment.payload.size()));
    std::fill_n(seen.begin() + static_cast<std::ptrdiff_t>(begin), frame.segment.payload.size(), true);
  }
  return static_cast<std::size_t>(std::ranges::count(seen, true));
}

void expect_as_recorded(const Conversation& conversation, const RecordedStream& recorded) {
  EXPECT_EQ(to_string(conversation.hosts[0]), recorded.client);
  EXPECT_EQ(to_string(conversation.hosts[1]), recorded.server);
  EXPECT_FALSE(conversation.refusal) << word(*conversation.refusal) << ": " << conversation.refusal_details;
  EXPECT_EQ(octets_of(conversation, Host::kClient), recorded.octets[0]);
  EXPECT_EQ(octets_of(conversation, Host::kServer), recorded.octets[1]);
  EXPECT_FALSE(conversation.is_cut);
  EXPECT_FALSE(conversation.has_super_frames);
}

TEST(RecordedCaptures, SplitIntoTheirStreamsWithAllOctets) {
  const auto folder = fourtuple::test::shared_captures();
  const auto files = read_manifest(folder / "manifest.tsv");
  if (files.empty()) GTEST_SKIP() << "the recordings in ../shared/captures are not here";
  for (const auto& [name, recorded] : files) {
    SCOPED_TRACE(name);
    const auto read = fourtuple::test::read_capture(folder / name);
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.counters.frames, recorded.frames);
    ASSERT_EQ(read.conversations.size(), recorded.streams.size());
    for (std::size_t i = 0; i < recorded.streams.size(); ++i) {
      expect_as_recorded(*read.conversations[i], recorded.streams[i]);
    }
  }
}

TEST(OwnCaptures, AllHoldConversationsThatCanBeReplayed) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(fourtuple::test::own_captures())) {
    if (!entry.path().extension().string().starts_with(".pcap")) continue;
    SCOPED_TRACE(entry.path().filename());
    ++files;
    const auto read = fourtuple::test::read_capture(entry.path());
    EXPECT_EQ(read.error, "");
    EXPECT_FALSE(read.conversations.empty());
    for (const auto& conversation : read.conversations) EXPECT_FALSE(conversation->refusal);
  }
  EXPECT_EQ(files, 15U);
}

}  // namespace
}  // namespace fourtuple::capture
