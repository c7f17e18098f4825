# shellcheck shell=sh disable=SC2154  # sourced; root is the clone
# What the launcher says, and how: one calm line a step, on standard error, without paths of this machine.

say() { printf 'fourtuple: %s\n' "$*" >&2; }

# fail CODE CAUSE [CURE]: one line with the cure, then the end.
fail() {
  if [ $# -gt 2 ]; then say "$2: $3"; else say "$2"; fi
  exit "$1"
}

# The end of a log that explains a failure: without the steps that went well, and with paths from the clone.
show_log_tail() {  # LOG [LINES]
  grep -v '^\[[0-9]*/[0-9]*\] [A-Z]' "$1" | tail -n "${2:-40}" | sed "s|$root/||g; s|$root|.|g" >&2
}

# A file name as the user would write it from the clone.
relative() { printf '%s' "${1#"$root"/}"; }
