#include "apps/ladder/picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "apps/ladder/listing.hpp"
#include "stack/observe/text.hpp"
#include "tests/unit/replay/conversation_maker.hpp"

namespace fourtuple::ladder {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kLoss = R"(
      +0.000 c P. 1:101(100) ack 1
      +0.200 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)";

std::string drawn(Picture& picture, const observe::LadderOptions& look = {}) {
  std::string text;
  picture.draw([&text](std::string_view lines) { text += lines; }, look);
  return text;
}

TEST(CapturePicture, DrawsTheClientOnTheLeftAndSaysWhatIsSeen) {
  Picture picture;
  picture.add(*replay::make_open_conversation(kLoss));
  EXPECT_EQ(drawn(picture, {.ascii = true}),
            R"(       time ms   client                                      server frame, what is seen
#0 10.0.0.1:40000 <-> 10.0.0.2:80 ------------------------------------------------------------------
         0.000   |-- S 0:0(0) win 64240 ------------------------->| 1
                 |   mss 1460, sack                               |
        10.000   |<- S. 0:0(0) ack 1 win 65160 -------------------| 2
                 |   mss 1460, sack                               |
        10.000   |-- . 1:1(0) ack 1 win 65535 ------------------->| 3
        10.000   |-- P. 1:101(100) ack 1 win 65535 -------------->| 4
                 :  200 ms later                                  :
       210.000   |-- again: P. 1:101(100) ack 1 win 65535 ------->| 5 of 4, 200 ms later
       220.000   |<- . 1:1(0) ack 101 win 65535 ------------------| 6
)");
}

TEST(CapturePicture, PutsOtherFramesInTheirPlaceAndOnTheirSide) {
  Picture picture;
  const auto conversation = replay::make_open_conversation("");
  picture.add(*conversation);
  const std::string client = to_string(conversation->host(capture::Host::kClient).address);
  const std::string server = to_string(conversation->host(capture::Host::kServer).address);
  picture.add(OtherFrame{.number = 0, .line = "ARP who-has", .source = server, .destination = client});
  picture.add(
      OtherFrame{.number = 9, .time = 20ms, .line = "UDP 1 > 2 len 3", .source = client, .destination = "9.9.9.9"});
  const std::string text = drawn(picture, {.ascii = true, .color = false, .width = 100});
  EXPECT_THAT(text, HasSubstr("|<- ARP who-has"));
  EXPECT_LT(text.find("ARP who-has"), text.find("S 0:0(0)"));
  EXPECT_THAT(text, HasSubstr("|-- UDP 1 > 2 len 3"));
  EXPECT_THAT(text, HasSubstr(client + " to 9.9.9.9"));
}

TEST(CapturePicture, KeepsToWidthAsciiAndNoColour) {
  for (const std::size_t width : {80U, 100U, 160U}) {
    Picture picture;
    picture.add(*replay::make_open_conversation(kLoss));
    std::istringstream lines(drawn(picture, {.ascii = true, .color = false, .width = width}));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(observe::columns(line), width) << line;
      EXPECT_EQ(
          line.find_first_not_of(
              " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"),
          std::string::npos)
          << line;
    }
  }
}

TEST(CapturePicture, ColoursWhereItIsToldTo) {
  Picture picture;
  picture.add(*replay::make_open_conversation(kLoss));
  EXPECT_THAT(drawn(picture, {.color = true}), HasSubstr("\x1b["));
}

TEST(CaptureJson, NamesTheSignsOfASegment) {
  const auto conversation = replay::make_open_conversation(kLoss);
  const auto frames = read_conversation(*conversation);
  EXPECT_THAT(
      to_json(*conversation, frames.at(4)),
      HasSubstr(
          R"("payload_bytes":100,"window_bytes":65535,"signs":["retransmission"],"detail":"of 4, 200 ms later"})"));
  EXPECT_THAT(to_json(*conversation, frames.at(3)), HasSubstr(R"("signs":[])"));
  EXPECT_THAT(to_json(summarise(*conversation)), StartsWith(R"({"kind":"conversation","stream":0,"client":)"));
}

}  // namespace
}  // namespace fourtuple::ladder
