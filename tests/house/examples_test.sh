#!/bin/sh
# The examples of a document print what stands there. An example is a fence that begins with "$ ./fourtuple ...", its
# output behind it, or a ```sh fence with the output in a plain fence right below; of several commands the last one's.
# Usage: examples_test.sh DOCUMENT PROGRAM
set -u
export LC_ALL=C.UTF-8
document=$1
program=$2
root=$(CDPATH='' cd -- "$(dirname -- "$document")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v out="$work" '
  function begin() { number++; printf "" >(out "/" number ".expected") }
  /^```sh$/ { kind = "commands"; commands = ""; next }
  /^```$/ && kind == "" {
    kind = "plain"; first = 1
    if (after == 1 && commands != "") { begin(); print commands >(out "/" number ".sh"); kind = "output" }
    commands = ""; next
  }
  /^```/ { after = kind == "commands" ? 0 : -1; kind = kind == "" ? "other" : ""; next }
  kind == "commands" { commands = commands $0 "\n"; next }
  kind == "plain" && first && /^\$ / { begin(); print substr($0, 3) >(out "/" number ".sh"); kind = "output"; next }
  kind == "plain" { first = 0; next }
  kind == "output" { print >(out "/" number ".expected"); next }
  kind == "" && after >= 0 { after++; if ($0 != "") { after = -1; commands = "" } }
' "$document"

mkdir -p "$work/place"
ln -s "$root/tests" "$work/place/tests"
ln -s "$program" "$work/place/fourtuple"
failures=0
ran=0
for script in "$work"/*.sh; do
  [ -e "$script" ] || break
  name=${script%.sh}
  while read -r line; do
    [ -z "$line" ] || (cd "$work/place" && eval "$line") >"$name.actual" 2>"$name.errors"
  done <"$script"
  ran=$((ran + 1))
  cmp -s "$name.expected" "$name.actual" && continue
  failures=$((failures + 1))
  printf '%s: this prints something else now:\n' "$document"
  sed 's/^/  > /' "$script"
  diff "$name.expected" "$name.actual"
  cat "$name.errors"
done
echo "$ran examples, $failures of them wrong"
[ "$ran" -gt 0 ] && [ "$failures" -eq 0 ]
