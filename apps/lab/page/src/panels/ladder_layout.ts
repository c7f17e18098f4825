// Where everything stands on the ladder. Down is time, but not to scale: a handshake in microseconds and a timeout of
// seconds must both be read, so that a gap grows with the logarithm of the time, and what has a text gets room for it.
//
//   client                server
//     │──S 0:0(0)──►╲       │      an arrow begins at the y of its sending and ends at that of its arrival
//     │               ╲────►│
//
// Two branches share one axis: their events are laid out merged by time, each with its own track of y.
import type {Arrow} from '../model/arrows';
import type {Recording} from '../model/recording';
import type {LabEvent} from '../net/types';

const kTextGap = 17;      // between two arrows that begin
const kCrowdedGap = 4;    // in a long burst
const kRunShown = 12;     // arrows of one burst that have a text
const kMarkGap = 14;      // between two texts beside the same lifeline
const kArrivalGap = 7;
const kMostGap = 44;
const kBreak = 150e6;     // ns; a silence longer than this is told
const kBucket = 512;      // px
const kTop = 10;

export type Item =
    {kind: 'arrow'; track: number; arrow: Arrow}|
    {kind: 'mark'; track: number; event: LabEvent}|
    {kind: 'break'; track: number; y: number; ns: number};

export interface LadderChoice {
  pair?: number;       // only this connection
  allTimers: boolean;
}

interface Track {
  recording: Recording;
  y: number[];         // by event
  next: number;
}

const kAlways = new Set(['state-changed', 'action', 'loss-detected', 'timer-fired', 'connection-closed', 'wire-changed',
                         'reduction-undone', 'path-changed', 'problem']);
const kQuietTimers = new Set(['retransmission', 'delayed-ack', 'reordering', 'tail-loss', 'pacing', 'send-override']);
const kQuietCalls = new Set(['receive']);

function isMark(event: LabEvent, choice: LadderChoice): boolean {
  if (event.event === 'timer-fired') return choice.allTimers || event.timer !== 'pacing';
  if (kAlways.has(event.event)) return true;
  if (event.event === 'user-called') return !kQuietCalls.has(event.call ?? '');
  if (event.event === 'timer-armed') return choice.allTimers || !kQuietTimers.has(event.timer ?? '');
  return event.event === 'timer-cancelled' && choice.allTimers;
}

// The call that an action made, or the second half of a close: said once is enough.
function isEcho(event: LabEvent, events: readonly LabEvent[]): boolean {
  if (event.event !== 'user-called') return false;
  const call = event.call ?? '';
  return [1, 2].some((back) => {
    const before = events[event.n - back];
    if (before?.host !== event.host || before.time_ns !== event.time_ns) return false;
    return before.event === 'action' ? (before.action ?? '').replace(/^\w+: /, '').startsWith(call)
                                     : before.call === 'close' && call === 'shutdown-send';
  });
}

export class LadderLayout {
  height = kTop;
  readonly tracks: Track[];
  private readonly buckets: Item[][] = [];
  private time = 0;
  private lastText = kTop - kTextGap;
  private lastMark = [0, 0];
  private run = {track: 0, host: -1, time: -1, length: 0};
  private readonly crowded = [new Set<number>(), new Set<number>()];  // events without room for a text

  constructor(recordings: Recording[], readonly choice: LadderChoice) {
    this.tracks = recordings.map((recording) => ({recording, y: [], next: 0}));
    if (this.tracks.length === 2) this.share(this.tracks[0], this.tracks[1]);
  }

  // Takes in what is new, up to this time. Answers false where that would have to go between what has its place already
  // (only with two branches): then a new layout is needed.
  extend(until = Infinity): boolean {
    for (let track = this.earliest(); track !== undefined; track = this.earliest()) {
      const {recording, next} = this.tracks[track];
      if (recording.events[next].time_ns > until) return true;
      if (recording.events[next].time_ns < this.time) return false;
      this.place(track, recording.events[next]);
      this.tracks[track].next += 1;
    }
    return true;
  }
  y(track: number, event: number): number {
    return this.tracks[track].y[event] ?? this.height;
  }
  // The y of the last event of the first `count`.
  cursor(track: number, count: number): number {
    return count === 0 ? 0 : this.y(track, count - 1) + 3;
  }
  // One of a long burst, or drawn a second time for the other branch: no text.
  isCrowded(track: number, start: number): boolean {
    return this.crowded[track].has(start) || (track === 1 && start < this.shared);
  }
  // Which event a height belongs to, for clicks between the arrows.
  eventAt(track: number, y: number): number {
    const heights = this.tracks[track].y;
    let low = 0;
    let high = heights.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (heights[middle] <= y) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
  visible(from: number, to: number): Set<Item> {
    const items = new Set<Item>();
    for (let bucket = Math.max(0, Math.floor(from / kBucket)); bucket <= Math.floor(to / kBucket); ++bucket) {
      for (const item of this.buckets[bucket] ?? []) items.add(item);
    }
    return items;
  }

  // What both branches have in common is drawn once, by the first.
  private share(first: Track, second: Track): void {
    const [a, b] = [first.recording.events, second.recording.events];
    const same = (n: number) => a[n].time_ns === b[n].time_ns && a[n].event === b[n].event && a[n].host === b[n].host &&
        a[n].frame === b[n].frame && a[n].action === b[n].action && a[n].fate === b[n].fate;
    while (second.next < Math.min(a.length, b.length) && same(second.next)) second.next += 1;
    second.y = first.y.slice();
    this.shared = second.next;
  }
  private shared = 0;
  private earliest(): number | undefined {
    let found: number | undefined;
    let time = Infinity;
    this.tracks.forEach(({recording, next}, track) => {
      if (next < recording.events.length && recording.events[next].time_ns < time) {
        time = recording.events[next].time_ns;
        found = track;
      }
    });
    return found;
  }

  private place(track: number, event: LabEvent): void {
    const gap = this.gap(track, event);
    const y = Math.max(this.height + gap, this.leastY(track, event));
    this.time = event.time_ns;
    this.setY(track, event.n, this.shows(track, event) ? y : this.height);
    if (!this.shows(track, event)) return;
    this.height = y;
    this.remember(track, event, y);
  }
  private setY(track: number, n: number, y: number): void {
    this.tracks[track].y[n] = y;
    if (track === 0 && n < this.shared) this.tracks[1].y[n] = y;
  }
  private gap(track: number, event: LabEvent): number {
    const ns = event.time_ns - this.time;
    if (ns <= 0 || !this.shows(track, event)) return 0;
    if (ns >= kBreak) this.put({kind: 'break', track, y: this.height + kMostGap / 2, ns}, this.height, this.height + kMostGap);
    return Math.min(kMostGap, 2 + 5 * Math.log2(1 + ns / 1e6));
  }
  // Room for the text.
  private leastY(track: number, event: LabEvent): number {
    if (event.host < 0) return this.lastText + kTextGap;
    if (this.begins(track, event) !== undefined) return this.lastText + (this.isInRun(track, event) ? kCrowdedGap : kTextGap);
    if (this.isMark(track, event)) return this.lastMark[event.host] + kMarkGap;
    const ended = this.ends(track, event);
    return this.height + (ended !== undefined && this.crowded[track].has(ended.start) ? kCrowdedGap / 2 : kArrivalGap);
  }
  // A window's worth of segments leaves at once: the first few are enough to read.
  private isSameRun(track: number, event: LabEvent): boolean {
    return this.run.track === track && this.run.host === event.host && this.run.time === event.time_ns;
  }
  private isInRun(track: number, event: LabEvent): boolean {
    return this.isSameRun(track, event) && this.run.length >= kRunShown;
  }
  private remember(track: number, event: LabEvent, y: number): void {
    const begins = this.begins(track, event);
    if (begins !== undefined) {
      if (this.isInRun(track, event)) this.crowded[track].add(event.n);
      this.run = {track, host: event.host, time: event.time_ns, length: this.isSameRun(track, event) ? this.run.length + 1 : 1};
      this.lastText = y;
      this.put({kind: 'arrow', track, arrow: begins}, y, y + kTextGap * 2);
    }
    if (this.isMark(track, event)) {
      if (event.host < 0) this.lastText = y;  // the wire's own stand between the lifelines
      else this.lastMark[event.host] = y;
      this.put({kind: 'mark', track, event}, y - kMarkGap, y + kMarkGap);
    }
    const ended = this.ends(track, event);
    if (ended !== undefined) this.put({kind: 'arrow', track, arrow: ended}, this.y(track, ended.start), y);
  }
  private shows(track: number, event: LabEvent): boolean {
    if (this.begins(track, event) !== undefined || this.ends(track, event) !== undefined) return true;
    return this.isMark(track, event) && this.isWanted(this.pairOf(track, event));
  }
  private isMark(track: number, event: LabEvent): boolean {
    return isMark(event, this.choice) && !isEcho(event, this.tracks[track].recording.events);
  }
  private isWanted(pair: number): boolean {
    return this.choice.pair === undefined || pair < 0 || pair === this.choice.pair;
  }
  private pairOf(track: number, event: LabEvent): number {
    return event.connection === undefined ? -1 : this.tracks[track].recording.pairs.of(`${event.host}:${event.connection}`);
  }
  private begins(track: number, event: LabEvent): Arrow | undefined {
    const arrow = this.tracks[track].recording.arrows.begunBy(event.n);
    return arrow !== undefined && this.isWanted(arrow.pair) ? arrow : undefined;
  }
  private ends(track: number, event: LabEvent): Arrow | undefined {
    const arrow = this.tracks[track].recording.arrows.endedBy(event.n);
    return arrow !== undefined && this.isWanted(arrow.pair) ? arrow : undefined;
  }
  private put(item: Item, from: number, to: number): void {
    for (let bucket = Math.max(0, Math.floor(from / kBucket)); bucket <= Math.floor(to / kBucket); ++bucket) {
      const items = (this.buckets[bucket] ??= []);
      // An arrow is put when it begins and again when it ends.
      if (item.kind === 'arrow' && items.some((one) => one.kind === 'arrow' && one.arrow === item.arrow)) continue;
      items.push(item);
    }
  }
}
