// A small check that markup is well-formed: tags nest, attributes are quoted, nothing is left open, and `&` begins only
// the entities of XML.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace fourtuple::replay::made {

class MarkupCheck {
 public:
  explicit MarkupCheck(std::string_view text) : text_(text) {}

  // Empty where all is well; else what is wrong and where.
  std::string fault() {
    while (fault_.empty() && at_ < text_.size()) take();
    if (fault_.empty() && !open_.empty()) complain("never closed: " + open_.back());
    return fault_;
  }

 private:
  void complain(const std::string& what) {
    fault_ = what + " at " + std::to_string(at_) + ": " + std::string(text_.substr(at_, 60));
  }

  void take() {
    if (skip("<!DOCTYPE", ">") || skip("//<![CDATA[", "//]]>")) return;
    if (text_[at_] == '<') return take_tag();
    if (text_[at_] == '&') return take_entity();
    if (text_[at_] == '>') return complain("a bare >");
    ++at_;
  }

  bool skip(std::string_view begin, std::string_view end) {
    if (!text_.substr(at_).starts_with(begin)) return false;
    const std::size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    return true;
  }

  void take_entity() {
    for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
      if (text_.substr(at_).starts_with(entity)) {
        at_ += entity.size();
        return;
      }
    }
    complain("not an entity");
  }

  void take_tag() {
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return complain("a tag without an end");
    const std::string_view tag = text_.substr(at_ + 1, end - at_ - 1);
    const std::string name(tag.substr(0, tag.find_first_of(" /", 1)));
    if (tag.starts_with('/')) {
      if (open_.empty() || "/" + open_.back() != tag) return complain("closes what is not open");
      open_.pop_back();
    } else {
      if (tag.find('<') != std::string_view::npos) return complain("a < inside a tag");
      if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return complain("a quote that is left open");
      if (!tag.ends_with('/')) open_.push_back(name);
    }
    at_ = end + 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::string fault_;
};

}  // namespace fourtuple::replay::made
