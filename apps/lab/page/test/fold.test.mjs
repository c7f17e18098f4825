// The model without a browser: events in, what is true at a cursor out.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {build} from 'esbuild';
import {makeLab} from './mock.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'fourtuple-page-'));
after(() => rmSync(scratch, {recursive: true}));
await build({entryPoints: [join(here, 'model_entry.ts')], outfile: join(scratch, 'model.mjs'), bundle: true, format: 'esm'});
const {Recording, buffers, ladder, plots, ranges, segments, sentence, withoutLosses} = await import(pathToFileURL(join(scratch, 'model.mjs')));

const tuple = {local: '10.0.0.1:40000', remote: '10.0.0.2:80'};
const swapped = {local: tuple.remote, remote: tuple.local};
const branch = (events = []) => ({id: 0, now_ns: events.at(-1)?.time_ns ?? 0, events: events.length, wire: ''});

// Gives every event its number; times stand where they are said.
function recorded(events, live = false) {
  let time = 0;
  const numbered = events.map((event, n) => ({n, host: 0, connection: 1, ...event, time_ns: (time = event.time_ns ?? time)}));
  const recording = new Recording(branch(numbered), live);
  recording.append(numbered);
  return recording;
}
function ranThrough(kind, until = Infinity) {
  const {branches: [run]} = makeLab(kind);
  while (run.advance(until)) { /* all of it */ }
  const recording = new Recording(run.record(), false);
  recording.append(run.net.events);
  return recording;
}
const sent = (from, bytes, more = {}) => ({event: 'segment-sent', ...tuple, flags: '.', seq: from, relative_seq: from, payload_bytes: bytes,
                                           ack: 1, relative_ack: 1, window_bytes: 1000, options: {}, retransmission: false, ...more});
const received = (from, bytes, ack, more = {}) => ({event: 'segment-received', ...tuple, flags: '.', seq: from, relative_seq: from, payload_bytes: bytes,
                                                    ack, relative_ack: ack, window_bytes: 1000, options: {}, ...more});

test('ranges that touch become one, and what is taken out leaves both sides', () => {
  const both = ranges.add(ranges.add([], 10, 20), 20, 30);
  assert.deepEqual(both, [[10, 30]]);
  assert.deepEqual(ranges.remove(both, 15, 18), [[10, 15], [18, 30]]);
  assert.equal(ranges.reach(both, 12), 30);
  assert.equal(ranges.octets(ranges.remove(both, 15, 18)), 17);
});

test('a selective acknowledgment is placed also where the numbers wrap', () => {
  const event = {ack: 0xfffffff0, relative_ack: 101, options: {sack: [[0x10, 0x74]]}};
  assert.deepEqual(segments.sackBlocks(event), [[133, 233]]);
});

test('seeking backwards gives what was true then', () => {
  const recording = ranThrough('lab');
  const forwards = [];
  for (let count = 0; count <= recording.events.length; ++count) forwards.push(JSON.stringify([...recording.seek(count).ends]));
  for (let count = recording.events.length; count >= 0; --count) assert.equal(JSON.stringify([...recording.seek(count).ends]), forwards[count]);
});

test('the state of an end is the last one that the log tells, at every event', () => {
  const recording = ranThrough('lab');
  const told = new Map();
  for (const event of recording.events) {
    if (event.event === 'state-changed') told.set(`${event.host}:${event.connection}`, event.to);
    const {ends} = recording.seek(event.n + 1);
    for (const [key, state] of told) assert.equal(ends.get(key).state, state);
  }
  assert.deepEqual([...told.values()], ['CLOSED', 'CLOSED']);
});

test('an end and its peer are one pair, also where the four-tuple is used again', () => {
  const opened = (host, connection, names) => ({event: 'connection-opened', host, connection, active: host === 0, ...names});
  const {pairs} = recorded([opened(0, 1, tuple), opened(1, 1, swapped), opened(0, 2, tuple), opened(1, 2, swapped)]);
  assert.deepEqual(pairs.all.map((pair) => pair.ends), [['0:1', '1:1'], ['0:2', '1:2']]);
});

test('what was acknowledged, selectively acknowledged and believed lost shows as parts without overlap', () => {
  const recording = recorded([
    {event: 'connection-opened', ...tuple, active: true}, {event: 'user-called', call: 'send', bytes: 600}, sent(0, 0, {flags: 'S'}),
    sent(1, 100), sent(101, 100), sent(201, 100), sent(301, 100), received(1, 0, 101, {options: {sack: [[201, 301]]}}),
    {event: 'loss-detected', relative_begin: 101, lost_bytes: 100, sign: 'time'},
  ]);
  const end = recording.seek(recording.events.length).ends.get('0:1');
  assert.deepEqual(buffers.sendParts(end).map(({kind, range}) => [kind, ...range]),
                   [['acked', 1, 101], ['lost', 101, 201], ['sacked', 201, 301], ['sent', 301, 401], ['waits', 401, 601]]);
});

test('what is sent again is believed lost no more', () => {
  const events = [{event: 'connection-opened', ...tuple, active: true}, {event: 'user-called', call: 'send', bytes: 200}, sent(1, 100), sent(101, 100),
                  {event: 'loss-detected', relative_begin: 1, lost_bytes: 200, sign: 'timeout'}, sent(1, 100, {retransmission: true})];
  const end = recorded(events).seek(events.length).ends.get('0:1');
  assert.deepEqual(end.lost, [[101, 201]]);
});

test('a hole in what came stays until it is filled', () => {
  const recording = recorded([
    {event: 'connection-opened', ...tuple, active: true}, received(0, 0, 1, {flags: 'S.'}), received(1, 100, 1), received(201, 100, 1), received(101, 100, 1),
  ]);
  const parts = (count) => buffers.receiveParts(recording.seek(count).ends.get('0:1')).map(({kind, range}) => [kind, ...range]);
  assert.deepEqual(parts(4), [['readable', 1, 101], ['hole', 101, 201], ['held', 201, 301]]);
  assert.deepEqual(parts(5), [['readable', 1, 301]]);
});

test('the text of a refused segment does not count as received', () => {
  const recording = recorded([{event: 'connection-opened', ...tuple, active: true}, received(0, 0, 1, {flags: 'S.'}), received(5001, 100, 1),
                              {event: 'segment-dropped', ...tuple, flags: '.', relative_seq: 5001, reason: 'tcp-out-of-window'}]);
  assert.equal(recording.seek(3).ends.get('0:1').held.length, 1);
  assert.equal(recording.seek(4).ends.get('0:1').held.length, 0);
});

test('a timer runs from where it is armed to where it fires or is cancelled', () => {
  const recording = recorded([{event: 'connection-opened', ...tuple, active: true}, {event: 'timer-armed', timer: 'retransmission', deadline_ns: 1e9},
                              {event: 'timer-armed', timer: 'retransmission', deadline_ns: 2e9}, {event: 'timer-fired', timer: 'retransmission', time_ns: 2e9}]);
  const timers = (count) => recording.seek(count).ends.get('0:1').timers.map((timer) => timer.deadline_ns);
  assert.deepEqual([timers(2), timers(3), timers(4)], [[1e9], [2e9], []]);
});

test('a retransmission is joined to what it repeats, and the lost arrow has no end', () => {
  const {arrows, events} = ranThrough('lab', 380e6);
  const again = arrows.all.filter((arrow) => arrow.original !== undefined);
  assert.equal(again.length, 1);
  const original = arrows.all[again[0].original];
  assert.deepEqual(original.repeats, [again[0].id]);
  assert.equal(original.end, undefined);
  assert.equal(original.fate, 'dropped by a rule');
  assert.equal(events[original.segment].relative_seq, events[again[0].segment].relative_seq);
});

test('a copy that the wire made has an arrow of its own', () => {
  const wire = (event, more) => ({event, connection: undefined, frame: 1, ...more});
  const {arrows} = recorded([{event: 'connection-opened', ...tuple, active: true}, sent(1, 10), wire('wire-sent', {segment: 1, fate: 'carried'}),
                             wire('wire-arrived', {host: 1, copy: false, damaged: false}), wire('wire-arrived', {host: 1, copy: true, damaged: true})]);
  assert.deepEqual(arrows.all.map((arrow) => [arrow.start, arrow.end, arrow.copy, arrow.damaged]), [[2, 3, false, false], [2, 4, true, true]]);
});

test('of a super-segment each frame is followed by itself', () => {
  const frame = (number, from, fate = 'carried') => ({event: 'wire-sent', connection: undefined, frame: number, segment: 1, fate, flags: '.', relative_seq: from, payload_bytes: 100});
  const {arrows} = recorded([{event: 'connection-opened', ...tuple, active: true}, sent(1, 300), frame(1, 1), frame(2, 101, 'lost by chance'), frame(3, 201),
                             sent(101, 100, {retransmission: true}), {...frame(4, 101), segment: 5}]);
  assert.equal(arrows.all.at(-1).original, 1);
  assert.deepEqual(arrows.all[1].repeats, [3]);
});

test('the wire has the rules that were said last, whatever was done by hand since', () => {
  const by = (action) => ({event: 'action', host: -1, connection: undefined, action});
  const recording = recorded([by('wire: delay 5ms'), by('wire: drop next data'), by('wire: cut')]);
  assert.deepEqual([0, 1, 3].map((count) => recording.seek(count).rules), [undefined, 'delay 5ms', 'delay 5ms']);
});

test('who stops listening is not listed as a listener', () => {
  const by = (action) => ({event: 'action', host: 1, connection: undefined, action});
  const recording = recorded([by('server: listen 80'), by('server: stop')]);
  assert.deepEqual([1, 2].map((count) => recording.seek(count).listening.size), [1, 0]);
});

test('a frame that was refused before it was a segment ends in a cross', () => {
  const wire = (event, more) => ({event, connection: undefined, frame: 1, ...more});
  const {arrows} = recorded([{event: 'connection-opened', ...tuple, active: true}, sent(1, 10), wire('wire-sent', {segment: 1, fate: 'carried'}),
                             wire('wire-arrived', {host: 1, damaged: true}), wire('frame-dropped', {host: 1, frame: undefined, reason: 'tcp-bad-checksum'})]);
  assert.equal(arrows.all[0].dropped, 4);
});

test('a frame that never left is nobody else\'s cross', () => {
  const wire = (event, more) => ({event, connection: undefined, frame: 1, ...more});
  const {arrows} = recorded([{event: 'connection-opened', ...tuple, active: true}, sent(1, 10), wire('wire-sent', {segment: 1, fate: 'carried'}),
                             wire('wire-arrived', {host: 1}), wire('frame-dropped', {host: 1, time_ns: 5, frame: undefined, reason: 'arp-failed'})]);
  assert.equal(arrows.all[0].dropped, undefined);
});

test('live, a wire that tells what became of a segment adds no second arrow', () => {
  const {arrows} = recorded([{event: 'connection-opened', host: 1, ...swapped, active: false}, {...sent(1, 10), host: 1},
                             {event: 'wire-sent', host: 1, connection: undefined, frame: 7, segment: 1, fate: 'dropped by hand'}], true);
  assert.deepEqual(arrows.all.map((arrow) => arrow.fate), ['dropped by hand']);
});

test('while one branch runs, the ladder goes on without being laid out again', () => {
  const whole = ranThrough('lab');
  const {branches: [run]} = makeLab('lab');
  const running = new Recording(run.record(), false);
  const layout = new ladder.LadderLayout([running, whole], {allTimers: false});
  while (run.advance(1e9)) {
    running.append(run.net.events);
    assert.ok(layout.extend(run.net.now));
  }
  assert.ok(layout.extend());
});

test('a frame of a stranger arrives from nowhere', () => {
  const {arrows} = recorded([{event: 'wire-arrived', connection: undefined, host: 1, frame: 0, copy: false, damaged: false, line: 'S 0:0(0)'}]);
  assert.deepEqual(arrows.all.map((arrow) => [arrow.host, arrow.start, arrow.end]), [[0, 0, 0]]);
});

test('live, each segment is an arrow, and the peer\'s have no beginning that we know', () => {
  const {arrows} = recorded([{event: 'connection-opened', host: 1, ...swapped, active: false}, {...received(0, 0, 0, {flags: 'S'}), host: 1},
                             {...sent(0, 0, {flags: 'S.'}), host: 1}], true);
  assert.deepEqual(arrows.all.map((arrow) => [arrow.host, arrow.start, arrow.end]), [[0, 1, 1], [1, 2, undefined]]);
});

test('later events never stand higher on the ladder', () => {
  const recording = ranThrough('lab');
  const layout = new ladder.LadderLayout([recording], {allTimers: true});
  assert.ok(layout.extend());
  for (let n = 1; n < recording.events.length; ++n) assert.ok(layout.y(0, n) >= layout.y(0, n - 1));
});

test('two branches share their beginning on the ladder, and each has its own rest', () => {
  const {branches: [run]} = makeLab('lab');
  while (run.advance(100e6)) { /* the common part */ }
  const common = run.net.events.length;
  const one = ranThrough('lab');
  const {branches: [other]} = makeLab('lab');
  while (other.net.events.length < common && other.advance()) { /* the same */ }
  other.act('wire: cut');
  while (other.advance(5e9)) { /* and then not */ }
  const two = new Recording(other.record(), false);
  two.append(other.net.events);
  const layout = new ladder.LadderLayout([one, two], {allTimers: false});
  assert.ok(layout.extend());
  for (let n = 0; n < common; ++n) assert.equal(layout.y(1, n), layout.y(0, n));
  assert.notEqual(layout.y(1, common), undefined);
  const drawn = [...layout.visible(0, layout.height)].filter((item) => item.track === 1 && item.kind === 'arrow');
  assert.ok(drawn.length > 0 && drawn.every(({arrow}) => arrow.start >= common || arrow.end >= common));
});

test('the curves say at every moment what the log said last', () => {
  const recording = ranThrough('lab');
  const {windows} = recording.series.get('0:1');
  let last = null;
  for (const event of recording.events) {
    if (event.host !== 0) continue;
    if (event.event === 'congestion-changed') last = event.window_bytes;
    const next = recording.events.find((one) => one.n > event.n && one.time_ns > event.time_ns);
    const isLastOfMoment = next !== undefined && !recording.events.some((one) => one.n > event.n && one.time_ns === event.time_ns);
    if (isLastOfMoment) assert.equal(plots.valueAt(windows, 1, event.time_ns / 1e9), last);
  }
});

test('joined tables hold each value until their own next one', () => {
  assert.deepEqual(plots.joined([[[0, 2], [10, 30]], [[1], [7]]]), [[0, 1, 2], [10, 10, 30], [null, 7, 7]]);
});

test('every event of a run has a sentence', () => {
  for (const event of ranThrough('lab').events) assert.match(sentence(event), /\S[.…]$/);
});

test('what was asked for twice is taken once', () => {
  const recording = recorded([{event: 'connection-opened', ...tuple, active: true}]);
  recording.append(recording.events.slice());
  assert.equal(recording.events.length, 1);
});

test('a place in a hundred thousand events is found from the nearest checkpoint', () => {
  const {branches: [run]} = makeLab('lab');
  run.script[3].action = 'client: send 20000000';
  while (run.net.events.length < 100_000 && run.advance()) { /* a long run */ }
  const recording = new Recording(run.record(), false);
  recording.append(run.net.events);
  const model = recording.seek(recording.events.length);
  const end = JSON.stringify([...model.ends]);
  let folded = 0;
  const watched = new Proxy(recording.events, {get: (target, name) => { if (/^\d+$/.test(String(name))) folded += 1; return target[name]; }});
  Object.defineProperty(recording, 'events', {value: watched});
  for (const count of [50_001, 3, 99_999, 70_000, recording.events.length]) recording.seek(count);
  assert.ok(folded < 5 * 2000, `${folded} events were folded`);
  assert.equal(JSON.stringify([...recording.seek(recording.events.length).ends]), end);
});

test('rules without losses keep everything else', () => {
  assert.equal(withoutLosses('delay 20ms; in: drop data 3 once; loss 5%\nout: gilbert 1% 25%, jitter 5ms'), 'delay 20ms; jitter 5ms');
  assert.equal(withoutLosses('at 3s: down; at 5s: up; rate 5mbit'), 'at 5s: up; rate 5mbit');
});
