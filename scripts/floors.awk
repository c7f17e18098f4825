# The floors as a table, and the check of every include edge against it. Input: a list of file names.

function set_floors() {
  floor["base"] = 0
  floor["wire"] = 1; floor["trace"] = 1
  floor["link"] = 2; floor["ip"] = 2; floor["udp"] = 2; floor["tcp"] = 2
  floor["drivers"] = 2; floor["tap"] = 2; floor["raw"] = 2; floor["pcap"] = 2
  floor["memory"] = 2; floor["impair"] = 2; floor["tee"] = 2
  floor["core"] = 3
  floor["runtime"] = 4; floor["observe"] = 4; floor["judge"] = 4
  floor["socket"] = 5; floor["public"] = 5
  floor["apps"] = 6

  # The few edges that stay on their floor, each in one direction unless both are named.
  sideways["trace", "wire"]
  sideways["tap", "drivers"]; sideways["raw", "drivers"]; sideways["pcap", "drivers"]
  sideways["memory", "drivers"]; sideways["impair", "drivers"]; sideways["tee", "drivers"]
  sideways["tee", "pcap"]
  sideways["socket", "public"]; sideways["public", "socket"]
}

# The part a path belongs to: the folder under stack/ or drivers/, else apps or the public headers.
function part_of(path,   step) {
  split(path, step, "/")
  if (step[1] == "apps") return "apps"
  if (step[1] == "include") return "public"
  if (step[1] == "drivers") return step[3] == "" ? "drivers" : step[2]
  if (step[1] == "stack" && step[3] != "") return step[2]
  return ""
}

function folder_of(part) {
  if (part == "apps") return "apps"
  if (part == "public") return "include/fourtuple"
  if (part == "drivers") return "drivers"
  if (part ~ /^(tap|raw|pcap|memory|impair|tee)$/) return "drivers/" part
  return "stack/" part
}

function complain(where, rule, cure) {
  printf "%s: %s; %s\n", where, rule, cure
  complaints++
}

function exists(path,   line) {
  if (!(path in known)) {
    known[path] = (getline line < path) >= 0
    close(path)
  }
  return known[path]
}

# The file an include names: from the root, from include/, or beside the including file.
function resolve(name, from,   beside) {
  if (exists(name)) return name
  if (exists("include/" name)) return "include/" name
  beside = from
  sub(/[^\/]*$/, "", beside)
  if (exists(beside name)) return beside name
  return name
}

function check_edge(where, from, to, name) {
  if (!(from in floor)) {
    complain(where, "part '" from "' stands on no floor", "give it one in scripts/floors.awk and docs/design.md")
  } else if (!(to in floor)) {
    complain(where, "\"" name "\" is in no part of a floor", "include a file of a part, by its path from the root")
  } else if (floor[to] > floor[from]) {
    complain(where, "upward edge: " folder_of(from) " (floor " floor[from] ") includes " folder_of(to) " (floor " floor[to] ")", \
      "return a value and let the floor above move it, or put the shared type on floor " floor[from] " or lower")
  } else if (floor[to] == floor[from] && to != from && !((from, to) in sideways)) {
    complain(where, "sideways edge: " folder_of(from) " includes its neighbour " folder_of(to) " on floor " floor[to], \
      "put the shared type one floor lower, or let the floor above compose both")
  }
}

function check_library(where, from, name) {
  if (name ~ /^boost\// && floor[from] < 4)
    complain(where, "Boost below floor 4 in " folder_of(from), "keep it in stack/runtime and above")
  if (name ~ /^fmt\// && floor[from] < 4)
    complain(where, "fmt below floor 4 in " folder_of(from), "emit a typed event and print it in stack/observe")
  if (name ~ /^CLI\// && floor[from] < 6)
    complain(where, "CLI11 outside the programs in " folder_of(from), "keep option parsing in apps/")
  if (name ~ /^(pcap|pcap\/.*)\.h$/ && from != "pcap")
    complain(where, "libpcap outside drivers/pcap in " folder_of(from), "go through drivers/pcap")
  if (name == "zlib.h" && from != "pcap")
    complain(where, "zlib outside drivers/pcap in " folder_of(from), "go through drivers/pcap")
}

function read_file(path,   line, number, from, name, target) {
  from = part_of(path)
  if (from == "") {
    complain(path ":1", "lies in no part of a floor", "move it into a folder of stack/ or drivers/")
    return
  }
  while ((getline line < path) > 0) {
    number++
    if (line !~ /^[ \t]*#[ \t]*include[ \t]*[<"]/) continue
    name = line
    sub(/^[^<"]*[<"]/, "", name)
    sub(/[>"].*$/, "", name)
    check_library(path ":" number, from, name)
    target = resolve(name, path)
    if (target !~ /^(stack|drivers|include|apps)\//) continue
    if (target == path) { complain(path ":" number, "includes itself", "delete the line"); continue }
    check_edge(path ":" number, from, part_of(target), name)
    edges[path] = edges[path] target "\n"
    at[path, target] = number
  }
  close(path)
}

# Depth first; a file met again while it is still open closes a cycle.
function visit(path, trail,   targets, count, i) {
  colour[path] = "open"
  count = split(edges[path], targets, "\n")
  for (i = 1; i < count; i++) {
    if (colour[targets[i]] == "open")
      complain(path ":" at[path, targets[i]], "cycle: " cycle_text(trail, targets[i]), \
        "move what both need into a file of its own, or declare it forward")
    else if (colour[targets[i]] == "")
      visit(targets[i], trail " -> " targets[i])
  }
  colour[path] = "done"
}

function cycle_text(trail, back) { return substr(trail, index(trail " ", back " ")) " -> " back }

BEGIN { set_floors() }
{ files[++total] = $0; known[$0] = 1 }
END {
  for (i = 1; i <= total; i++) read_file(files[i])
  for (i = 1; i <= total; i++) if (colour[files[i]] == "") visit(files[i], files[i])
  if (complaints) {
    printf "%d include%s the floors of docs/design.md\n", complaints, complaints == 1 ? " breaks" : "s break"
    exit 1
  }
  printf "%d files keep the floors\n", total
}
