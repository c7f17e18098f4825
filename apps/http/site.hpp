// What all connections of one web server share.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "apps/http/file_tree.hpp"

namespace fourtuple::apps::http {

class Connection;

struct Site {
  static constexpr std::size_t kMaxConnections = 8192;  // more are closed at once
  static constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
  static constexpr auto kPatience = std::chrono::seconds(60);     // without progress
  static constexpr auto kLastPatience = std::chrono::seconds(3);  // for a client to take note of an error

  explicit Site(FileTree served) : files(std::move(served)) {}

  FileTree files;
  std::optional<FileTree> uploads;
  std::function<std::string()> metrics;  // what /metrics shows; empty: a file like any other
  // Where input is read to and looked at before anybody else reads.
  std::vector<char> input = std::vector<char>(kPieceBytes);
  std::unordered_set<Connection*> connections;
};

}  // namespace fourtuple::apps::http
