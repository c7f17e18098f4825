#!/bin/sh
# run_test.sh bundle|fold|browser [FOURTUPLE]: the tests of the lab's page. They need node and what `npm install` puts into
# apps/lab/page/node_modules, the last one a Chromium, too; where something is missing they say so and are skipped.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
skip() { echo "SKIPPED: $1"; exit 77; }
command -v node >/dev/null || skip 'no node, which builds and tests the page of the lab'
[ -e "$here/node_modules/esbuild" ] || skip 'npm install was not run in apps/lab/page'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

case "${1:-}" in
  bundle)
    node "$here/build.mjs" "$scratch" || exit 1
    for file in index.html page.js page.css icon.svg; do
      cmp "$here/built/$file" "$scratch/$file" || { echo 'run `npm run build` in apps/lab/page and commit built/' && exit 1; }
    done
    if [ -e "$here/node_modules/typescript" ]; then node "$here/node_modules/typescript/bin/tsc" --noEmit -p "$here" || exit 1; fi
    echo 'the committed page is what its sources build'
    ;;
  fold)
    node --test "$here/test/fold.test.mjs"
    ;;
  browser)
    [ -e "$here/node_modules/playwright-core" ] || skip 'npm install was not run in apps/lab/page'
    chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
      skip 'no chromium, in which the page of the lab is tested'
    if [ -x "${2:-}" ]; then FOURTUPLE=$2; export FOURTUPLE; fi
    FOURTUPLE_CHROMIUM=$chromium node --test --test-concurrency=1 "$here/test/browser.test.mjs"
    ;;
  *) echo 'usage: run_test.sh bundle|fold|browser' >&2; exit 2 ;;
esac
