# Reads CTest's LastTest.log and prints every skipped test under the reason it gave:
# the message of GTEST_SKIP(), or a script's line "SKIPPED: reason".

/^[0-9]+\/[0-9]+ Test: / { name = $0; sub(/^[^:]*: /, "", name); reason = ""; skipped = 0; taking = 0 }
/^<end of output>/       { if (skipped) remember(); skipped = 0; taking = 0 }
/^SKIPPED: /             { skipped = 1; reason = substr($0, 10) }
/^\[  SKIPPED \]/        { skipped = 1 }
/^\[/                     { taking = 0 }
taking                   { if ($0 != "") reason = reason == "" ? $0 : reason " " $0 }
/: Skipped$/             { taking = (reason == "") }

function remember() {
  if (reason == "") reason = "no reason given"
  if (!(reason in tests)) order[++reasons] = reason
  tests[reason] = tests[reason] "\n    " name
  count[reason]++
  total++
}

END {
  if (total == 0) { print "\nNothing was skipped.\n"; exit }
  printf "\nSkipped, and why:\n"
  for (i = 1; i <= reasons; i++) printf "  %s (%d)%s\n", order[i], count[order[i]], tests[order[i]]
  print ""
}
