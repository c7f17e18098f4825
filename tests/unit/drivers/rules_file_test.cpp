#include "drivers/impair/rules_file.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace fourtuple::impair {
namespace {

// A folder of this test's own, which goes with it.
struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("rules-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const char* name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
  std::filesystem::path path;
};

TEST(RulesFile, IsReadWhereTheTextNamesOne) {
  const Folder folder;
  const auto file = folder.write("bad.rules", "# a bad path\nloss 5%   # and a remark\n\nout: drop data #3 once\n");
  const auto rules = rules_from(file);
  ASSERT_TRUE(rules) << rules.error().cause;
  EXPECT_EQ(*rules, *parse_rules("loss 5%; out: drop data 3 once"));
}

TEST(RulesFile, IsNotLookedForWhereTheTextIsRules) {
  EXPECT_EQ(*rules_from("loss 5%"), *parse_rules("loss 5%"));
  EXPECT_EQ(*rules_from(""), WireRules{});
}

TEST(RulesFile, IsNamedWithTheLineThatIsWrong) {
  const Folder folder;
  const auto file = folder.write("bad.rules", "loss 5%\n  dealy 3ms\n");
  const auto rules = rules_from(file);
  ASSERT_FALSE(rules);
  EXPECT_NE(rules.error().cause.find(file), std::string::npos);
  EXPECT_NE(rules.error().cause.find("'dealy' is not understood at character 3 of line 2"), std::string::npos)
      << rules.error().cause;
}

TEST(RulesFile, FindsItsTracesBesideIt) {
  const Folder folder;
  folder.write("train.trace", "1\r\n1\n\n7\n");
  const auto rules = rules_from(folder.write("bad.rules", "in: rate-trace train.trace"));
  ASSERT_TRUE(rules) << rules.error().cause;
  EXPECT_EQ(rules->inbound.trace.milliseconds, (std::vector<std::uint32_t>{1, 1, 7}));
  EXPECT_FALSE(rules->outbound.trace.is_set());
  EXPECT_EQ(to_string(*rules), "in: rate-trace 1 1 7");  // needs no file any more
}

TEST(RateTraceFile, SaysWhatIsWrongWithIt) {
  const Folder folder;
  const auto refused = [&](const char* text) {
    const auto file = folder.write("bad.trace", text);
    const auto rules = rules_from("at 3s: rate-trace \"" + file + "\"");
    return rules ? std::string("nothing") : rules.error().cause;
  };
  EXPECT_NE(refused("1\n2\nthree\n").find("line 3: 'three'"), std::string::npos);
  EXPECT_NE(refused("5\n4\n").find("line 2: '4'"), std::string::npos);
  EXPECT_NE(refused("0\n").find("line 1"), std::string::npos);
  EXPECT_NE(refused("").find("line 0"), std::string::npos);
  EXPECT_NE(refused("99999999999\n").find("line 1"), std::string::npos);
  EXPECT_EQ(refused("1\n"), "nothing");
  EXPECT_FALSE(rules_from("rate-trace no-such-file"));
}

}  // namespace
}  // namespace fourtuple::impair
