// Arguments and results: 5, AF_INET, "text", ..., [list], {struct}, f(x), A|B.
#pragma once

#include <vector>

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

// `what` is for a complaint: "an argument", "a result".
[[nodiscard]] Expression read_expression(Cursor& in, std::string_view what);

// (a, b, c), from the bracket on.
[[nodiscard]] std::vector<Expression> read_arguments(Cursor& in);

// The characters of a string or a quoted setting, from its first quotation mark on, escapes resolved.
[[nodiscard]] std::string read_string(Cursor& in);

}  // namespace fourtuple::packet_script
