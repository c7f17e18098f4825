# Reads sources and packet scripts; writes a line for each clause that a tag names, with tabs between
#   kind   code, test (a GoogleTest TEST), script (a .pkt), or loose (a test folder's comment outside of any test)
#   RFC, clause, file, line
#   owner  the function or class, the test's name, or nothing
# A tag is [RFC9293 MUST-12], [RFC9293 MUST-12, SHLD-3] or [RFC9293 3.5.2, RFC6191 2]. It may go on in the next line.

FNR == 1 { start_file() }
held != "" { $0 = joined(held, $0); held = "" }
goes_on($0) { held = $0; next }
{
  place()
  comment = comment_of($0)
  if (index(comment, "[RFC")) read_tags(comment)
  leave()
}
END { settle("") }

function start_file() {
  settle("")
  owner = held = ""
  is_script = FILENAME ~ /\.pkt$/
  is_test = FILENAME ~ /^tests\// && !is_script
}

# A tag whose bracket is not closed in this line's comment.
function goes_on(line) { return comment_of(line) ~ /\[RFC[0-9]+[^\]]*$/ }

function joined(first, second) {
  sub(/^[ \t]*(\/\/|#)/, "", second)
  return first second
}

function comment_of(line,   at) {
  if (is_script) return line
  at = index(line, "//")
  return at ? substr(line, at) : ""
}

# Where this line belongs. Comments at the left margin belong to what follows them without an empty line between.
function place(   is_comment) {
  if (is_script || $0 ~ /^[ \t}]/) return
  is_comment = $0 ~ /^\/\//
  if ($0 ~ /^$/) return settle("")
  if (is_comment || $0 ~ /^(template|\[\[nodiscard)/) return
  if (is_test) enter(name_of_test($0))
  else enter(name_of_code($0))
}

function enter(name) {
  settle(name)
  owner = name
}

function leave() {
  if (is_script) return
  if ($0 ~ /^}/ || (owner != "" && is_one_line($0))) owner = ""
}

function is_one_line(line) { return line ~ /^[^ \t\/]/ && line ~ /[;}][ \t]*(\/\/.*)?$/ }

# TEST(Suite, Name), TEST_F, TEST_P, TYPED_TEST: "Suite.Name".
function name_of_test(line,   words) {
  if (line !~ /^(TYPED_)?TEST(_F|_P)?\(/) return ""
  if (line !~ /\)/ && (getline following) > 0) line = line following
  sub(/^[A-Z_]*\([ \t]*/, "", line)
  sub(/\).*/, "", line)
  split(line, words, /[ \t]*,[ \t]*/)
  return words[1] "." words[2]
}

# A function's name as it is defined, or that of a class or enumeration.
function name_of_code(line,   words) {
  sub(/\/\/.*/, "", line)
  if (line ~ /^(class|struct|enum|namespace)/) {
    if (line ~ /^namespace/) return ""
    sub(/^enum class|^enum|^class|^struct/, "", line)
    split(line, words, /[ \t:;{]+/)
    return words[2]
  }
  if (line ~ /^(using|#|constexpr [^(]*=|const [^(]*=|static_assert)/) return ""
  if (!match(line, /[A-Za-z_][A-Za-z_0-9:~]*\(/)) return ""
  return substr(line, RSTART, RLENGTH - 1)
}

function read_tags(text,   tag) {
  while (match(text, /\[RFC[0-9]+[^\]]*\]/)) {
    tag = substr(text, RSTART + 1, RLENGTH - 2)
    text = substr(text, RSTART + RLENGTH)
    read_tag(tag)
  }
}

function read_tag(tag,   parts, count, i, rfc, clause) {
  count = split(tag, parts, /[ \t]*,[ \t]*/)
  for (i = 1; i <= count; ++i) {
    clause = parts[i]
    if (match(clause, /^RFC ?[0-9]+/)) {
      rfc = substr(clause, RSTART, RLENGTH)
      sub(/^RFC ?/, "", rfc)
      clause = substr(clause, RSTART + RLENGTH)
    }
    gsub(/^[ \t]+|[ \t]+$/, "", clause)
    put(rfc, clause)
  }
}

function put(rfc, clause) {
  if (is_script) return print_tag("script", rfc, clause, FNR, FILENAME)
  if (owner != "" || $0 !~ /^\/\//) return print_tag(kind_of(owner), rfc, clause, FNR, owner)
  ++waiting_count
  waiting_rfc[waiting_count] = rfc
  waiting_clause[waiting_count] = clause
  waiting_line[waiting_count] = FNR
  waiting_file = FILENAME
  waiting_is_test = is_test
}

function kind_of(name) { return !is_test ? "code" : name == "" ? "loose" : "test" }

# Tags of a comment block find their owner.
function settle(name,   i, was_test) {
  was_test = is_test
  is_test = waiting_is_test
  for (i = 1; i <= waiting_count; ++i) print_tag(kind_of(name), waiting_rfc[i], waiting_clause[i], waiting_line[i], name, waiting_file)
  waiting_count = 0
  is_test = was_test
}

function print_tag(kind, rfc, clause, line, name, file) {
  printf "%s\t%s\t%s\t%s\t%d\t%s\n", kind, rfc, clause, file == "" ? FILENAME : file, line, name
}
