# shellcheck shell=sh disable=SC2154  # sourced; root is the clone
# Configure and build a preset into build/<preset>; the log is build/<preset>.log.

sources='CMakeLists.txt CMakePresets.json cmake include stack drivers apps'

# Nothing changed since the stamp of the last good build. Directories count, so a removed file is seen too.
build_is_fresh() {
  stamp=$root/build/$1/.built
  [ -f "$stamp" ] && [ -x "$root/build/$1/apps/fourtuple" ] || return 1
  # shellcheck disable=SC2086  # a list of words
  changed=$(cd "$root" && find $sources -newer "$stamp" -print 2>/dev/null | head -n 1)
  [ -z "$changed" ]
}

run_logged() { "$@" </dev/null >>"$log" 2>&1; }

# One launcher builds at a time; a second one waits and then finds the work done.
take_build_lock() {
  has flock || return 0
  exec 9>"$root/build/.lock"
  flock -n 9 || { say 'another build is running here; waiting for it' && flock 9; }
}

# The lock must not be inherited by the program we become.
drop_build_lock() { exec 9>&-; }

check_cmake_version() {
  version=$(cmake --version | sed -n '1s/[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  [ "${version% *}" -gt 3 ] || [ "${version#* }" -ge 25 ] ||
    fail 77 "CMake 3.25 or newer is needed, this one is older" "Debian 12 and Ubuntu 24.04 have it as 'cmake'"
}

# A build folder that came with a copy of another clone is of no use to CMake.
forget_foreign_build() {
  cache=$root/build/$1/CMakeCache.txt
  [ ! -f "$cache" ] || grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" || rm -rf "${root:?}/build/$1"
}

configure() {  # PRESET [cmake arguments...]
  configure_preset=$1
  shift
  forget_foreign_build "$configure_preset"
  if [ ! -f "$root/build/$configure_preset/CMakeCache.txt" ] && has ninja; then
    set -- -G Ninja "$@"
  fi
  # A compiler that is there but not called c++ is told to CMake; CC and CXX of the caller win.
  if [ -z "${CXX:-}" ] && ! has c++ && ! has g++ && has clang++; then
    export CXX=clang++ CC=clang
  fi
  (cd "$root" && run_logged cmake --preset "$configure_preset" "$@")
}

compile() {  # PRESET TARGET
  (cd "$root" && run_logged cmake --build "build/$1" --target "$2" --parallel "${FOURTUPLE_JOBS:-$(nproc 2>/dev/null || echo 2)}")
}

build_failed() {
  show_log_tail "$log"
  fail 1 "the $1 build failed; the whole log is $(relative "$log")"
}

# What root builds in a user's clone stays the user's.
give_build_to_owner() {
  owner=$(stat -c '%u:%g' "$root")
  [ "$(id -u)" != 0 ] || [ "$owner" = 0:0 ] || chown -R "$owner" "$root/build"
}

check_writable() {  # PRESET
  for path in "$root/build" "$root/build/.lock" "$root/build/$1" "$root/build/$1.log"; do
    [ ! -e "$path" ] || [ -w "$path" ] ||
      fail 1 "this user may not write to $(relative "$path") of this clone" 'let its owner do it, or clone anew as this user'
  done
}

# ensure_built PRESET TARGET [cmake arguments...]
ensure_built() {
  preset=$1
  target=$2
  shift 2
  mkdir -p "$root/build" 2>/dev/null || fail 1 'this user may not write to this clone' 'clone it anew as this user'
  check_writable "$preset"
  take_build_lock
  check_cmake_version
  log=$root/build/$preset.log
  : >"$log"
  started=$root/build/.started.$$
  : >"$started"
  if [ -f "$root/build/$preset/.built" ]; then
    say "building what changed ($preset)"
  else
    say "building ($preset; the first time takes a few minutes, the log is build/$preset.log)"
  fi
  if ! configure "$preset" "$@" || ! compile "$preset" "$target"; then
    rm -f "$started"
    build_failed "$preset"
  fi
  mv -f "$started" "$root/build/$preset/.built"  # dated when the build began: an edit made meanwhile counts as newer
  give_build_to_owner
  drop_build_lock
}
