#!/bin/sh
# The reasons of skipped tests are read out of CTest's log. Usage: skip_reasons_test.sh PATH-TO-skip_reasons.awk
set -u
got=$(awk -f "$1" <<'END'
1/4 Test: A.Passes
Output:
[ RUN      ] A.Passes
[       OK ] A.Passes (0 ms)
<end of output>
2/4 Test: A.NeedsRoot
Output:
[ RUN      ] A.NeedsRoot
/somewhere/a.cpp:12: Skipped
no namespace here:
operation not permitted

[  SKIPPED ] A.NeedsRoot (0 ms)
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] A.NeedsRoot
<end of output>
4/4 Test: B.NeedsRootToo
Output:
/somewhere/b.cpp:7: Skipped
no namespace here: operation not permitted
[ RUN      ] B.NeedsRootToo
/somewhere/b.cpp:7: Skipped

[  SKIPPED ] B.NeedsRootToo (0 ms)
<end of output>
3/4 Test: a.script
Output:
SKIPPED: no curl
<end of output>
END
)
want='
Skipped, and why:
  no namespace here: operation not permitted (2)
    A.NeedsRoot
    B.NeedsRootToo
  no curl (1)
    a.script'
[ "$got" = "$want" ] && echo 'reasons are read as they were given' && exit 0
printf 'wanted:\n%s\ngot:\n%s\n' "$want" "$got"
exit 1
