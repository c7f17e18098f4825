// A good recording with one thing altered: the judge names the rule and the host, and alterations that no RFC minds
// stay unnoticed.
#include <deque>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/captures.hpp"
#include "tests/unit/judge/captured_traces.hpp"

namespace fourtuple::test {
namespace {

using capture::Conversation;
using capture::Host;
using capture::TcpFrame;
using Alter = std::function<void(TcpFrame&)>;

// The first conversation of a recording, and octets that altered frames view.
class Mutant {
 public:
  explicit Mutant(const char* file) : file_(file), read_(read_capture(own_captures() / file)) {
    if (read_.conversations.empty()) return;
    original_ = read_.conversations.front();
    altered_ = *original_;
  }
  // Frames count from 1, as in the file.
  Mutant& alter(std::uint32_t number, const Alter& how) {
    for (TcpFrame& frame : altered_.frames) {
      if (frame.number == number) how(frame);
    }
    return *this;
  }
  Mutant& alter_octet(std::uint32_t number) {
    return alter(number, [&](TcpFrame& frame) {
      octets_.emplace_back(frame.segment.payload.begin(), frame.segment.payload.end());
      octets_.back().front() ^= 1U;
      frame.segment.payload = octets_.back();
    });
  }
  // What is found now and was not found before, in order: "RULE RULE".
  [[nodiscard]] std::string found(Host host) const {
    if (!original_) return "the recording cannot be read";
    std::string names;
    for (const judge::Finding& finding : judge_host(file_, altered_, host).findings) {
      if (!was_there(host, finding.rule)) names += (names.empty() ? "" : " ") + std::string(finding.rule->name);
    }
    return names;
  }

 private:
  [[nodiscard]] bool was_there(Host host, const judge::RuleInfo* rule) const {
    const auto before = judge_host(file_, *original_, host).findings;
    return std::ranges::any_of(before, [&](const judge::Finding& finding) { return finding.rule == rule; });
  }
  std::string file_;
  ReadCapture read_;
  capture::ConversationPtr original_;
  Conversation altered_;
  std::deque<std::vector<std::uint8_t>> octets_;
};

struct PlantedFault {
  const char* name;
  const char* file;
  std::uint32_t frame;
  Host host;  // whose departure it is
  const char* rule;
  Alter how;
};

Alter ack_by(int octets) {
  return [=](TcpFrame& frame) { frame.segment.ack = frame.segment.ack + static_cast<std::uint32_t>(octets); };
}
Alter seq_by(int octets) {
  return [=](TcpFrame& frame) { frame.segment.seq = frame.segment.seq + static_cast<std::uint32_t>(octets); };
}
Alter window(std::uint16_t octets) {
  return [=](TcpFrame& frame) { frame.segment.window = octets; };
}
Alter flag(std::uint8_t bit) {
  return [=](TcpFrame& frame) { frame.segment.flags.bits = static_cast<std::uint8_t>(frame.segment.flags.bits ^ bit); };
}

class PlantedFaults : public testing::TestWithParam<PlantedFault> {};

TEST_P(PlantedFaults, AreNamedOnTheRightSide) {
  const PlantedFault& planted = GetParam();
  Mutant mutant(planted.file);
  mutant.alter(planted.frame, planted.how);
  EXPECT_THAT(mutant.found(planted.host), testing::HasSubstr(planted.rule));
  EXPECT_EQ(mutant.found(other(planted.host)), "") << "the other host did nothing";
}

INSTANTIATE_TEST_SUITE_P(
    InGoodRecordings, PlantedFaults,
    testing::Values(
        PlantedFault{"AckBack", "echo-plain.pcap", 10, Host::kClient, "ack-goes-back", ack_by(-20)},
        PlantedFault{"AckAhead", "echo-plain.pcap", 8, Host::kClient, "ack-of-what-never-came", ack_by(4)},
        PlantedFault{"Window", "echo-plain.pcap", 8, Host::kClient, "right-edge-stays", window(1)},
        PlantedFault{"SynAck", "echo-plain.pcap", 2, Host::kServer, "syn-ack-acknowledges-the-syn", ack_by(1)},
        PlantedFault{"AckFlag", "echo-plain.pcap", 8, Host::kClient, "ack-flag-after-the-syn", flag(TcpFlags::kAck)},
        PlantedFault{"Ece", "echo-plain.pcap", 10, Host::kClient, "ece-only-if-negotiated", flag(TcpFlags::kEce)},
        PlantedFault{"Mss", "echo-plain.pcap", 8, Host::kClient, "mss-only-on-a-syn",
                     [](TcpFrame& frame) { frame.segment.options.mss = 1460; }},
        PlantedFault{"Shift", "echo-plain.pcap", 2, Host::kServer, "shift-is-at-most-14",
                     [](TcpFrame& frame) { frame.segment.options.window_scale = 15; }},
        PlantedFault{"Reserved", "echo-plain.pcap", 10, Host::kClient, "reserved-bits-are-zero",
                     [](TcpFrame& frame) { frame.reserved_bits = 2; }},
        PlantedFault{"EarlyFin", "echo-plain.pcap", 13, Host::kServer, "nothing-after-the-fin", seq_by(-1)},
        PlantedFault{"ResetNumber", "abort-linger0.pcap", 6, Host::kClient, "reset-has-a-number-of-its-own",
                     seq_by(-100)}),
    [](const auto& named) { return named.param.name; });

TEST(PlantedOctet, IsFoundWhenItIsRepeated) {  // [RFC9293 3.4]
  Mutant mutant("zero-window.pcap");
  mutant.alter_octet(8);
  EXPECT_EQ(mutant.found(Host::kClient), "same-octets-again");
  EXPECT_EQ(mutant.found(Host::kServer), "");
}

TEST(PlantedChecksum, IsTheSendersAndTheAcknowledgmentTheReceivers) {  // [RFC9293 MUST-2, MUST-3]
  Mutant mutant("echo-plain.pcap");
  mutant.alter(10, [](TcpFrame& frame) { frame.checksum_is_wrong = true; });
  EXPECT_EQ(mutant.found(Host::kClient), "checksum-is-right");
  EXPECT_THAT(mutant.found(Host::kServer), testing::HasSubstr("damaged-segment-is-not-taken"));
}

struct Harmless {
  const char* name;
  Alter how;
};
class HarmlessAlterations : public testing::TestWithParam<Harmless> {};

TEST_P(HarmlessAlterations, AreNobodysDeparture) {
  for (std::uint32_t frame = 4; frame <= 12; ++frame) {
    Mutant mutant("echo-plain.pcap");
    mutant.alter(frame, GetParam().how);
    EXPECT_EQ(mutant.found(Host::kClient), "") << "frame " << frame;
    EXPECT_EQ(mutant.found(Host::kServer), "") << "frame " << frame;
  }
}

INSTANTIATE_TEST_SUITE_P(InGoodRecordings, HarmlessAlterations,
                         testing::Values(Harmless{"Identification",
                                                  [](TcpFrame& frame) { frame.ip_identification = 7; }},
                                         Harmless{"TimeToLive", [](TcpFrame& frame) { frame.ttl = 12; }},
                                         Harmless{"MorePush",
                                                  [](TcpFrame& frame) {
                                                    frame.segment.flags =
                                                        frame.segment.flags | TcpFlags{TcpFlags::kPsh};
                                                  }}),
                         [](const auto& named) { return named.param.name; });

// Only from then on: to take it back would be a departure.
TEST(LargerWindow, IsNobodysDeparture) {
  const auto grow = [](TcpFrame& frame) {
    frame.segment.window = static_cast<std::uint16_t>(frame.segment.window + 5);
  };
  for (std::uint32_t first = 4; first <= 12; ++first) {
    Mutant mutant("echo-plain.pcap");
    for (std::uint32_t frame = first; frame <= 14; ++frame) mutant.alter(frame, grow);
    EXPECT_EQ(mutant.found(Host::kClient), "") << "frame " << first;
    EXPECT_EQ(mutant.found(Host::kServer), "") << "frame " << first;
  }
}

}  // namespace
}  // namespace fourtuple::test
