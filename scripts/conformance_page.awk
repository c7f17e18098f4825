# Joins requirement tables, tags (kind=tags) and test results (kind=results) into the conformance page.
# -v page=FILE is written; complaints go to the error stream and make the exit code 1. -v with_results=yes: tests named in
# the tables' tags must have been run.
BEGIN {
  FS = "\t"
  tests_shown = 8
  complaints = 0
}
FNR == 1 { if (FILENAME ~ /\.tsv$/) start_table() }
kind == "results" { take_result($0); next }
kind == "tags" { take_tag(); next }
/^# also:/ { take_sections(); next }
/^#/ || $1 == "id" { next }
{ take_requirement() }
END {
  check_requirements()
  write_page()
  exit complaints > 0
}

# --- Tables.

function start_table(   title) {
  rfc = FILENAME
  gsub(/.*rfc|\.tsv$/, "", rfc)
  title = $0
  sub(/^# */, "", title)
  tables[++table_count] = rfc
  title_of[rfc] = title
}

# Sections without a requirement of their own that may be cited all the same.
function take_sections(   names, count, i) {
  count = split($0, names, " ")
  for (i = 3; i <= count; ++i) note_section(rfc, names[i])
}

function take_requirement(   row) {
  if (NF != 6) return complain(FILENAME ":" FNR ": six columns are expected, separated by tabs, not " NF)
  row = rfc SUBSEP $1
  if (row in level) return complain(FILENAME ":" FNR ": " $1 " stands here twice")
  rows[rfc] = rows[rfc] row "\n"
  level[row] = $2
  section[row] = $3
  note_section(rfc, $3)
  text[row] = $4
  status[row] = $5
  note[row] = $6
  where[row] = FILENAME ":" FNR
  if ($5 !~ /^(done|reasoned|not-applicable|later)$/) complain(where[row] ": unknown status '" $5 "'")
  if ($5 != "done" && $6 == "") complain(where[row] ": " $5 " needs a reason in the last column")
  parent = $1
  if (sub(/\([a-z]\)$/, "", parent)) parts_of[rfc, parent] = parts_of[rfc, parent] row "\n"
}

# --- Tags. What follows a clause that the table does not know narrows it ("3.2 step 2", "4.1.1"), and is dropped here.

function take_tag(   row, names, count, i) {
  if (!($2 in title_of)) return complain($4 ":" $5 ": no table docs/requirements/rfc" $2 ".tsv for tag [RFC" $2 " " $3 "]")
  if ($3 == "") return
  row = known_row($2 SUBSEP $3)
  if (row in level) return note_tag(row)
  count = split(parts_of[row], names, "\n")
  for (i = 1; i < count; ++i) note_tag(names[i])
  if (row == "" && !is_section($2, $3)) complain($4 ":" $5 ": unknown tag [RFC" $2 " " $3 "]")
}

function known_row(row) {
  while (!(row in level) && !(row in parts_of)) {
    if (!sub(/[ .,:][^ .,:]*$/, "", row)) return ""
  }
  return row
}

# A section that has rows under other names, or sections with rows, points a reader to the text; it is no requirement.
function is_section(rfc, clause) {
  sub(/[ ,:].*/, "", clause)
  return (rfc, clause) in sections
}

function note_section(rfc, section) {
  do sections[rfc, section]
  while (sub(/\.[^.]*$/, "", section))
}

function note_tag(row) {
  if ($1 == "code") add_code(row, $4, $6)
  else if ($1 == "test") add_test(row, $6, $4)
  else if ($1 == "script") add_test(row, $4, $4)
}

# Headers declare more often than they carry, and programs repeat: they are named where nothing else is.
function add_code(row, file, owner,   short, link) {
  if ((row, file, owner) in seen) return
  seen[row, file, owner]
  short = file
  sub(/.*\//, "", short)
  link = "[" short "](../" file ")" (owner == "" ? "" : " `" owner "`")
  if (file ~ /\.h(pp)?$|^apps\//) headers[row] = headers[row] (headers[row] == "" ? "" : ", ") link
  else sources[row] = sources[row] (sources[row] == "" ? "" : ", ") link
  code[row] = sources[row] != "" ? sources[row] : headers[row]
}

function add_test(row, name, file) {
  if ((row, name) in seen) return
  seen[row, name]
  if (name ~ /\.pkt$/) scripts[row] = scripts[row] name "\n"
  else programs[row] = programs[row] name "\n"
  tests[row] = programs[row] scripts[row]
  file_of[name] = file
}

# --- Results: CTest's JUnit file, or lines "passed NAME", "failed NAME", "skipped NAME".

function take_result(line,   name, state) {
  if (match(line, /<testcase name="[^"]*"/)) {
    name = substr(line, RSTART + 16, RLENGTH - 17)
    match(line, /status="[^"]*"/)
    state = substr(line, RSTART + 8, RLENGTH - 9)
    note_result(name, state == "run" ? "passed" : state == "fail" ? "failed" : "skipped")
  } else if (match(line, /^(passed|failed|skipped) /)) {
    note_result(substr(line, RLENGTH + 1), substr(line, 1, RLENGTH - 1))
  }
}

# "asan.Suite.Name" and "Values/Suite.Name/3" are Suite.Name.
# A packet script is known by its path, or by the tests that run all of them ("PacketScripts.", "conformance.scripts").
function note_result(name, state,   parts, count, i) {
  sub(/^[at]san\./, "", name)
  if (name ~ /^(PacketScripts\.|conformance\.scripts)/) return combine("all scripts", state)
  if (name ~ /\.pkt$/) return combine(name, state)
  count = split(name, parts, "/")
  for (i = 1; i <= count; ++i) {
    if (parts[i] ~ /\./) return combine(parts[i], state)
  }
}

# One failure among the builds and the values of a test is a failure.
function combine(name, state) {
  if (result[name] != "failed" && (result[name] != "passed" || state == "failed")) result[name] = state
}

function result_of(name,   short) {
  if (name in result) return result[name]
  short = name
  sub(/.*\//, "", short)
  if (short in result) return result[short]
  if (name ~ /\.pkt$/ && "all scripts" in result) return result["all scripts"]
  return "missing"
}

# --- Checks.

function complain(what) {
  print "conformance: " what >"/dev/stderr"
  ++complaints
}

function check_requirements(   row) {
  for (row in level) {
    if (status[row] != "done") continue
    if (!(row in tests)) complain(where[row] ": " name_of(row) " is called done, but no test carries its tag")
    if (!(row in code)) complain(where[row] ": " name_of(row) " is called done, but no code carries its tag")
    if (with_results != "" && !is_proven(row)) complain(where[row] ": " name_of(row) ": " failure[row])
  }
}

function name_of(row,   words) {
  split(row, words, SUBSEP)
  return "RFC " words[1] " " words[2]
}

# A test that this machine skipped proves nothing and breaks nothing; one that failed or is not there does.
function is_proven(row,   names, count, i, state) {
  count = split(tests[row], names, "\n")
  for (i = 1; i < count; ++i) {
    state = result_of(names[i])
    if (state == "failed" || state == "missing") failure[row] = "test " names[i] (state == "failed" ? " failed" : " was not run")
  }
  return !(row in failure)
}

# --- The page.

function write_page(   i) {
  print "# Conformance\n" >page
  print "Written by `scripts/conformance` from [the requirement tables](requirements/README.md) and the tags in code and tests;" >page
  print "do not edit. *Code* names the file and the function or type that carries the rule; *tests* names GoogleTest tests and" >page
  print "packet scripts that fail without it. A requirement is *done* when both exist; where it is not, the reason stands with it.\n" >page
  write_summary()
  for (i = 1; i <= table_count; ++i) write_table(tables[i])
  close(page)
}

function count_rows(rfc, wanted_level, wanted_status,   names, count, i, found) {
  count = split(rows[rfc], names, "\n")
  for (i = 1; i < count; ++i) {
    if (level[names[i]] ~ wanted_level && status[names[i]] ~ wanted_status) ++found
  }
  return found + 0
}

function write_summary(   i) {
  print "| RFC | rows | done | reasoned | not applicable | later |\n|---|---:|---:|---:|---:|---:|" >page
  write_counts("9293, MUST and MUST NOT", "9293", "^MUST")
  write_counts("9293, SHOULD and SHOULD NOT", "9293", "^SHOULD")
  write_counts("9293, MAY", "9293", "^MAY")
  for (i = 1; i <= table_count; ++i) write_counts(title_of[tables[i]], tables[i], ".")
}

function write_counts(title, rfc, wanted) {
  printf "| %s | %d | %d | %d | %d | %d |\n", title, count_rows(rfc, wanted, "."), count_rows(rfc, wanted, "^done"),
    count_rows(rfc, wanted, "^reasoned"), count_rows(rfc, wanted, "^not-applicable"), count_rows(rfc, wanted, "^later") >page
}

function write_table(rfc,   names, count, i) {
  printf "\n## %s\n\n| id | level | section | requirement | code | tests | status |\n|---|---|---|---|---|---|---|\n", title_of[rfc] >page
  count = split(rows[rfc], names, "\n")
  for (i = 1; i < count; ++i) write_row(names[i])
}

function write_row(row,   words, remark) {
  split(row, words, SUBSEP)
  remark = note[row] == "" ? "" : ": " note[row]
  printf "| %s | %s | %s | %s | %s | %s | %s |\n", words[2], level[row], section[row] == words[2] ? "" : section[row], text[row],
    code[row], tests_of(row), shown_status(row) remark >page
}

function shown_status(row) {
  if (row in failure) return "**failing**"
  return status[row] == "not-applicable" ? "not applicable" : status[row]
}

function tests_of(row,   names, count, i, cell) {
  count = split(tests[row], names, "\n")
  for (i = 1; i < count && i <= tests_shown; ++i) cell = cell (i == 1 ? "" : ", ") link_to(names[i])
  return count - 1 > tests_shown ? cell " and " count - 1 - tests_shown " more" : cell
}

function link_to(name,   short) {
  if (name !~ /\.pkt$/) return "[" name "](../" file_of[name] ")"
  short = name
  sub(/^tests\/conformance\//, "", short)
  return "[" short "](../" name ")"
}
