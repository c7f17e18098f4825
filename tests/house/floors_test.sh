#!/bin/sh
# The floors check must find what it is there to find: each case plants includes in a small tree and expects the
# verdict. Usage: floors_test.sh PATH-TO-check_floors
set -u
check=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

put() {  # FILE [INCLUDE...]
  file=$tree/$1
  shift
  mkdir -p "$(dirname "$file")"
  printf '// planted\n' >"$file"
  for name in "$@"; do printf '#include %s\n' "$name" >>"$file"; done
}

start_tree() {
  rm -rf "$tree"
  put stack/base/bytes.hpp '<cstdint>'
  put stack/wire/tcp.hpp '"stack/base/bytes.hpp"'
  put stack/trace/events.hpp '"stack/wire/tcp.hpp"'
  put stack/tcp/tcb.hpp '"stack/trace/events.hpp"'
  put stack/link/link.hpp '"stack/trace/events.hpp"'
  put stack/core/stack.hpp '"stack/tcp/tcb.hpp"' '"stack/link/link.hpp"' '"drivers/driver.hpp"'
  put stack/observe/ladder.hpp '"stack/core/stack.hpp"' '<fmt/format.h>'
  put stack/runtime/pump.hpp '"stack/core/stack.hpp"' '<boost/asio.hpp>'
  put stack/socket/socket.cpp '"fourtuple/socket.h"' '"stack/runtime/pump.hpp"'
  put include/fourtuple/socket.h '<sys/socket.h>'
  put include/fourtuple/tcp.hpp '"stack/runtime/pump.hpp"'
  put drivers/driver.hpp '"stack/base/bytes.hpp"'
  put drivers/tap/tap.hpp '"drivers/driver.hpp"' '"stack/trace/events.hpp"'
  put drivers/pcap/writer.cpp '"drivers/driver.hpp"' '<pcap/pcap.h>'
  put drivers/tee/tee.hpp '"drivers/driver.hpp"' '"drivers/pcap/writer.hpp"'
  put drivers/pcap/writer.hpp '"drivers/driver.hpp"'
  put apps/main.cpp '"fourtuple/tcp.hpp"' '"stack/observe/ladder.hpp"' '<CLI/CLI.hpp>'
}

report() { printf '%s: %s\n' "$1" "$2"; failures=$((failures + 1)); }

expect_pass() {  # WHAT
  out=$("$check" "$tree" 2>&1) || report "$1" "should pass, but: $out"
}

expect_complaint() {  # WHAT PHRASE...: every phrase must be in the answer
  what=$1
  shift
  if out=$("$check" "$tree" 2>&1); then report "$what" "passed, and should not: $out"; fi
  for phrase in "$@"; do
    case $out in *"$phrase"*) ;; *) report "$what" "no '$phrase' in: $out" ;; esac
  done
}

start_tree
expect_pass 'A tree that keeps the floors'

start_tree && put stack/wire/bad.hpp '"stack/core/stack.hpp"'
expect_complaint 'Upward edge' 'stack/wire/bad.hpp:2: upward edge: stack/wire (floor 1) includes stack/core (floor 3)' 'lower'

start_tree && put stack/tcp/bad.cpp '<vector>' '"stack/link/link.hpp"'
expect_complaint 'Sideways edge' 'stack/tcp/bad.cpp:3: sideways edge: stack/tcp includes its neighbour stack/link'

start_tree && put stack/runtime/bad.cpp '"stack/observe/ladder.hpp"'
expect_complaint 'Runtime and observe are neighbours' 'stack/runtime/bad.cpp:2: sideways edge'

start_tree && put stack/wire/bad.hpp '"stack/trace/events.hpp"'
expect_complaint 'Trace may see wire, not the other way round' 'stack/wire/bad.hpp:2: sideways edge'

start_tree && put drivers/tap/bad.hpp '"drivers/pcap/writer.hpp"'
expect_complaint 'Only tee may use the pcap driver' 'drivers/tap/bad.hpp:2: sideways edge'

start_tree && put drivers/driver.cpp '"drivers/tap/tap.hpp"'
expect_complaint 'The driver interface knows no driver' 'drivers/driver.cpp:2: sideways edge'

start_tree && put stack/core/bad.hpp '"fourtuple/tcp.hpp"'
expect_complaint 'Public headers stand on the socket floor' 'upward edge: stack/core (floor 3) includes include/fourtuple (floor 5)'

start_tree && put stack/tcp/a.hpp '"stack/tcp/b.hpp"' && put stack/tcp/b.hpp '"stack/tcp/c.hpp"' && put stack/tcp/c.hpp '"a.hpp"'
expect_complaint 'Cycle' 'stack/tcp/c.hpp:2: cycle: stack/tcp/a.hpp -> stack/tcp/b.hpp -> stack/tcp/c.hpp -> stack/tcp/a.hpp'

start_tree && put stack/core/bad.cpp '<boost/asio.hpp>'
expect_complaint 'Boost below floor 4' 'stack/core/bad.cpp:2: Boost below floor 4'

start_tree && put stack/tcp/bad.cpp '<fmt/core.h>'
expect_complaint 'fmt below floor 4' 'stack/tcp/bad.cpp:2: fmt below floor 4'

start_tree && put stack/observe/bad.cpp '<pcap.h>'
expect_complaint 'libpcap outside its driver' 'stack/observe/bad.cpp:2: libpcap outside drivers/pcap'

start_tree && put apps/bad.cpp '<zlib.h>'
expect_complaint 'zlib outside its driver' 'apps/bad.cpp:2: zlib outside drivers/pcap'

start_tree && put stack/secret/part.hpp '"stack/base/bytes.hpp"'
expect_complaint 'A part without a floor' "part 'secret' stands on no floor"

start_tree && put stack/stray.hpp
expect_complaint 'A file outside every part' 'stack/stray.hpp:1: lies in no part'

start_tree && put stack/base/fine.hpp && printf '  // #include "apps/main.cpp"\n' >>"$tree/stack/base/fine.hpp"
expect_pass 'An include in a comment'

[ "$failures" = 0 ] || exit 1
echo 'every planted violation was found'
