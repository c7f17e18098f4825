// The page in a real browser. The server is the mock's toy, which can break a line and have a thousand connections; once it
// is `fourtuple lab` itself, where FOURTUPLE names a program that has it. What is compared is always the page with the events
// of the server that it talks to.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, afterEach, before, beforeEach, test} from 'node:test';
import {chromium} from 'playwright-core';
import {serve} from './mock.mjs';

const pictures = process.env.FOURTUPLE_SCREENSHOTS;  // a folder, where somebody wants to look
let browser, server, page, complaints;

before(async () => {
  browser = await chromium.launch({executablePath: process.env.FOURTUPLE_CHROMIUM, args: ['--no-sandbox']});
});
after(() => browser.close());
beforeEach(() => { complaints = []; });
afterEach(async () => {
  await page?.context().close();
  await server?.close();
  page = server = undefined;
});

async function open(kind = 'lab', look = {}) {
  server = await serve(0, kind);
  const context = await browser.newContext({viewport: {width: 1440, height: 900}, ...look});
  context.setDefaultTimeout(120_000);  // a busy machine is no fault of the page
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`http://127.0.0.1:${server.port}/?token=${server.token}`);
  await page.waitForFunction(() => document.querySelector('#status').textContent.match(/^(Connecting|Loading)/) === null);
  await drawn();
}
// Two frames: what was asked for is drawn.
const drawn = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const events = () => server.lab.branches.at(-1).net.events;
const position = async () => Number((await page.textContent('#position')).match(/event (\d+)/)[1]);
const recorded = async () => Number((await page.textContent('#position')).match(/of (\d+)/)[1]);
async function run() {
  await page.selectOption('#speed', '0');
  await page.click('#run');
  await page.waitForFunction(() => /Nothing will happen/.test(document.querySelector('#status').textContent));
  await drawn();
}
async function seek(count) {
  await page.$eval('#scrub', (slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }, count);
  await drawn();
}
async function look(name) {
  if (pictures === undefined) return;
  mkdirSync(pictures, {recursive: true});
  await page.screenshot({path: join(pictures, `${name}.png`)});
}
const cursors = () => page.$$eval('[data-cursor]', (panels) => Object.fromEntries(panels.map((panel) => [panel.id, Number(panel.dataset.cursor)])));

test('the token leaves the address bar, and the page works without it there', async () => {
  await open();
  assert.doesNotMatch(page.url(), /token/);
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll('#branch option').length === 1);
});

test('a pause is stable: no time goes by', async () => {
  await open();
  await page.selectOption('#speed', '10');
  await page.click('#run');
  await page.waitForFunction(() => /event [1-9]/.test(document.querySelector('#position').textContent));
  await page.click('#run');
  await page.waitForFunction(() => /Run/.test(document.querySelector('#run').textContent));
  await new Promise((done) => setTimeout(done, 300));  // an answer may still be under way
  const before = [await page.textContent('#clock'), events().length];
  await new Promise((done) => setTimeout(done, 600));
  assert.deepEqual([await page.textContent('#clock'), events().length], before);
});

test('a step is one event', async () => {
  await open();
  for (let step = 0; step < 5; ++step) {
    const before = await position();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((old) => Number(document.querySelector('#position').textContent.match(/event (\d+)/)[1]) > old, before);
  }
  await seek(3);
  await page.keyboard.press('ArrowRight');
  await drawn();
  assert.equal(await position(), 4);
  await page.keyboard.press('ArrowLeft');
  await drawn();
  assert.equal(await position(), 3);
});

test('what is dropped next shows as lost, and is sent again', async () => {
  await open();
  for (let step = 0; step < 3; ++step) await page.click('#step-rtt');
  await page.click('[data-action="wire: drop next data"]');
  await run();
  const lost = events().filter((event) => event.event === 'wire-sent' && event.fate !== 'carried');
  const again = events().filter((event) => event.event === 'segment-sent' && event.retransmission);
  assert.ok(lost.length > 0 && again.length > 0);
  await page.$eval('#ladder-box', (box) => { box.scrollTop = 0; });
  const seen = {lost: 0, again: 0};
  for (let screen = 0; screen < 12; ++screen) {
    await drawn();
    seen.lost = Math.max(seen.lost, await page.locator('#ladder-canvas .arrow.lost .cross').count());
    seen.again = Math.max(seen.again, await page.locator('#ladder-canvas .arrow.again .link').count());
    await page.$eval('#ladder-box', (box) => { box.scrollTop += box.clientHeight / 2; });
  }
  assert.ok(seen.lost > 0, 'a cross');
  assert.ok(seen.again > 0, 'a repetition, joined to its original');
  await look('lost');
});

test('scrubbing moves every panel to the same moment', async () => {
  await open();
  await run();
  const all = await recorded();
  for (const count of [0, 7, Math.floor(all / 2), all - 1, all]) {
    await seek(count);
    const shown = await cursors();
    assert.ok(Object.keys(shown).length >= 10, 'every panel tells its cursor');
    for (const [panel, cursor] of Object.entries(shown)) assert.equal(cursor, count, panel);
  }
});

test('numbers on the page are those of the log', async () => {
  await open();
  await run();
  const last = (count, name) => events().slice(0, count).findLast((event) => event.event === name && event.host === 0);
  for (const count of [30, 60, 90, 120]) {
    await seek(count);
    assert.equal(await page.textContent('#clock'), `${(events()[count - 1].time_ns / 1e6).toFixed(3)} ms`);
    const state = last(count, 'state-changed').to;
    assert.match(await page.textContent('#states-now'), new RegExp(`client: ${state}`));
    assert.equal(await page.locator(`[data-state="${state}"].at0`).count() > 0, true, state);
    const cwnd = await page.getAttribute('[data-plot=windows] [data-curve=cwnd]', 'data-value');
    assert.equal(cwnd, String(last(count, 'congestion-changed')?.window_bytes ?? ''));
    const armed = await page.$$eval('#timers-list .host0[data-timer=retransmission]', (bars) => bars.map((bar) => Number(bar.dataset.deadline)));
    const timer = events().slice(0, count).findLast((event) => event.host === 0 && event.timer === 'retransmission');
    assert.deepEqual(armed, timer?.event === 'timer-armed' ? [timer.deadline_ns] : []);
  }
});

test('acting in the past begins a branch, and both are drawn', async () => {
  await open();
  await run();
  await seek(30);
  await page.click('[data-action="wire: cut"]');
  await page.waitForFunction(() => document.querySelectorAll('#branch option').length === 2);
  assert.equal(server.lab.branches[1].at, 29);  // the last event that both have
  await page.click('#step-rtt');
  await page.waitForFunction(() => document.querySelectorAll('#ladder-canvas .track1.arrow').length > 0);
  assert.equal(await page.inputValue('#overlay'), '0');
  assert.deepEqual(server.lab.branches[0].net.events.slice(0, 30), server.lab.branches[1].net.events.slice(0, 30));
  await look('branch');
});

test('a loss is found, explained and undone without a word of documentation', async () => {
  await open();
  await run();
  await page.click('#next-loss');
  await drawn();
  const loss = events().find((event) => event.event === 'wire-sent' && event.fate !== 'carried');
  assert.equal(await position(), loss.n + 1);
  assert.match(await page.textContent('#why'), /did not arrive: dropped by a rule/);
  await page.click('#undo-loss');
  await page.waitForFunction(() => /before the loss/.test(document.querySelector('#status').textContent));
  await run();
  assert.equal(server.lab.branches.length, 2);
  assert.ok(events().every((event) => event.event !== 'wire-sent' || event.fate === 'carried'));
  await look('undone');
});

test('a branch has the name that one gives it', async () => {
  await open();
  await run();
  await seek(20);
  await page.keyboard.press('b');
  await page.keyboard.type('slower');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /slower/.test(document.querySelector('#branch').textContent));
});

test('an arrow that is clicked is explained, with cause and clause', async () => {
  await open();
  await run();
  await page.$eval('#ladder-box', (box) => { box.scrollTop = 0; });
  await drawn();
  await page.locator('#ladder-canvas .arrow .label').first().click();
  await page.waitForFunction(() => document.querySelector('#why .because') !== null);
  assert.match(await page.textContent('#why'), /application opened the connection.*RFC9293 3\.10\.1/s);
});

test('an edge of the state diagram lists what took it', async () => {
  await open();
  await run();
  await page.focus('[data-edge="SYN-SENT>ESTABLISHED"]');
  await page.keyboard.press('Enter');
  await drawn();
  assert.match(await page.textContent('#states-list'), /taken 1 times.*S\. 0:0\(0\) ack 1/s);
  await page.click('#states-list button');
  await drawn();
  assert.match(await page.textContent('#states-now'), /client: ESTABLISHED \(from SYN-SENT\)/);
});

test('a mistake in the rules is shown where it is', async () => {
  await open();
  await page.fill('#wire-rules', 'delay 20ms; dely 3ms');
  await page.click('#wire-apply');
  await page.waitForSelector('#wire-rules.wrong');
  assert.match(await page.textContent('#wire-problem'), /dely.*character/s);
  assert.equal(await page.$eval('#wire-rules', (text) => text.value.slice(text.selectionStart, text.selectionEnd)), 'dely');
  complaints = complaints.filter((one) => !/400/.test(one));  // the refusal, as the browser notes it
});

test('a live session is followed, and taken up again where the line broke', async () => {
  await open('live');
  assert.match(await page.textContent('#transport'), /kernel's clock runs on/);
  assert.equal(await page.locator('#run').isVisible(), false);
  const branch = server.lab.branches[0];
  const before = await recorded();
  while (branch.net.now < 120e6 && branch.advance()) { /* something happens */ }
  await page.waitForFunction((old) => Number(document.querySelector('#position').textContent.match(/of (\d+)/)[1]) > old, before);
  await page.context().setOffline(true);
  await page.waitForFunction(() => /does not answer/.test(document.querySelector('#status').textContent));
  while (branch.advance()) { /* the rest, which nobody hears */ }
  await page.context().setOffline(false);
  const all = branch.net.events.filter((event) => event.host === 1 && !event.event.startsWith('wire-')).length;
  await page.waitForFunction((count) => document.querySelector('#position').textContent.includes(`of ${count}`), all);
  complaints = complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one));
  await look('live');
});

test('a run goes on when the server answers again', async () => {
  await open();
  await page.selectOption('#speed', '10');
  await page.click('#run');
  await page.context().setOffline(true);
  await page.waitForFunction(() => /trying again/.test(document.querySelector('#status').textContent));
  await page.context().setOffline(false);
  const before = await recorded();
  await page.waitForFunction((old) => Number(document.querySelector('#position').textContent.match(/of (\d+)/)[1]) > old, before);
  complaints = complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one));
});

test('a thousand connections cost no more rows than there is room for', async () => {
  await open('many');
  assert.ok(Number(await page.textContent('#connections-count')) > 1000);
  assert.ok(await page.locator('#connections-rows .row').count() < 60);
  await look('many');
});

test('a hundred thousand segments can be scrubbed', async () => {
  await open('long');
  await page.waitForFunction(() => /event [1-9]/.test(document.querySelector('#position').textContent));
  assert.ok(events().filter((event) => event.event === 'segment-sent').length > 100_000);
  const times = [];
  for (const share of [0.9, 0.1, 0.5, 0.01, 0.77]) {
    const began = performance.now();
    await seek(Math.floor(events().length * share));
    times.push(performance.now() - began);
  }
  const drawnArrows = await page.locator('#ladder-canvas .arrow').count();
  assert.ok(drawnArrows > 0 && drawnArrows < 2000, `${drawnArrows} arrows are drawn`);
  console.log(`scrubbing took ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
  await look('long');
});

// --- the program itself
const program = process.env.FOURTUPLE;
const hasLab = program !== undefined && spawnSync(program, ['lab', '--list']).status === 0;

// Starts `fourtuple lab 5`, and answers its address and how to ask it behind the page's back.
async function startLab() {
  const child = spawn(program, ['lab', '5'], {stdio: ['ignore', 'pipe', 'inherit']});
  const address = await new Promise((found, lost) => {
    let text = '';
    child.stdout.on('data', (part) => { const at = /http:\/\/\S+/.exec(text += part); if (at) found(new URL(at[0])); });
    child.on('exit', () => lost(new Error(`no address: ${text}`)));
  });
  server = {close: () => { child.kill(); }};
  const ask = async (path) => (await fetch(new URL(path, address), {headers: {'X-Fourtuple-Token': address.searchParams.get('token')}})).json();
  return {address, ask};
}

test('`fourtuple lab` shows what its own log says', {skip: hasLab ? false : 'this program has no lab'}, async () => {
  const {address, ask} = await startLab();
  const context = await browser.newContext({viewport: {width: 1440, height: 900}});
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address.href);
  await page.waitForFunction(() => document.querySelectorAll('#branch option').length === 1);
  await run();
  const log = (await ask('/api/events?branch=0&from=0&limit=5000')).events;
  assert.equal(await recorded(), log.length);
  const last = (count, host, name) => log.slice(0, count).findLast((event) => event.event === name && event.host === host);
  for (const count of [20, 45, 90, 150, log.length]) {
    await seek(count);
    const shown = await cursors();
    for (const [panel, cursor] of Object.entries(shown)) assert.equal(cursor, count, panel);
    for (const [host, name] of [[0, 'client'], [1, 'server']]) {
      const state = last(count, host, 'state-changed')?.to;
      if (state !== undefined) assert.match(await page.textContent('#states-now'), new RegExp(`${name}: ${state}`));
    }
    const cwnd = await page.getAttribute('[data-plot=windows] [data-curve=cwnd]', 'data-value');
    if (await page.inputValue('#plots-host') === '1') assert.equal(cwnd, String(last(count, 1, 'congestion-changed')?.window_bytes ?? ''));
  }
  await page.click('#next-loss');
  await page.click('#undo-loss');
  await page.waitForFunction(() => /before the loss/.test(document.querySelector('#status').textContent));
  await run();
  const other = (await ask('/api/events?branch=1&from=0&limit=5000')).events;
  assert.ok(log.some((event) => event.fate === 'dropped by a rule') && !other.some((event) => event.fate === 'dropped by a rule'));
  assert.equal(await recorded(), other.length);
  await look('program');
});

for (const [name, view] of Object.entries({
  wide: {viewport: {width: 1440, height: 900}}, small: {viewport: {width: 800, height: 600}}, dark: {viewport: {width: 1440, height: 900}, colorScheme: 'dark'},
})) {
  test(`nothing sticks out of the window: ${name}`, async () => {
    await open('lab', view);
    await run();
    const size = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight, innerHeight]);
    assert.ok(size[0] <= size[1] && size[2] <= size[3], String(size));
    await look(name);
  });
}

afterEach(() => assert.deepEqual(complaints, [], 'the console is silent'));
