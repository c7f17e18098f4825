#!/bin/sh
# Every link from one page to a file of the clone leads somewhere. Usage: links_test.sh CLONE
set -u
cd "$1" || exit 2
broken=$(
  find README.md CHANGELOG.md docs apps -name '*.md' | while IFS= read -r page; do
    grep -n -o '](\([^)#]*\)[)#]' "$page" | sed 's/](\([^)#]*\)[)#]/\1/' | while IFS=: read -r line target; do
      case $target in '' | *://* | mailto:*) continue ;; esac
      [ -e "$(dirname "$page")/$target" ] || echo "$page:$line: $target does not exist"
    done
  done
)
[ -n "$broken" ] || { echo 'every link leads somewhere' && exit 0; }
printf '%s\n' "$broken"
exit 1
