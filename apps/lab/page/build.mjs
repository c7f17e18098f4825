// Builds built/ from src/: `npm install && npm run build`. What it writes is committed, so that nobody needs npm to build
// fourtuple; a test builds again (into another folder: `node build.mjs FOLDER`) and compares.
import {build} from 'esbuild';
import {copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, 'built');
const kMostBytes = 150_000;  // script and style together, as they are served
const plotLicence = 'The page of `fourtuple lab`. Contains uPlot 1.6.32, (c) 2022 Leon Sorokin, MIT licence: ' +
    'Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated ' +
    'documentation files (the "Software"), to deal in the Software without restriction, including without limitation the ' +
    'rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit ' +
    'persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice ' +
    'and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS ' +
    'PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF ' +
    'MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT ' +
    'HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ' +
    'ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.';

mkdirSync(out, {recursive: true});
await build({
  entryPoints: [join(here, 'src/page.ts')],
  outfile: join(out, 'page.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',  // uPlot's own is in the banner
  banner: {js: `/* ${plotLicence} */`},
  logLevel: 'warning',
});
await build({
  entryPoints: [join(here, 'src/page.css')],
  outfile: join(out, 'page.css'),
  bundle: true,
  minify: true,
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg']) copyFileSync(join(here, 'src', file), join(out, file));

// The compared bundle must not depend on which line ending an editor left behind.
for (const file of ['page.js', 'page.css']) {
  const path = join(out, file);
  writeFileSync(path, readFileSync(path, 'utf8').trimEnd() + '\n');
}
const bytes = statSync(join(out, 'page.js')).size + statSync(join(out, 'page.css')).size;
console.log(`${bytes} octets of ${kMostBytes}`);
if (bytes > kMostBytes) process.exit(1);
