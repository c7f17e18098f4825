# The documents of docs/labs as one source file, so that an installed program has them.
file(GLOB lab_documents CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/labs/[0-9]*.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lab_documents})
set(labs "")
foreach(document ${lab_documents})
  file(READ ${document} text)
  string(APPEND labs "    std::string_view(R\"LAB(${text})LAB\"),\n")
endforeach()
list(LENGTH lab_documents lab_count)
file(
  CONFIGURE
  OUTPUT ${PROJECT_BINARY_DIR}/embedded_labs.cpp
  CONTENT
    "// Made of docs/labs by cmake/labs.cmake.
#include \"apps/lab/embedded_labs.hpp\"

#include <array>

namespace fourtuple::lab {

std::span<const std::string_view> embedded_labs() {
  static constexpr std::array<std::string_view, @lab_count@> kLabs{
@labs@  };
  return kLabs;
}

}  // namespace fourtuple::lab
"
  @ONLY)
target_sources(ft_lab PRIVATE ${PROJECT_BINARY_DIR}/embedded_labs.cpp)
