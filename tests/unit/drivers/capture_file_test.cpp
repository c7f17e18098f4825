#include "drivers/pcap/capture_file.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>
#include <vector>
#include <zlib.h>

#include "stack/base/time.hpp"

namespace fourtuple {
namespace {

using Octets = std::vector<std::uint8_t>;

// Numbers in either byte order, as the machine wrote them that captured.
class FileWriter {
 public:
  explicit FileWriter(bool is_big_endian = false) : is_big_endian_(is_big_endian) {}

  FileWriter& put(std::uint64_t value, std::size_t octets) {
    for (std::size_t i = 0; i < octets; ++i) {
      const std::size_t shift = 8 * (is_big_endian_ ? octets - 1 - i : i);
      file_.push_back(static_cast<std::uint8_t>(shift < 64 ? value >> shift : 0));
    }
    return *this;
  }
  FileWriter& put(const Octets& octets) {
    file_.insert(file_.end(), octets.begin(), octets.end());
    return *this;
  }
  FileWriter& pcap_header(std::uint32_t magic, std::uint32_t link = 1) {
    return put(magic, 4).put(2, 2).put(4, 2).put(0, 8).put(65535, 4).put(link, 4);
  }
  FileWriter& pcap_frame(std::uint32_t seconds, std::uint32_t fraction, const Octets& frame, std::uint32_t original) {
    return put(seconds, 4).put(fraction, 4).put(frame.size(), 4).put(original, 4).put(frame);
  }
  FileWriter& block(std::uint32_t type, const FileWriter& body) {
    const std::size_t size = 12 + body.file_.size();
    return put(type, 4).put(size, 4).put(body.file_).put(size, 4);
  }
  FileWriter& section() {
    return block(0x0a0d0d0a, FileWriter(is_big_endian_).put(0x1a2b3c4d, 4).put(1, 2).put(0, 2).put(~0ULL, 8));
  }
  // With times in units of 10 to the minus `digits`.
  FileWriter& interface(std::uint16_t link, std::uint32_t kept = 65535, std::uint8_t digits = 6) {
    FileWriter body(is_big_endian_);
    body.put(link, 2).put(0, 2).put(kept, 4).put(9, 2).put(1, 2).put(digits, 1).put(0, 3).put(0, 4);
    return block(1, body);
  }
  FileWriter& packet(std::uint32_t interface, std::uint64_t time, Octets frame) {
    FileWriter body(is_big_endian_);
    body.put(interface, 4).put(time >> 32, 4).put(time & 0xffffffff, 4).put(frame.size(), 4).put(frame.size(), 4);
    frame.resize((frame.size() + 3) / 4 * 4);
    return block(6, body.put(frame));
  }
  [[nodiscard]] const Octets& file() const { return file_; }

 private:
  bool is_big_endian_;
  Octets file_;
};

struct ReadFrame {
  std::chrono::nanoseconds time;
  Octets octets;
  std::uint32_t original = 0;
  int link_type = -1;
};

class CaptureFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "fourtuple-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return (folder_ / "a").string(); }

  void write(const Octets& file, std::size_t octets = SIZE_MAX) const {
    std::ofstream stream(path(), std::ios::binary);
    for (std::size_t i = 0; i < std::min(octets, file.size()); ++i) stream.put(static_cast<char>(file[i]));
  }
  void compress(const Octets& file) const {
    const gzFile stream = ::gzopen(path().c_str(), "wb");
    ASSERT_NE(stream, nullptr);
    EXPECT_EQ(::gzwrite(stream, file.data(), static_cast<unsigned>(file.size())), static_cast<int>(file.size()));
    EXPECT_EQ(::gzclose(stream), Z_OK);
  }

  std::vector<ReadFrame> read() {
    auto file = CaptureFile::open(path());
    if (!file) {
      ADD_FAILURE() << file.error().cause;
      return {};
    }
    std::vector<ReadFrame> frames;
    while (const auto frame = file->next()) {
      frames.push_back(
          {frame->time, {frame->bytes.begin(), frame->bytes.end()}, frame->original_bytes, frame->link_type});
    }
    EXPECT_FALSE(file->next());  // and stays at the end
    error_ = file->error();
    link_type_ = file->link_type();
    return frames;
  }

  const Octets some_{1, 2, 3, 4, 5};
  std::filesystem::path folder_;
  std::string error_;
  int link_type_ = -1;
};

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;

FileWriter small_capture(bool is_big_endian = false, std::uint32_t magic = kNanoseconds) {
  FileWriter writer(is_big_endian);
  writer.pcap_header(magic).pcap_frame(1'700'000'000, 5, {1, 2, 3, 4, 5}, 9).pcap_frame(1'600'000'000, 7, {6}, 1);
  return writer;
}

TEST_F(CaptureFiles, AreReadInEitherByteOrderAndPrecision) {
  for (const bool is_big_endian : {false, true}) {
    for (const std::uint32_t magic : {kMicroseconds, kNanoseconds}) {
      write(small_capture(is_big_endian, magic).file());
      const auto frames = read();
      ASSERT_EQ(frames.size(), 2U);
      const auto unit = magic == kMicroseconds ? std::chrono::nanoseconds(1us) : 1ns;
      EXPECT_EQ(frames[0].time, 1'700'000'000s + 5 * unit);
      EXPECT_EQ(frames[1].time, 1'600'000'000s + 7 * unit);  // as it stands there, backwards
      EXPECT_EQ(frames[0].octets, some_);
      EXPECT_EQ(frames[0].original, 9U);
      EXPECT_EQ(error_, "");
      EXPECT_EQ(link_type_, 1);
    }
  }
}

TEST_F(CaptureFiles, OfTheNewFormatAreReadInEitherByteOrder) {
  for (const bool is_big_endian : {false, true}) {
    FileWriter writer(is_big_endian);
    writer.section().interface(113, 65535, 9).packet(0, 1'700'000'000'000'000'005, some_);
    write(writer.file());
    const auto frames = read();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].time, 1'700'000'000s + 5ns);
    EXPECT_EQ(frames[0].octets, some_);
    EXPECT_EQ(link_type_, 113);
  }
}

TEST_F(CaptureFiles, NeedNoUnpackingWhereTheyAreCompressed) {
  compress(small_capture().file());
  EXPECT_EQ(read().size(), 2U);
  EXPECT_EQ(error_, "");
}

TEST_F(CaptureFiles, ThatWereCutAreReadUpToThere) {
  const Octets whole = small_capture().file();
  for (std::size_t size = 24; size < whole.size(); ++size) {
    write(whole, size);
    const auto frames = read();
    EXPECT_EQ(frames.size(), size < 24 + 16 + 5 ? 0U : 1U);
    EXPECT_EQ(error_.empty(), size == 24 || size == 24 + 16 + 5) << size;
  }
  EXPECT_NE(error_.find("cannot be read beyond frame 1"), std::string::npos) << error_;
}

TEST_F(CaptureFiles, WhoseCompressionWasCutSaySo) {
  compress(small_capture().file());
  std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - 9);
  read();
  EXPECT_NE(error_.find("the compressed data ends too early"), std::string::npos) << error_;
}

TEST_F(CaptureFiles, ThatClaimAFrameBeyondAllMemoryAreNotBelieved) {
  FileWriter writer;
  writer.pcap_header(kMicroseconds).put(1, 4).put(0, 4).put(0xfffffff0, 4).put(0xfffffff0, 4).put(some_);
  write(writer.file());
  EXPECT_TRUE(read().empty());
  EXPECT_NE(error_, "");
}

TEST_F(CaptureFiles, WithTimesThatNoCalendarHasAreBroughtToItsEdge) {
  FileWriter writer;
  writer.section().interface(1, 65535, 0).packet(0, ~0ULL, some_);
  write(writer.file());
  const auto frames = read();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_GE(frames[0].time, 0ns);
}

TEST_F(CaptureFiles, KnowHowFarTheyWereRead) {
  FileWriter writer;
  writer.pcap_header(kMicroseconds);
  for (std::uint32_t i = 0; i < 1000; ++i) writer.pcap_frame(i, 0, Octets(1000), 1000);
  write(writer.file());
  auto file = *CaptureFile::open(path());
  EXPECT_LT(file.progress().value_or(1), 0.5);
  for (double before = 0; file.next(); before = *file.progress()) EXPECT_GE(file.progress().value_or(-1), before);
  EXPECT_EQ(file.progress(), 1.0);
}

TEST_F(CaptureFiles, AreReadFromStandardInputWhereTheirNameIsADash) {
  write(small_capture().file());
  const int before = ::dup(STDIN_FILENO);
  ASSERT_NE(std::freopen(path().c_str(), "rb", stdin), nullptr);
  auto file = CaptureFile::open("-");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->next());
  EXPECT_EQ(file->link_type_name(), "EN10MB");
  ::dup2(before, STDIN_FILENO);
  ::close(before);
}

TEST_F(CaptureFiles, ThatCannotBeReadSayWhyAndWhatToDo) {
  const auto missing = CaptureFile::open((folder_ / "none").string());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().cause.find("No such file"), std::string::npos);
  const auto directory = CaptureFile::open(folder_.string());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().cure, "give the name of a file, not of a directory");
  for (const std::string text : {"", "x", "this is no capture at all, and long enough to be one"}) {
    std::ofstream(path()) << text;
    const auto other = CaptureFile::open(path());
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().cause.find(path()), std::string::npos);
    EXPECT_NE(other.error().cure.find("editcap"), std::string::npos);
  }
}

TEST_F(CaptureFiles, ThatAreEmptyOrPackedOtherwiseAreCalledSo) {
  std::ofstream(path()).close();
  EXPECT_NE(CaptureFile::open(path()).error().cause.find(": it is empty"), std::string::npos);
  for (const std::string text : {"\xfd"
                                 "7zXZ..",
                                 "\x28\xb5\x2f\xfd..", "BZh91AY", "PK\x03\x04.."}) {
    std::ofstream(path(), std::ios::binary) << text;
    const auto packed = CaptureFile::open(path());
    ASSERT_FALSE(packed);
    EXPECT_NE(packed.error().cause.find("it is packed with "), std::string::npos) << packed.error().cause;
    EXPECT_EQ(packed.error().cure, "unpack it first; only gzip is read as it is");
  }
}

TEST_F(CaptureFiles, MayMixKindsOfLinksAndLengthsThatAreKept) {
  FileWriter writer;
  writer.section().interface(1, 100).packet(0, 1, some_).interface(113, 65535).packet(1, 2, some_).packet(0, 3, some_);
  writer.section().interface(101).packet(0, 4, some_);
  write(writer.file());
  const auto frames = read();
  EXPECT_EQ(error_, "");
  EXPECT_EQ(link_type_, 1);
  std::vector<int> links;
  for (const ReadFrame& frame : frames) links.push_back(frame.link_type);
  EXPECT_EQ(links, (std::vector{1, 113, 1, 101}));
}

TEST_F(CaptureFiles, OfTheNewFormatCountTimeAsTheirInterfacesSay) {
  struct {
    std::uint8_t resolution;
    std::uint64_t units;
    std::chrono::nanoseconds time;
  } const cases[]{{0, 7, 7s},
                  {3, 7'001, 7s + 1ms},
                  {6, 7'000'001, 7s + 1us},
                  {9, 7'000'000'001, 7s + 1ns},
                  {12, 7'000'000'001'000, 7s + 1ns},
                  {0x80 | 1, 15, 7s + 500ms},
                  {0x80 | 32, (std::uint64_t{7} << 32U) + (1U << 30U), 7s + 250ms},
                  {0x80 | 63, ~std::uint64_t{0}, 1s + 999'999'999ns},
                  {19, ~std::uint64_t{0}, 1s + 844'674'407ns}};
  for (const auto& each : cases) {
    FileWriter writer;
    writer.section().interface(1, 0, each.resolution).packet(0, each.units, some_);
    write(writer.file());
    const auto frames = read();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].time, each.time) << unsigned{each.resolution};
  }
}

TEST_F(CaptureFiles, OfTheNewFormatSkipWhatIsNoFrameAndReadTheOlderKinds) {
  FileWriter writer;
  writer.section().block(4, FileWriter().put(0, 4)).interface(1, 3);
  writer.block(2, FileWriter().put(0, 2).put(0, 2).put(0, 4).put(9, 4).put(4, 4).put(60, 4).put(0x04030201, 4));
  writer.block(5, FileWriter().put(0, 12)).block(3, FileWriter().put(60, 4).put(0x04030201, 4));
  write(writer.file());
  const auto frames = read();
  EXPECT_EQ(error_, "");
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].octets, (Octets{1, 2, 3, 4}));
  EXPECT_EQ(frames[0].original, 60U);
  EXPECT_EQ(frames[1].octets, (Octets{1, 2, 3}));  // as much as its interface keeps
  EXPECT_EQ(frames[1].original, 60U);
  EXPECT_EQ(frames[1].time, frames[0].time);
}

TEST_F(CaptureFiles, OfTheNewFormatThatAreDamagedAreReadUpToThere) {
  const FileWriter begin = FileWriter().section().interface(1).packet(0, 1, some_);
  const auto with = [&](const FileWriter& rest) { return FileWriter(begin).put(rest.file()); };
  const FileWriter empty;
  const std::vector<std::pair<FileWriter, const char*>> cases{
      {FileWriter().put(6, 4).put(8, 4), "a block's length is impossible"},
      {FileWriter().put(6, 4).put(0xfffffff0, 4), "a block claims to be longer than 16 MiB"},
      {FileWriter().put(6, 4).put(4096, 4), "the file ends inside a block"},
      {FileWriter().put(6, 4), "the file ends inside a block"},
      {FileWriter().put(5, 4).put(12, 4).put(16, 4), "a block's two lengths differ"},
      {FileWriter().packet(9, 1, some_), "an interface that is not described"},
      {FileWriter().block(6, empty), "a packet's block is too short"},
      {FileWriter().block(6, FileWriter().put(0, 12).put(500, 4).put(500, 4)), "a packet is longer than its block"},
      {FileWriter().block(3, empty), "a simple packet's block is too short"},
      {FileWriter().block(1, empty), "an interface's block is too short"},
      {FileWriter().put(0x0a0d0d0a, 4).put(28, 4).put(0, 24), "a section has no byte order"},
  };
  for (const auto& [rest, why] : cases) {
    write(with(rest).file());
    EXPECT_EQ(read().size(), 1U) << why;
    EXPECT_NE(error_.find(why), std::string::npos) << error_;
  }
}

TEST_F(CaptureFiles, OfTheNewFormatThatBeginWithDamageCannotBeOpened) {
  write(FileWriter().put(0x0a0d0d0a, 4).put(28, 4).put(0, 24).file());
  EXPECT_FALSE(CaptureFile::open(path()));
}

}  // namespace
}  // namespace fourtuple
