#!/bin/sh
# docs/sockets.md has a row for every statement S1 to S98; each names tests that exist, or says why it waits.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
page=$root/docs/sockets.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

complain() {
  echo "docs/sockets.md: $1" >&2
  failed=1
}

# Every test of the sources as "Suite.Name"; the oracle's cases have their prefix.
find "$root/tests" -name '*.cpp' -exec cat {} + | tr '\n' ' ' |
  grep -oE '\b(TEST|TEST_F|TEST_P|ORACLE)\([A-Za-z0-9]+, *[A-Za-z0-9]+\)' |
  sed -E 's/^ORACLE\(/TEST(Oracle/; s/^[A-Z_]+\(([A-Za-z0-9]+), *([A-Za-z0-9]+)\)/\1.\2/' | sort -u >"$scratch/tests"

number=1
while [ "$number" -le 98 ]; do
  row=$(grep -E "^\| S$number \|" "$page") || complain "there is no row S$number"
  case $row in
    *'| later: '*)
      case $number in 15 | 23 | 90 | 91 | 92 | 93) ;; *) complain "S$number may not wait" ;; esac ;;
    *'`'* | *'](conformance.md)'*) ;;
    *) complain "S$number names no test" ;;
  esac
  number=$((number + 1))
done

for name in $(grep -oE '`[A-Z][A-Za-z0-9]+\.[A-Z][A-Za-z0-9]+`' "$page" | tr -d '`' | sort -u); do
  grep -qxF "$name" "$scratch/tests" || complain "there is no test $name"
done
exit "$failed"
