# Writes a .cpp with the page's files as string literals: cmake -D FOLDER=built -D OUT=page_assets.cpp -P embed.cmake.
# Every octet is written as an escape, so that no character means anything to the compiler.
set(definitions "")
set(rows "")
string(REPEAT "[0-9a-f]" 64 one_line)

function(embed file path type)
  string(MAKE_C_IDENTIFIER "k_${file}" name)
  file(READ ${FOLDER}/${file} text HEX)
  file(SIZE ${FOLDER}/${file} size)
  string(REGEX REPLACE "(${one_line})" "\\1\n" text "${text}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
  string(REGEX REPLACE "([^\n]+)" "    \"\\1\"" text "${text}")
  set(definitions "${definitions}constexpr char ${name}[] =\n${text};\n" PARENT_SCOPE)
  set(rows "${rows}    Asset{\"${path}\", \"${type}\", {${name}, ${size}}},\n" PARENT_SCOPE)
endfunction()

embed(index.html / "text/html; charset=utf-8")
embed(page.js /page.js "text/javascript; charset=utf-8")
embed(page.css /page.css "text/css; charset=utf-8")
embed(icon.svg /icon.svg image/svg+xml)

file(WRITE ${OUT} "// Made from apps/lab/page/built by apps/lab/page/embed.cmake.
#include \"apps/lab/page/assets.hpp\"

#include <array>

namespace fourtuple::lab {
namespace {

${definitions}
constexpr std::array kAssets{
${rows}};

}  // namespace

std::span<const Asset> page_assets() { return kAssets; }

}  // namespace fourtuple::lab
")
