#include "drivers/impair/rules.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "stack/base/random.hpp"

namespace fourtuple::impair {
namespace {

WireRules parsed(std::string_view text) {
  const auto rules = parse_rules(text);
  EXPECT_TRUE(rules) << text << ": " << (rules ? "" : rules.error().to_string());
  return rules ? *rules : WireRules{};
}

RuleError refused(std::string_view text) {
  const auto rules = parse_rules(text);
  EXPECT_FALSE(rules) << text;
  return rules ? RuleError{} : rules.error();
}

TEST(WireRules, AreEmptyForEmptyText) {
  for (const char* const text : {"", " ", "\n", ";;, ;\n", " ; "}) EXPECT_TRUE(parsed(text).is_empty()) << text;
  EXPECT_EQ(to_string(WireRules{}), "");
}

TEST(WireRules, CountFramesOfAKind) {
  const auto rules =
      parsed("drop data 3 once; drop data #3, delay ack 5..9 by 30ms\nduplicate fin; drop any 7..").rules;
  ASSERT_EQ(rules.size(), 5U);
  EXPECT_EQ(rules[0], (Rule{.action = Action::kDrop, .kind = FrameKind::kData, .first = 3, .last = 3, .once = true}));
  EXPECT_EQ(rules[1], (Rule{.action = Action::kDrop, .kind = FrameKind::kData, .first = 3, .last = 3}));
  EXPECT_EQ(rules[2], (Rule{.action = Action::kDelay, .kind = FrameKind::kAck, .first = 5, .last = 9, .delay = 30ms}));
  EXPECT_EQ(rules[3], (Rule{.action = Action::kDuplicate, .kind = FrameKind::kFin}));
  EXPECT_EQ(rules[4].first, 7U);
  EXPECT_EQ(rules[4].last, Rule::kLast);
}

TEST(WireRules, SetProfilesOfBothDirectionsOrOne) {
  const auto rules = parsed(
      "loss 5%; in: loss 0.25%; out: delay 20ms; jitter 1.5us; reorder 20% depth 5 by 7ms; duplicate 10%, corrupt 1%; "
      "rate 10mbit; queue 50; seed 42");
  EXPECT_EQ(rules.outbound.loss, 50'000U);
  EXPECT_EQ(rules.inbound.loss, 2'500U);
  EXPECT_EQ(rules.outbound.delay, 20ms);
  EXPECT_EQ(rules.inbound.delay, 0ms);
  EXPECT_EQ(rules.inbound.jitter, 1500ns);
  EXPECT_EQ(rules.outbound.reorder, 200'000U);
  EXPECT_EQ(rules.outbound.reorder_depth, 5U);
  EXPECT_EQ(rules.outbound.reorder_delay, 7ms);
  EXPECT_EQ(rules.outbound.duplicate, 100'000U);
  EXPECT_EQ(rules.outbound.corrupt, 10'000U);
  EXPECT_EQ(rules.outbound.rate, 10'000'000U);
  EXPECT_EQ(rules.inbound.queue, 50U);
  EXPECT_EQ(rules.seed, 42U);
}

TEST(WireRules, TakeTheDirectionWithAndWithoutASpace) {
  EXPECT_EQ(parsed("in:drop syn 1"), parsed("in: drop syn 1"));
  EXPECT_EQ(parsed("out:drop syn 1").rules[0].direction, Direction::kOutbound);
}

TEST(WireRules, SayWhereTheyAreWrongAndWhatIsExpected) {
  const auto verb = refused("loss 5%; drp data 3");
  EXPECT_EQ(verb.position, 9U);
  EXPECT_EQ(verb.found, "drp");
  EXPECT_NE(verb.expected.find("drop, delay"), std::string::npos);
  EXPECT_EQ(verb.to_string().substr(0, 40), "'drp' is not understood at character 10:");
  EXPECT_NE(refused("drop").to_string().find("ends too early"), std::string::npos);
  EXPECT_EQ(refused("drop flood 3").found, "flood");
  EXPECT_EQ(refused("drop data 0").found, "0");
  EXPECT_EQ(refused("drop data 9..5").found, "9..5");
  EXPECT_EQ(refused("drop data 3 twice").found, "twice");
  EXPECT_EQ(refused("delay ack 5").expected, "by");
  EXPECT_EQ(refused("delay 20").found, "20");
  EXPECT_EQ(refused("loss 101%").found, "101%");
  EXPECT_EQ(refused("loss 5").found, "5");
  EXPECT_EQ(refused("in: seed 4").found, "seed");
  EXPECT_EQ(refused("rate 7bit").found, "7bit");
  EXPECT_EQ(refused("in: in: loss 5%").found, "in:");
}

TEST(WireRules, RefuseNumbersThatDoNotFit) {
  refused("seed 18446744073709551616");
  EXPECT_EQ(parsed("seed 18446744073709551615").seed, 18446744073709551615U);
  refused("delay 99999999999999999999s");
  refused("delay 1.1ns");
  refused("delay 1.ms");
  refused("delay .5ms");
  refused("delay 1.0000000001s");
  refused("drop data 4294967296");
  refused("loss 0.00001%");
}

TEST(WireRules, AreBounded) {
  std::string text;
  for (std::size_t i = 0; i < kMaxRules; ++i) text += "drop data 1;";
  EXPECT_EQ(parsed(text).rules.size(), kMaxRules);
  EXPECT_FALSE(parse_rules(text + "drop data 1"));
}

TEST(WireRules, ExplainThemselvesToTheUser) {
  const auto rules = parse_rules_or_explain("drop date 3");
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().cause.find("wire rules: 'date' is not understood at character 6"), 0U);
  EXPECT_FALSE(rules.error().cure.empty());
}

TEST(WireRules, PrintInAStandardOrder) {
  EXPECT_EQ(to_string(parsed("seed 7, in:delay ack 5..9 by 30000us;loss 5.50%,drop data #3 once; jitter 0.005s")),
            "loss 5.5%; jitter 5ms; in: delay ack 5..9 by 30ms; drop data 3 once; seed 7");
  EXPECT_EQ(to_string(parsed("in: loss 1%; out: rate 1500kbit; drop udp 7..")),
            "out: rate 1500kbit; in: loss 1%; drop udp 7..");
}

TEST(WireRules, SayAllSettingsAndPrintThem) {
  for (const char* const text :
       {"gilbert 1% 25%", "gilbert 1% 25% bad 90% good 0.1%", "jitter 5ms ordered", "rate-trace 1 1 5",
        "rate-trace \"up and down\"", "queue 64kB", "queue 100 64kB mark 20", "queue 100 mark 20", "codel",
        "codel target 1ms interval 20ms ecn", "mtu 1280", "mtu 1280 icmp", "down", "reorder 5% depth 2 by 1ms"}) {
    EXPECT_EQ(to_string(parsed(text)), text);
    EXPECT_EQ(to_string(parsed("at 5s: in: " + std::string(text))), "at 5s: in: " + std::string(text));
    EXPECT_FALSE(parsed(text).is_empty()) << text;
  }
  for (const char* const text : {"up", "rate unlimited", "codel off", "mtu unlimited", "queue 1000", "loss 0%"}) {
    EXPECT_TRUE(parsed(text).is_empty()) << text;
    EXPECT_EQ(to_string(parsed("at 1ms: " + std::string(text))), "at 1ms: " + std::string(text));
  }
}

TEST(WireRules, ChangeInTheOrderOfTheirTimes) {
  EXPECT_EQ(to_string(parsed("at 5s: loss 1%; out: at 3s: loss 2%; down 4s..5s")),
            "at 3s: out: loss 2%; at 4s: down; at 5s: loss 1%; at 5s: up");
}

TEST(WireRules, CountSharesOfAKind) {
  for (const char* const text : {"drop ack every 10", "drop data 5.. every 2 3.5%", "mark any 3..7 50% once",
                                 "delay syn 5% once by 3ms", "corrupt arp 1", "duplicate data 10%"}) {
    EXPECT_EQ(to_string(parsed(text)), text);
  }
}

TEST(WireRules, SayHowFramesAreDamaged) {
  for (const char* const text :
       {"corrupt 5% by swap", "corrupt 5% by zero", "corrupt 5% by cut", "corrupt 5% by lengthen", "corrupt 5% by any",
        "corrupt data 3 once by cut", "at 5s: in: corrupt 1% by zero", "out: corrupt arp by swap"}) {
    EXPECT_EQ(to_string(parsed(text)), text);
  }
  EXPECT_EQ(to_string(parsed("corrupt 5% by bit; corrupt fin 2 by bit")), "corrupt 5%; corrupt fin 2");
  EXPECT_EQ(refused("corrupt 5% by").found, "");
  const auto unknown = refused("loss 1%; corrupt data 3 by magic");
  EXPECT_EQ(unknown.position, 27U);
  EXPECT_EQ(unknown.found, "magic");
  EXPECT_NE(unknown.expected.find("bit, swap, zero, cut, lengthen or any"), std::string::npos);
  EXPECT_EQ(refused("drop data 3 by cut").found, "by");
}

TEST(WireRules, TakeRemarksAndTheNamesOfForeignEnds) {
  EXPECT_EQ(to_string(parsed("# what\nab: loss 1% # why\n# \nba: loss 2%\n#\ndrop data #3 #")),
            "out: loss 1%; in: loss 2%; drop data 3");
}

TEST(WireRules, SayWhereNewWordsAreWrong) {
  EXPECT_EQ(refused("at 5s loss 3%").found, "5s");
  EXPECT_EQ(refused("at 5s: at 6s: loss 3%").found, "at");
  EXPECT_EQ(refused("at 5s: drop data 3").found, "drop");
  EXPECT_EQ(refused("at 5s: seed 3").found, "seed");
  EXPECT_EQ(refused("down 5s..3s").found, "5s..3s");
  EXPECT_EQ(refused("down 5s").found, "5s");
  EXPECT_EQ(refused("at 1s: down 3s..5s").found, "3s..5s");
  EXPECT_EQ(refused("gilbert 5%").found, "");
  EXPECT_EQ(refused("rate-trace 5 3").found, "3");
  EXPECT_EQ(refused("rate-trace 0 0").expected.substr(0, 12), "milliseconds");
  EXPECT_EQ(refused("rate-trace").found, "");
  EXPECT_EQ(refused("rate-trace \"open").found, "\"open");
  EXPECT_EQ(refused("queue mark 3").found, "mark");
  EXPECT_EQ(refused("queue 100 200").found, "200");
  EXPECT_EQ(refused("queue 0").found, "0");
  EXPECT_EQ(refused("mtu 67").found, "67");
  EXPECT_EQ(refused("codel interval 0s").found, "0s");
  EXPECT_EQ(refused("drop data every 0").found, "0");
  EXPECT_EQ(refused("drop 5%").found, "5%");
  const auto third = refused("loss 1%\n# remark\n  in: dorp syn");
  EXPECT_EQ(third.to_string().substr(0, 55), "'dorp' is not understood at character 7 of line 3: expe");
}

template <class Enum>
Enum pick(RandomSource& random, std::uint64_t count) {
  return static_cast<Enum>(random.below(count));
}

PartsPerMillion some_chance(RandomSource& random) { return static_cast<PartsPerMillion>(random.below(1'000'001)); }

Profile random_profile(RandomSource& random) {
  Profile profile;
  profile.loss = static_cast<PartsPerMillion>(random.below(1'000'001));
  profile.corrupt = static_cast<PartsPerMillion>(random.below(3));
  profile.damage = pick<Damage>(random, kDamageCount);
  profile.reorder = static_cast<PartsPerMillion>(random.below(2) * random.below(1'000'001));
  profile.reorder_depth = static_cast<std::uint32_t>(1 + random.below(5));
  profile.delay = Duration(static_cast<std::int64_t>(random.below(86'400'000'000'000)));
  profile.jitter = Duration(static_cast<std::int64_t>(random.below(1000)) * 1'000'000);
  profile.rate = random.below(2) * (8 + random.below(1'000'000'000'000 - 8));
  profile.queue = static_cast<std::uint32_t>(1 + random.below(1'000'000));
  profile.queue_bytes = random.below(2) * random.below(1'000'000'000);
  profile.mark_above = static_cast<std::uint32_t>(random.below(2) * random.below(1'000'000));
  profile.gilbert = {some_chance(random), some_chance(random), some_chance(random), some_chance(random)};
  profile.keeps_order = random.below(2) == 0;
  profile.is_down = random.below(2) == 0;
  if (random.below(2) == 0) profile.mtu = static_cast<std::uint32_t>(68 + random.below(65468));
  profile.reports_mtu = profile.mtu != 0 && random.below(2) == 0;
  if (random.below(2) == 0) {
    profile.codel = {.is_on = true, .marks = random.below(2) == 0, .target = 3ms, .interval = 1s};
  }
  if (random.below(2) == 0) {
    profile.rate = 0;
    profile.trace.milliseconds = {static_cast<std::uint32_t>(random.below(5)), 5, 7};
  }
  return profile;
}

Change random_change(RandomSource& random) {
  Change change{.at = Duration(static_cast<std::int64_t>(random.below(1'000'000'000))),
                .direction = pick<Direction>(random, 3),
                .setting = pick<Setting>(random, kSettingCount),
                .value = {}};
  copy_setting(change.setting, random_profile(random), change.value);
  return change;
}

Rule random_rule(RandomSource& random) {
  Rule rule{.direction = pick<Direction>(random, 3),
            .action = pick<Action>(random, kActionCount),
            .kind = pick<FrameKind>(random, kFrameKindCount)};
  if (random.below(2) == 0) rule.first = static_cast<std::uint32_t>(1 + random.below(1000));
  if (random.below(2) == 0) rule.last = rule.first + static_cast<std::uint32_t>(random.below(1000));
  rule.once = random.below(2) == 0;
  if (random.below(4) == 0) rule.every = static_cast<std::uint32_t>(1 + random.below(9));
  if (random.below(4) == 0) rule.chance = some_chance(random);
  if (rule.action == Action::kCorrupt) rule.damage = pick<Damage>(random, kDamageCount);
  if (rule.action == Action::kDelay) rule.delay = Duration(static_cast<std::int64_t>(random.below(2'000'000'000)));
  return rule;
}

TEST(WireRules, ComeBackFromTheirOwnText) {
  auto random = RandomSource::from_seed(20);
  for (int round = 0; round < 2000; ++round) {
    WireRules rules;
    if (random.below(4) != 0) rules.outbound = random_profile(random);
    if (random.below(4) != 0) rules.inbound = random_profile(random);
    for (std::uint64_t i = random.below(5); i != 0; --i) rules.rules.push_back(random_rule(random));
    if (random.below(2) == 0) rules.seed = random.next();
    for (std::uint64_t i = random.below(5); i != 0; --i) rules.changes.push_back(random_change(random));
    std::ranges::stable_sort(rules.changes, {}, &Change::at);
    ASSERT_EQ(parsed(to_string(rules)), rules) << to_string(rules);
  }
}

TEST(WireRules, NeverCrashOnNoise) {
  constexpr std::string_view kParts[] = {
      "drop", " ",   "data", "#",     "3",    "..",  "once", ";",    "in:",  ":",
      "%",    "5%",  "by",   "delay", "20ms", ".",   "\n",   "\xff", "rate", "999999999999999999999",
      "at",   "5s:", "down", "\"",    "# ",   "mtu", "every"};
  auto random = RandomSource::from_seed(21);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(12); i != 0; --i) text += kParts[random.below(std::size(kParts))];
    const auto rules = parse_rules(text);
    if (rules) {
      EXPECT_EQ(parsed(to_string(*rules)), *rules) << text;
    } else {
      EXPECT_LE(rules.error().position, text.size());
    }
  }
}

}  // namespace
}  // namespace fourtuple::impair
