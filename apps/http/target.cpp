#include <array>
#include <cctype>
#include <fmt/format.h>
#include <vector>

#include "apps/http/file_tree.hpp"

namespace fourtuple::apps::http {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const int lower = std::tolower(static_cast<unsigned char>(c));
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high << 4 | *low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    result.push_back(c);
  }
  return result;
}

// "http://host/path" as a proxy's client sends it -> "/path".
std::string_view without_authority(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (!target.starts_with(kScheme)) return target;
  const std::size_t slash = target.find('/', kScheme.size());
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

}  // namespace

std::optional<std::string> path_of_target(std::string_view target) {
  target = without_authority(target);
  if (!target.starts_with('/')) return std::nullopt;
  const auto decoded = percent_decode(target.substr(0, target.find_first_of("?#")));
  if (!decoded) return std::nullopt;
  std::vector<std::string_view> parts;
  std::string_view rest = *decoded;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  return parts.empty() ? "." : fmt::format("{}", fmt::join(parts, "/"));
}

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result.push_back(c);
    }
  }
  return result;
}

std::string escape_url(std::string_view text) {
  constexpr std::string_view kPlain = "-._~/";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos)) {
      result.push_back(c);
    } else {
      result += fmt::format("%{:02X}", byte);
    }
  }
  return result;
}

std::string_view content_type(std::string_view path) {
  struct Row {
    std::string_view ending;
    std::string_view type;
  };
  static constexpr std::array kRows{
      Row{".html", "text/html; charset=utf-8"},
      Row{".htm", "text/html; charset=utf-8"},
      Row{".css", "text/css"},
      Row{".js", "text/javascript"},
      Row{".json", "application/json"},
      Row{".txt", "text/plain; charset=utf-8"},
      Row{".md", "text/plain; charset=utf-8"},
      Row{".svg", "image/svg+xml"},
      Row{".png", "image/png"},
      Row{".jpg", "image/jpeg"},
      Row{".gif", "image/gif"},
      Row{".pdf", "application/pdf"},
      Row{".wasm", "application/wasm"},
  };
  for (const Row& row : kRows)
    if (path.ends_with(row.ending)) return row.type;
  return "application/octet-stream";
}

}  // namespace fourtuple::apps::http
