# Sourced by scripts that read tags: every file that may carry one, from the root of the clone.
list_tagged_files() {
  for folder in stack drivers include apps tests; do
    [ ! -d "$folder" ] || find "$folder" -type f \( -name '*.[ch]pp' -o -name '*.[ch]' -o -name '*.pkt' \)
  done | LC_ALL=C sort
}

# The requirement tables: RFC 9293 first, then the others by number.
list_requirement_tables() {
  find docs/requirements -name 'rfc*.tsv' | sed 's/.*rfc\([0-9]*\)\.tsv/\1 &/; s/^9293 /0 /' | sort -n | cut -d ' ' -f 2
}
