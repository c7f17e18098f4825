#include "apps/http/file_tree.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace fourtuple::apps::http {
namespace {

namespace fs = std::filesystem;

// A folder that goes with the test: outside.txt, and below site/ a.txt, sub/b.txt, and links into both.
class FileTreeTest : public ::testing::Test {
 protected:
  FileTreeTest() {
    std::string name = (fs::temp_directory_path() / "fourtuple-files-XXXXXX").string();
    top_ = ::mkdtemp(name.data());
    fs::create_directories(top_ / "site/sub");
    std::ofstream(top_ / "outside.txt") << "secret";
    std::ofstream(top_ / "site/a.txt") << "aaa";
    std::ofstream(top_ / "site/sub/b.txt") << "b";
    fs::create_symlink("../outside.txt", top_ / "site/out");
    fs::create_symlink("sub/b.txt", top_ / "site/in");
  }
  ~FileTreeTest() override { fs::remove_all(top_); }

  [[nodiscard]] FileTree tree() const { return std::move(*FileTree::open((top_ / "site").string())); }
  [[nodiscard]] std::string content(const char* name) const {
    std::ifstream file(top_ / "site" / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path top_;
};

TEST_F(FileTreeTest, OpensFilesAndTheirSize) {
  const auto file = tree().open_file("a.txt");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size_bytes, 3U);
  EXPECT_FALSE(file->is_folder);
  EXPECT_EQ(tree().open_file("sub/b.txt")->size_bytes, 1U);
  EXPECT_TRUE(tree().open_file(".")->is_folder);
}

TEST_F(FileTreeTest, FollowsLinksOnlyBelowItself) {
  EXPECT_TRUE(tree().open_file("in"));
  EXPECT_EQ(tree().open_file("out").error(), 403);
  EXPECT_EQ(tree().open_file("../outside.txt").error(), 403);
}

TEST_F(FileTreeTest, HasNoFilesThatAreNotThere) { EXPECT_EQ(tree().open_file("nothing").error(), 404); }

TEST_F(FileTreeTest, ListsNames) {
  const FileTree files = tree();
  const auto folder = files.open_file(".");
  ASSERT_TRUE(folder);
  const std::string page = files.listing(*folder, ".");
  EXPECT_NE(page.find("<a href=\"./a.txt\">a.txt</a>"), std::string::npos) << page;
  EXPECT_NE(page.find("<a href=\"./sub/\">sub/</a>"), std::string::npos) << page;
  EXPECT_EQ(page.find("../"), std::string::npos) << page;
}

TEST_F(FileTreeTest, AnUploadHasItsNameOnlyWhenItIsWhole) {
  const FileTree files = tree();
  auto upload = files.begin_upload();
  ASSERT_TRUE(upload);
  EXPECT_TRUE(upload->append("new"));
  EXPECT_EQ(content("a.txt"), "aaa");
  EXPECT_TRUE(upload->commit("a.txt"));
  EXPECT_EQ(content("a.txt"), "new");
}

TEST_F(FileTreeTest, AnUploadThatBreaksOffLeavesNothing) {
  const FileTree files = tree();
  const auto count = [this] { return std::distance(fs::directory_iterator(top_ / "site"), fs::directory_iterator()); };
  const auto before = count();
  {
    auto upload = files.begin_upload();
    ASSERT_TRUE(upload);
    EXPECT_TRUE(upload->append("half"));
  }
  EXPECT_EQ(count(), before);
}

TEST_F(FileTreeTest, AnUploadStaysInItsFolder) {
  const FileTree files = tree();
  EXPECT_EQ(files.begin_upload()->commit("sub/c").error(), 403);
  EXPECT_EQ(files.begin_upload()->commit("..").error(), 403);
  EXPECT_EQ(files.begin_upload()->commit(".").error(), 403);
  EXPECT_EQ(files.begin_upload()->commit("sub").error(), 409);
}

}  // namespace
}  // namespace fourtuple::apps::http
