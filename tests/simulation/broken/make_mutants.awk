# make_mutants.awk -v root=SOURCES -v out=FOLDER mutants.tsv: writes a copy of each source file that a mutant changes,
# with every mutant of it behind a switch, and mutants.inc with their names. Fails where a text to be replaced does not
# stand there exactly once: then the engine has moved on, and the table must follow.

BEGIN { FS = "\t" }

/^#/ || /^$/ { next }

NF != 5 { complain("line " FNR " has " NF " columns instead of 5") }

{
  count++
  name[count] = $1; seed[count] = $2; file[count] = $3
  original[count] = unescaped($4); replacement[count] = unescaped($5)
  if (!($3 in text)) { text[$3] = contents(root "/" $3); files++ }
}

END {
  for (i = 1; i <= count; i++) text[file[i]] = mutated(text[file[i]], i)
  for (each in text) write(each)
  names = out "/mutants.inc"
  printf "" > names
  for (i = 1; i <= count; i++) printf "{\"%s\", %s},\n", name[i], seed[i] > names
  exit failed
}

function complain(why) { print "mutants: " why > "/dev/stderr"; failed = 1 }

function unescaped(field) { gsub(/\\n/, "\n", field); return field }

function contents(path,   line, whole) {
  while ((getline line < path) > 0) whole = whole line "\n"
  close(path)
  if (whole == "") complain(path " is not there")
  return whole
}

function mutated(whole, i,   at, rest, mark) {
  at = index(whole, original[i])
  rest = at == 0 ? "" : substr(whole, at + length(original[i]))
  if (at == 0) { complain(name[i] ": its text is no longer in " file[i]); return whole }
  if (index(rest, original[i]) != 0) { complain(name[i] ": its text stands more than once in " file[i]); return whole }
  mark = replacement[i]
  gsub(/BROKEN/, "fourtuple_has_mutant(" i ")", mark)
  return substr(whole, 1, at - 1) mark rest
}

function write(path,   to, folder) {
  to = out "/" path
  folder = to
  sub(/\/[^\/]*$/, "", folder)
  system("mkdir -p '" folder "'")
  printf "extern int fourtuple_mutant;\ninline bool fourtuple_has_mutant(int number) { return fourtuple_mutant == number; }\n" > to
  printf "#line 1 \"%s\"\n%s", path, text[path] > to
  close(to)
}
