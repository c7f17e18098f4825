#!/bin/sh
# What `cmake --install` leaves behind is enough to build on: a program that includes every public header is compiled and
# linked through the CMake package, and through pkg-config where that exists. Usage: install_test.sh BUILD CXX GENERATOR
set -eu
build=$1
export CXX="$2" CMAKE_GENERATOR="$3"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log

step() {  # WHAT COMMAND...
  what=$1
  shift
  "$@" </dev/null >"$log" 2>&1 || { echo "$what failed" && tail -n 30 "$log" && exit 1; }
}

write_consumer() {
  mkdir "$work/consumer"
  cd "$work/consumer"
  cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(fourtuple 0.1 REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE fourtuple::fourtuple)
END
  for header in "$work"/prefix/include/fourtuple/fourtuple/*.h*; do
    [ ! -f "$header" ] || echo "#include \"fourtuple/${header##*/}\""
  done >main.cpp
  cat >>main.cpp <<'END'
#include "stack/base/random.hpp"
#include "stack/core/stack.hpp"

int main() {
  fourtuple::Stack stack(fourtuple::StackConfig{}, fourtuple::RandomSource::from_seed(1));
  return stack.interface_count() == 0 ? 0 : 1;
}
END
}

step 'cmake --install' cmake --install "$build" --prefix "$work/prefix"
[ -x "$work/prefix/bin/fourtuple" ] || { echo 'the program was not installed' && exit 1; }
step 'fourtuple --help' "$work/prefix/bin/fourtuple" --help
(cd / && step 'fourtuple explain without the sources' "$work/prefix/bin/fourtuple" explain MUST-58 timer:persist S47)
! grep -rlF -- "$build" "$work/prefix/lib/cmake" "$work/prefix/lib/pkgconfig" || { echo 'the package names the build folder' && exit 1; }
write_consumer
step 'find_package(fourtuple)' cmake -S . -B cmake-build -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Debug
step 'a program with fourtuple::fourtuple' cmake --build cmake-build
step 'that program' ./cmake-build/consumer
if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig"
  # shellcheck disable=SC2046  # a list of words
  step 'a program with pkg-config' "$CXX" -std=c++20 main.cpp $(pkg-config --cflags --libs fourtuple) -o by-pkg-config
  step 'that program' ./by-pkg-config
  echo 'installed, found by CMake and by pkg-config'
else
  echo 'installed and found by CMake; no pkg-config here'
fi
