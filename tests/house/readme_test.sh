#!/bin/sh
# Every command of the README runs. Its ```sh fences are taken in order, in a copy of what they touch, inside network and
# process namespaces of their own. A comment before a fence says what it needs:
#   <!-- test: needs tap -->             skipped, with the reason, where /dev/net/tun cannot be opened
#   <!-- test: background -->            left running while the following fences run
#   <!-- test: self -->                  the test run that runs this
#   <!-- test: elsewhere NAME -->        this CTest test runs it
# Usage: readme_test.sh CLONE PROGRAM
set -u
clone=$1
program=$2

# The inner run is process 1 of a process namespace: when it ends the kernel ends everything it left running.
if [ -z "${README_TEST_INSIDE:-}" ]; then
  export README_TEST_INSIDE=yes
  spaces='--net --mount --pid --fork --kill-child --mount-proc'
  [ "$(id -u)" = 0 ] || spaces="--user --map-root-user $spaces"
  # shellcheck disable=SC2086  # a list of words
  if unshare $spaces true 2>/dev/null; then exec unshare $spaces "$0" "$@"; fi
  export README_TEST_INSIDE=no
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
ran=0

extract_fences() {  # writes $work/1.sh, 1.needs, 2.sh ...
  awk -v out="$work" '
    /^<!-- test: .* -->$/ { needs = $0; sub(/^<!-- test: /, "", needs); sub(/ -->$/, "", needs); next }
    /^```sh$/             { number++; open = 1; print needs >(out "/" number ".needs"); needs = ""; next }
    /^```/                { open = 0; next }
    open                  { print >(out "/" number ".sh") }
  ' "$clone/README.md"
}

# A place that looks like the clone to the commands, and where sudo asks nothing because we are root here.
make_place() {
  mkdir -p "$work/place" "$work/bin" "$work/home"
  cp -r "$clone/docs" "$work/place/"
  mkdir -p "$work/place/tests" && cp -r "$clone/tests/conformance" "$work/place/tests/"
  printf '#!/bin/sh\nexec "%s/fourtuple" "$@"\n' "$clone" >"$work/place/fourtuple"
  printf '#!/bin/sh\nexec "$@"\n' >"$work/bin/sudo"
  chmod +x "$work/place/fourtuple" "$work/bin/sudo"
  export FOURTUPLE_BINARY="$program" HOME="$work/home" USER="${USER:-$(id -un)}" PATH="$work/bin:$PATH"
  [ "$README_TEST_INSIDE" = no ] || ip link set lo up 2>/dev/null
}

why_no_tap() {
  [ "$README_TEST_INSIDE" = yes ] || { echo 'network namespaces cannot be made here' && return; }
  [ -e /dev/net/tun ] || { echo '/dev/net/tun does not exist here' && return; }
  (: <>/dev/net/tun) 2>/dev/null || { echo '/dev/net/tun cannot be opened here' && return; }
  for tool in ip ping curl; do
    command -v $tool >/dev/null || { echo "$tool is not installed" && return; }
  done
}

wrong() {  # FENCE WHAT
  printf 'README fence %s: %s\n' "$1" "$2"
  sed 's/^/  > /' "$work/$1.sh"
  [ ! -f "$work/$1.log" ] || sed 's/^/  | /' "$work/$1.log"
  failures=$((failures + 1))
}

# A program that leaves with 77 cannot run here, and has said why.
run_fence() {
  code=0
  (cd "$work/place" && timeout 120 sh -e "$work/$1.sh") </dev/null >"$work/$1.log" 2>&1 || code=$?
  case $code in
    0) ran=$((ran + 1)) ;;
    77) echo "SKIPPED: README fence $1: $(tail -n 1 "$work/$1.log")" ;;
    *) wrong "$1" "ended with $code" ;;
  esac
}

# Counts as started with its first line of output.
start_fence() {
  (cd "$work/place" && exec timeout 120 sh -e "$work/$1.sh") </dev/null >"$work/$1.log" 2>&1 &
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ ! -s "$work/$1.log" ] || break
    sleep 0.5
  done
  if kill -0 $! 2>/dev/null; then ran=$((ran + 1)); else wrong "$1" 'did not stay running'; fi
}

take_fence() {
  needs=$(cat "$work/$1.needs")
  case $needs in
    *'needs tap'*)
      reason=$(why_no_tap)
      [ -z "$reason" ] || { echo "SKIPPED: README fence $1 needs a TAP device: $reason" && return; }
      ;;
  esac
  case $needs in
    self) "$clone/fourtuple" test --help >/dev/null || wrong "$1" 'does not explain itself' ;;
    'elsewhere '*) grep -qF -- "${needs#elsewhere }" "$clone"/tests/house/CMakeLists.txt || wrong "$1" "no test ${needs#elsewhere }" ;;
    *background*) start_fence "$1" ;;
    *) run_fence "$1" ;;
  esac
}

[ -x "$program" ] || { echo 'SKIPPED: the program is not built' && exit 77; }
extract_fences
make_place
number=1
while [ -f "$work/$number.sh" ]; do
  take_fence $number
  number=$((number + 1))
done
echo "$ran README fences ran"
[ "$failures" = 0 ]
