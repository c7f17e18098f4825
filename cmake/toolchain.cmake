# Language level, warnings, sanitizers and ccache: the same for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
   OR (CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14))
  message(FATAL_ERROR "fourtuple needs g++ 12 or clang 14, or newer; this is ${CMAKE_CXX_COMPILER_ID} "
                      "${CMAKE_CXX_COMPILER_VERSION}. Name another one with CXX=... and an empty build folder.")
endif()

# Warnings are errors only for the compilers we build with every day: a newer one knows new warnings.
set(warnings_are_errors OFF)
if(FOURTUPLE_WERROR AND ((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
                         OR (CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)))
  set(warnings_are_errors ON)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(fourtuple_options INTERFACE)
target_include_directories(fourtuple_options INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                       $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
# What the compiler writes into programs (__FILE__, debug information) names files from the root of the clone.
target_compile_options(fourtuple_options INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
target_compile_options(
  fourtuple_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor;-Wold-style-cast;-Woverloaded-virtual>
            -Wcast-align
            -Wcast-qual
            -Wconversion
            -Wsign-conversion
            -Wnull-dereference
            -Wdouble-promotion
            -Wimplicit-fallthrough
            -Wswitch-enum
            $<$<BOOL:${warnings_are_errors}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own and Boost's headers once optimisation inlines them (GCC bugs 105329, 105651);
  # clang's versions of the same warnings stay on.
  target_compile_options(fourtuple_options INTERFACE -Wno-null-dereference -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
                                                     -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-subobject-linkage -Wduplicated-cond
                                                     -Wlogical-op)
endif()
if(FOURTUPLE_SANITIZE)
  target_compile_options(fourtuple_options INTERFACE -fsanitize=${FOURTUPLE_SANITIZE} -fno-omit-frame-pointer
                                                     -fno-sanitize-recover=all)
  target_link_options(fourtuple_options INTERFACE -fsanitize=${FOURTUPLE_SANITIZE})
endif()
if(FOURTUPLE_FUZZ)
  target_compile_options(fourtuple_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
