#include "apps/packet_script/settings.hpp"

#include <fmt/format.h>

#include "apps/packet_script/expressions.hpp"

namespace fourtuple::packet_script {
namespace {

bool is_setting_name(char c) { return is_word_part(c) || c == '-'; }
bool is_setting_value(char c) { return !is_blank(c); }

// The name ends at '=' or a blank; what follows '=' does up to the next blank, so that it may be a path or a pattern.
Setting read_setting(Cursor& in) {
  Setting setting;
  setting.position = in.position();
  in.take(2);
  setting.name = in.take_while(is_setting_name);
  if (setting.name.empty()) in.expected("the name of a setting after '--'");
  if (!in.accept("=")) return setting;
  if (in.at_new_line() || in.at_end()) {
    in.expected_next(fmt::format("a value after '--{:.40}='", setting.name));
  } else if (in.peek() == '"') {
    setting.value = read_string(in);
  } else {
    setting.value = in.take_while(is_setting_value);
  }
  return setting;
}

}  // namespace

void read_settings(Cursor& in, Script& script) {
  while (in.at("--")) script.settings.push_back(read_setting(in));
}

}  // namespace fourtuple::packet_script
