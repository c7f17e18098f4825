# shellcheck shell=sh disable=SC2154  # sourced; root is the clone
# Tools and libraries: what is missing, and apt for it. Debian 12, Ubuntu 24.04 and their kin; elsewhere only the
# tools are looked for, and CMake names a library it cannot find.

has() { command -v "$1" >/dev/null 2>&1; }

read_installed() {
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null)
}

package_installed() {
  printf '%s\n' "$installed" | grep -qxF "$1 installed"
}

# Debian's default Boost (1.74) is too old for C++20 here; newer ones carry the version in the package's name.
boost_versions='1.81 1.83 1.82 1.84 1.85 1.86 1.87 1.88 1.89 1.90'

boost_installed() {
  for version in $boost_versions; do
    ! package_installed "libboost$version-dev" || return 0
  done
  return 1
}

boost_candidate() {
  for version in $boost_versions; do
    if apt-cache show "libboost$version-dev" >/dev/null 2>&1; then
      echo "libboost$version-dev"
      return
    fi
  done
  if grep -qs '^ID=ubuntu' /etc/os-release; then echo libboost1.83-dev; else echo libboost1.81-dev; fi
}

missing_libraries() {
  has dpkg-query || return 0
  read_installed
  for package in "$@"; do
    package_installed "$package" || echo "$package"
  done
  boost_installed || boost_candidate
}

missing_tools() {
  has "${CXX:-c++}" || has g++ || has clang++ || echo g++
  has cmake || echo cmake
  has ninja || has make || echo ninja-build
}

# Small tools that make the demo and the interop tests richer, as command:package.
missing_wishes() {
  for wish in ip:iproute2 ping:iputils-ping curl:curl; do
    has "${wish%%:*}" || echo "${wish#*:}"
  done
}

missing_packages() {  # KIND: build, or test (which adds to it)
  missing_tools
  case "$1" in
    build) missing_libraries libpcap-dev zlib1g-dev libfmt-dev libcli11-dev libexpected-dev ;;
    test) missing_libraries libpcap-dev zlib1g-dev libfmt-dev libcli11-dev libexpected-dev libgtest-dev libgmock-dev ;;
  esac
}

# The command that gives us root's rights for apt: nothing (we are root), sudo, or failure.
find_rights() {
  rights=''
  [ -z "${FOURTUPLE_NO_INSTALL:-}" ] && has apt-get || return 1
  [ "$(id -u)" != 0 ] || return 0
  has sudo || return 1
  if sudo -n true 2>/dev/null; then
    rights='sudo -n'
  elif [ -t 0 ] && [ -t 2 ] && [ -z "${CI:-}" ]; then
    rights='sudo'
  else
    return 1
  fi
}

install_line() {
  prefix=''
  if [ "$(id -u)" != 0 ] && has sudo; then prefix='sudo '; fi
  echo "${prefix}apt-get update && ${prefix}apt-get install -y --no-install-recommends $*"
}

apt_install() {  # never asks; a stale list gets one refresh
  set -- env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
  $rights "$@" </dev/null >>"$log" 2>&1 && return 0
  $rights apt-get update </dev/null >>"$log" 2>&1 || return 1
  $rights "$@" </dev/null >>"$log" 2>&1
}

# Without lists apt knows no package; with them it also tells which Boost there is.
refresh_lists() {
  apt-cache show libfmt-dev >/dev/null 2>&1 || $rights apt-get update </dev/null >>"$log" 2>&1 || true
}

one_line() { tr '\n' ' ' | sed 's/ $//'; }

# ensure_packages KIND: returns with everything there, or ends the run with 77 and the line to run.
ensure_packages() {
  missing=$(missing_packages "$1" | one_line)
  [ -n "$missing" ] || return 0
  if ! find_rights; then
    say "missing here: $missing"
    has apt-get || fail 77 "this machine has no apt" "install what these Debian packages hold, then start again"
    say 'installing them is left to you: run this line once (as root, or where sudo can ask), then start again:'
    install_line "$missing"
    exit 77
  fi
  mkdir -p "$root/build"
  log=$root/build/apt.log
  : >"$log"
  refresh_lists
  missing=$(missing_packages "$1" | one_line)
  say "installing with apt: $missing"
  # shellcheck disable=SC2086  # a list of words
  if ! apt_install $missing; then
    show_log_tail "$log" 12
    say 'apt could not install them; when this line works, start again:'
    install_line "$missing"
    exit 77
  fi
  missing=$(missing_packages "$1" | one_line)
  [ -z "$missing" ] || fail 77 "still missing after apt: $missing" "see $(relative "$log")"
}

# wish_packages KIND: installs the small tools where that asks nobody; goes on without them otherwise.
wish_packages() {
  wishes=$(missing_wishes | one_line)
  [ -n "$wishes" ] || return 0
  mkdir -p "$root/build"
  log=$root/build/apt.log
  if find_rights && [ "$rights" != sudo ]; then
    refresh_lists
    say "installing with apt: $wishes"
    # shellcheck disable=SC2086
    apt_install $wishes && return 0
  fi
  say "going on without $wishes (not installed): the $1 shows or checks less"
}
