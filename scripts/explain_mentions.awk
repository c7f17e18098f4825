# Beside conformance_tags.awk: where states, timers, causes, drop reasons and the judge's rules stand in the code, and in
# which tests. Writes lines of the same form, with tabs between
#   kind     defined, code, or test
#   subject  Cause::kTailLossProbe, TcpState::kTimeWait, rule:ack-goes-back ...
#   file, line, owner

{ note_mentions() }

function note_mentions() {
  if (FILENAME ~ /^stack\/(base\/reasons\.hpp|trace\/(tcp_state|events)\.hpp)$/) return note_enumerator()
  if (FILENAME ~ /^stack\/(trace|observe)\// || FILENAME ~ /^apps\//) return
  if (FILENAME ~ /^stack\/judge\/rules\//) note_rule()
  if (FILENAME ~ /^tests\/unit\/(base|observe)\//) return  # how things are spelled, not what they do
  if (FILENAME !~ /\.(cpp|hpp)$/ || (FILENAME ~ /^tests\// && owner == "")) return
  note_qualified()
  if (FILENAME ~ /^tests\//) note_quoted()
}

function put_mention(kind, subject) { printf "mention\t%s\t%s\t%s\t%d\t%s\n", kind, subject, FILENAME, FNR, kind == "defined" ? "" : owner }

# `X(kPaced, "paced", ...)` and the enumerators of states and timers.
function note_enumerator(   words) {
  if (match($0, /^enum class [A-Za-z]+/)) enumeration = substr($0, 12, RLENGTH - 11)
  if ($0 ~ /^#define FOURTUPLE_DROP_REASONS/) enumeration = "DropReason"
  if ($0 ~ /^#define FOURTUPLE_CAUSES/) enumeration = "Cause"
  if (match($0, /^  X\(k[A-Za-z0-9]+, "[^"]*"/)) {
    split(substr($0, RSTART + 4, RLENGTH - 4), words, /[,"]+ */)
    subject_of[words[2]] = enumeration "::" words[1]
    put_mention("defined", enumeration "::" words[1])
  } else if (enumeration ~ /^(TcpState|Timer)$/ && match($0, /^  k[A-Za-z0-9]+,/)) {
    put_mention("defined", enumeration "::" substr($0, 3, RLENGTH - 3))
  }
}

function note_rule(   name) {
  if (!match($0, /\.name = "[^"]+"/)) return
  name = substr($0, RSTART + 9, RLENGTH - 10)
  subject_of[name] = "rule:" name
  put_mention("defined", "rule:" name)
}

function note_qualified(   rest, subject) {
  rest = $0
  sub(/[ \t]*\/\/.*/, "", rest)
  while (match(rest, /(DropReason|Cause|TcpState|Timer)::k[A-Za-z0-9]+/)) {
    subject = substr(rest, RSTART, RLENGTH)
    # A state is entered in few places and asked for in many.
    if (subject !~ /^TcpState/ || FILENAME ~ /^tests\// || rest ~ /set_state\(/) put_mention(FILENAME ~ /^tests\// ? "test" : "code", subject)
    rest = substr(rest, RSTART + RLENGTH)
  }
}

# The printed names in tests. Those of one word are ordinary English and prove nothing.
function note_quoted(   rest, name) {
  rest = $0
  while (match(rest, /"[a-z0-9]+-[a-z0-9-]*"/)) {
    name = substr(rest, RSTART + 1, RLENGTH - 2)
    if (name in subject_of) put_mention("test", subject_of[name])
    rest = substr(rest, RSTART + RLENGTH)
  }
}
