#include <algorithm>
#include <gtest/gtest.h>

#include "apps/lab/page/assets.hpp"

namespace fourtuple::lab {
namespace {

std::string_view page_file(std::string_view path) {
  const auto assets = page_assets();
  const auto found = std::ranges::find(assets, path, &Asset::path);
  return found == assets.end() ? std::string_view() : found->bytes;
}

TEST(PageAssets, AreThePageItsScriptItsStyleAndItsIcon) {
  EXPECT_TRUE(page_file("/").starts_with("<!doctype html>"));
  EXPECT_TRUE(page_file("/page.js").starts_with("/*"));
  EXPECT_TRUE(page_file("/page.css").ends_with("}\n"));
  EXPECT_TRUE(page_file("/icon.svg").ends_with("</svg>\n"));
}

TEST(PageAssets, ScriptAndStyleStayBelowTheirLimit) {
  EXPECT_LT(page_file("/page.js").size() + page_file("/page.css").size(), 150'000U);
}

// What the Content-Security-Policy would refuse.
TEST(PageAssets, ThePageHasNeitherScriptsNorStylesOfItsOwn) {
  const std::string_view page = page_file("/");
  for (const std::string_view refused : {"<style", " style=", " onclick=", "<script>", "javascript:", "//cdn"}) {
    EXPECT_EQ(page.find(refused), std::string_view::npos) << refused;
  }
}

TEST(PageAssets, TheLicenceOfThePlotsIsInTheScript) {
  EXPECT_NE(page_file("/page.js").find("Leon Sorokin, MIT licence"), std::string_view::npos);
}

}  // namespace
}  // namespace fourtuple::lab
