#!/bin/sh
# The launcher against machines that do not exist: PATH holds the basic tools, fakes of apt, dpkg, sudo, id and cmake
# that remember how they were called, and nothing else. Usage: launcher_test.sh CLONE
set -u
clone=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
real_path=$PATH
failures=0

fake() {  # NAME: the rest comes on standard input
  { echo '#!/bin/sh' && cat; } >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# A machine with git and apt only: no compiler, no CMake, no libraries. WHERE is a folder with a space in its name.
new_machine() {  # USER-ID
  rm -rf "$work"
  mkdir -p "$work/bin" "$work/state" "$work/a clone/stack"
  cp -r "$clone/fourtuple" "$clone/scripts" "$work/a clone/"
  touch "$work/a clone/CMakeLists.txt"
  for tool in sh dash bash env cat sed awk mawk gawk grep find head tail tr mkdir rm mv cp chmod chown touch dirname nproc flock tee sleep ln readlink stat; do
    path=$(PATH=$real_path command -v "$tool") && case $path in /*) ln -sf "$path" "$work/bin/$tool" ;; esac
  done
  cd "$work/state" && : >installed && : >calls && : >known
  echo 'libfmt-dev libboost1.81-dev' >after-update
  fake id <<END
echo $1
END
  fake true </dev/null
  fake dpkg-query <<'END'
echo "dpkg-query" >>"$STATE/calls"
for name in $(cat "$STATE/installed"); do echo "$name installed"; done
END
  fake apt-cache <<'END'
grep -qw -- "$2" "$STATE/known"
END
  fake apt-get <<'END'
echo "apt-get $*" >>"$STATE/calls"
[ ! -f "$STATE/apt-broken" ] || { echo 'E: Unable to fetch some archives'; exit 100; }
case $1 in
  update) cat "$STATE/after-update" >>"$STATE/known" ;;
  install)
    grep -q . "$STATE/known" || exit 100
    echo "$*" >>"$STATE/installed"
    case " $* " in *" cmake "*) cp "$STATE/cmake" "$STATE/../bin/cmake" ;; esac
    case " $* " in *" g++ "*) ln -sf ../state/nothing "$STATE/../bin/g++" && ln -sf ../state/nothing "$STATE/../bin/ninja" ;; esac
    case " $* " in *" curl "*) for tool in ip ping curl; do ln -sf ../state/nothing "$STATE/../bin/$tool"; done ;; esac
    ;;
esac
END
  printf '#!/bin/sh\nexit 0\n' >nothing
  cat >cmake <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo 'cmake version 3.25.1'; exit; }
echo "cmake $*" >>"$STATE/calls"
[ "$1" = --build ] || exit 0
[ ! -f "$STATE/build-broken" ] || { echo "$PWD/stack/tcp.cpp:7: error: planted"; exit 1; }
mkdir -p "$2/apps"
printf '#!/bin/sh\necho "program: $*"\nexit 5\n' >"$2/apps/fourtuple"
chmod +x "$2/apps/fourtuple"
END
  chmod +x cmake nothing
}

give_sudo() {  # PASSWORDLESS: yes or no
  fake sudo <<END
echo "sudo \$*" >>"\$STATE/calls"
[ $1 = yes ] || { [ "\$1" = -n ] && exit 1; }
[ "\$1" != -n ] || shift
exec "\$@"
END
}

launch() {
  out=$(cd / && STATE=$work/state PATH=$work/bin CI=true sh "$work/a clone/fourtuple" "$@" </dev/null 2>&1)
  code=$?
}

calls() { cat "$work/state/calls"; }

begin() { current=$1; }
wrong() { printf '%s: %s\n--- output (exit %s)\n%s\n--- calls\n%s\n' "$current" "$1" "$code" "$out" "$(calls)"; failures=$((failures + 1)); }
expect_code() { [ "$code" = "$1" ] || wrong "exit code should be $1"; }
expect_says() { case $out in *"$1"*) ;; *) wrong "should say '$1'" ;; esac; }
expect_silent_on() { case $out in *"$1"*) wrong "should not say '$1'" ;; esac; }
expect_called() { calls | grep -qF -- "$1" || wrong "should have called '$1'"; }
expect_not_called() { ! calls | grep -qF -- "$1" || wrong "should not have called '$1'"; }

begin 'Help needs nothing'
new_machine 0
launch --help
expect_code 0
expect_says './fourtuple demo'
expect_says './fourtuple test'
expect_not_called apt-get

begin 'Root on a fresh machine: installs, builds, runs'
launch echo --port 7
expect_code 5
expect_says 'program: echo --port 7'
expect_called 'apt-get update'
expect_called 'install -y --no-install-recommends g++ cmake ninja-build libpcap-dev zlib1g-dev libfmt-dev libcli11-dev libexpected-dev libboost1.81-dev'
expect_called 'cmake --preset release -G Ninja -DFOURTUPLE_TESTS=OFF'
expect_silent_on "$work"

begin 'A second start goes straight to the program'
: >"$work/state/calls"
launch netstat -tan
expect_code 5
expect_says 'program: netstat -tan'
expect_not_called cmake
expect_not_called dpkg-query

begin 'Once built, the program answers for help itself'
launch --help
expect_says 'program: --help'

begin 'A changed source is built before the program runs'
touch -d '2100-01-01' "$work/a clone/stack/changed.cpp" 2>/dev/null || touch "$work/a clone/stack/changed.cpp"
launch ss
expect_called 'cmake --build build/release'
expect_says 'program: ss'

begin 'A build that fails shows the end of its log, without paths of this machine'
touch "$work/state/build-broken"
launch ss
expect_code 1
expect_says 'stack/tcp.cpp:7: error: planted'
expect_says 'build/release.log'
expect_silent_on "$work"

begin 'A clone that was copied with its build is configured anew'
rm -f "$work/state/build-broken"
mkdir -p "$work/a clone/build/release"
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere' >"$work/a clone/build/release/CMakeCache.txt"
touch "$work/a clone/build/release/old"
launch ss
expect_code 5
[ ! -e "$work/a clone/build/release/old" ] || wrong 'should have emptied the build folder'

begin 'A name elsewhere for the launcher finds the clone'
ln -s "$work/a clone/fourtuple" "$work/bin/ft"
out=$(cd / && STATE=$work/state PATH=$work/bin ft ping 2>&1)
code=$?
expect_says 'program: ping'

begin 'The demo also gets its small tools'
new_machine 0
launch demo
expect_code 5
expect_called 'install -y --no-install-recommends iproute2 iputils-ping curl'

begin 'Ubuntu 24.04 has another Boost'
new_machine 0
echo 'libfmt-dev libboost1.83-dev' >"$work/state/after-update"
launch ss
expect_code 5
expect_called 'libboost1.83-dev'

begin 'An ordinary user without sudo gets the line to run and 77'
new_machine 1000
launch demo
expect_code 77
expect_says 'apt-get update && apt-get install -y --no-install-recommends g++ cmake ninja-build libpcap-dev zlib1g-dev'
expect_silent_on 'sudo apt-get'
expect_not_called apt-get

begin 'An ordinary user with sudo that asks nothing'
new_machine 1000
give_sudo yes
launch demo
expect_code 5
expect_called 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install'

begin 'Sudo that wants a password is not asked without a terminal'
new_machine 1000
give_sudo no
launch demo
expect_code 77
expect_says 'sudo apt-get update && sudo apt-get install -y --no-install-recommends g++'
expect_not_called apt-get

begin 'An apt that fails is quoted'
new_machine 0
touch "$work/state/apt-broken"
launch demo
expect_code 77
expect_says 'E: Unable to fetch some archives'
expect_says 'apt-get update && apt-get install -y'

begin 'Installing can be forbidden'
new_machine 0
export FOURTUPLE_NO_INSTALL=1
launch demo
unset FOURTUPLE_NO_INSTALL
expect_code 77
expect_not_called apt-get

begin 'The tests get GoogleTest too'
new_machine 1000
launch test
expect_code 77
expect_says 'libgtest-dev libgmock-dev'

[ "$failures" = 0 ] || exit 1
echo 'the launcher finds, installs, builds and runs'
