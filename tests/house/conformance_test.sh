#!/bin/sh
# The conformance check must find what it is there to find. Usage: conformance_test.sh PATH-TO-conformance
# shellcheck disable=SC2016  # backquotes of the page, not of the shell
set -u
check=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

table() {  # ROW...: columns with | between them
  printf '# RFC 1: A protocol\nid\tlevel\tsection\trequirement\tstatus\tnote\n' >"$tree/docs/requirements/rfc1.tsv"
  for row in "$@"; do printf '%s\n' "$row" | tr '|' '\t' >>"$tree/docs/requirements/rfc1.tsv"; done
}

start_tree() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/stack" "$tree/tests/unit" "$tree/tests/conformance" "$tree/docs/requirements"
  table 'MUST-1|MUST|1.1|Be there|done|' 'MAY-1|MAY|1.2|Sing|reasoned|nobody listens' '3(a)|MUST|3|Half|done|' '3(b)|MUST|3|Other half|done|'
  printf 'int Thing::be(int x) {\n  return x;  // [RFC1 MUST-1]\n}\n\n// [RFC1 3, MAY-1]\nint other() { return 1; }\n' >"$tree/stack/thing.cpp"
  printf '// About it. [RFC1 MAY-1]\n#include <x>\n\nTEST(Thing, Is) {  // [RFC1 MUST-1 step 2]\n  // [RFC1\n  // 3(a)]\n}\n' >"$tree/tests/unit/thing_test.cpp"
  printf '// The other half. [RFC1 3(b)]\n0 socket() = 3\n' >"$tree/tests/conformance/half.pkt"
  "$check" --root "$tree" || report 'The tree to start with' 'does not pass'
}

report() { printf '%s: %s\n' "$1" "$2"; failures=$((failures + 1)); }

expect_pass() {  # WHAT [ARGUMENT...]
  what=$1
  shift
  out=$("$check" --root "$tree" --check "$@" 2>&1) || report "$what" "should pass, but: $out"
}

expect_complaint() {  # WHAT PHRASE [ARGUMENT...]
  what=$1 phrase=$2
  shift 2
  if out=$("$check" --root "$tree" --check "$@" 2>&1); then report "$what" "passed, and should not"; fi
  case $out in *"$phrase"*) ;; *) report "$what" "no '$phrase' in: $out" ;; esac
}

expect_page() {  # WHAT PHRASE
  grep -q -F "$2" "$tree/docs/conformance.md" || report "$1" "no '$2' in: $(cat "$tree/docs/conformance.md")"
}

start_tree
expect_pass 'A tree that is in order'
expect_page 'Code is named by its function' '[thing.cpp](../stack/thing.cpp) `Thing::be`'
expect_page 'A tag above a function is the function'\''s' '`other`'
expect_page 'Tests are named' '[Thing.Is](../tests/unit/thing_test.cpp)'
expect_page 'Scripts are named' '[half.pkt](../tests/conformance/half.pkt)'
expect_page 'The summary counts' '| RFC 1: A protocol | 4 | 3 | 1 | 0 | 0 |'

start_tree && printf '// [RFC1 MUST-2]\n' >>"$tree/stack/thing.cpp"
expect_complaint 'A tag that no table knows' 'stack/thing.cpp:7: unknown tag [RFC1 MUST-2]'

start_tree && printf '// [RFC2 1.1]\n' >>"$tree/stack/thing.cpp"
expect_complaint 'A tag of an RFC without a table' 'no table docs/requirements/rfc2.tsv'

start_tree && rm "$tree/tests/conformance/half.pkt"
expect_complaint 'Done without a test' 'RFC 1 3(b) is called done, but no test carries its tag'

start_tree && printf 'int unrelated;\n' >"$tree/stack/thing.cpp"
expect_complaint 'Done without code' 'RFC 1 MUST-1 is called done, but no code carries its tag'

start_tree && table 'MUST-1|MUST|1.1|Be there|later|'
expect_complaint 'Later without a reason' 'later needs a reason'

start_tree && table 'MUST-1|MUST|1.1|Be there|perhaps|?'
expect_complaint 'A status that there is not' "unknown status 'perhaps'"

start_tree && printf 'int moved() { return 2; }  // [RFC1 MUST-1]\n' >>"$tree/stack/thing.cpp"
expect_complaint 'A page that is out of date' 'docs/conformance.md is out of date'

junit=$tree/junit.xml
start_tree && printf '<testcase name="Thing.Is" time="0" status="run"/>\n<testcase name="other.pkt" status="run"/>\n' >"$junit"
expect_complaint 'A script that was not run' 'test tests/conformance/half.pkt was not run' --results "$junit"
printf '<testcase name="Thing.Is" status="run"/>\n<testcase name="asan.Thing.Is" status="fail"/>\n<testcase name="PacketScripts.Pass" status="run"/>' >"$junit"
expect_complaint 'A test that failed in one of two builds' 'RFC 1 MUST-1: test Thing.Is failed' --results "$junit"
printf '<testcase name="Thing.Is" status="notrun"/>\n<testcase name="PacketScripts.Pass" status="run"/>\n' >"$junit"
expect_pass 'A test that this machine skips' --results "$junit"
printf 'passed Values/Thing.Is/0\npassed Values/Thing.Is/1\npassed PacketScripts.Pass\n' >"$junit"
expect_pass 'Results as plain lines, and tests with values' --results "$junit"

[ "$failures" = 0 ] || exit 1
echo 'every planted fault was found'
