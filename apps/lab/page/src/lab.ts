// What the page knows: the recordings of all branches, and one cursor. Every panel is a function of a View, which is that
// cursor and what is true there; nothing else is remembered anywhere.
import type {Model} from './model/model';
import type {End} from './model/end';
import type {Pair} from './model/pairs';
import {Recording} from './model/recording';
import {Api, Refusal} from './net/api';
import type {Branch, LabEvent, Session} from './net/types';

export interface View {
  lab: Lab;
  recording: Recording;
  model: Model;
  count: number;      // the cursor: so many events have happened
  time: number;       // ns; between the last event that happened and the next
  pair?: Pair;        // the connection that is looked at
  selected?: number;  // the event that is explained: pinned, or the last one
  overlay?: Recording;
  overlayModel?: Model;
}

export type Unit = 'event' | 'segment' | 'rtt';
const kDefaultRoundTrip = 100e6;  // ns, until one is measured

export class Lab {
  readonly recordings = new Map<number, Recording>();
  current = 0;
  overlay?: number;
  count = 0;
  time = 0;
  pairId?: number;
  pinned?: number;
  status = '';
  failed = false;
  running = false;  // the player's; see there
  onProgress: (known: number, all: number) => void = () => {};  // while a long recording is fetched
  private readonly listeners: ((view: View) => void)[] = [];
  private scheduled = false;

  constructor(readonly api: Api, public session: Session) {}

  get live(): boolean {
    return this.session.kind === 'live';
  }
  get recording(): Recording {
    return this.recordings.get(this.current)!;
  }
  get atEnd(): boolean {
    return this.count >= this.recording.events.length;
  }
  hostName(host: number): string {
    return this.session.hosts[host]?.name ?? (host < 0 ? 'the wire' : `host ${host}`);
  }

  // --- the view
  onChange(listener: (view: View) => void): void {
    this.listeners.push(listener);
  }
  // Many things may move in one frame; it is drawn once.
  changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      const view = this.view();
      for (const listener of this.listeners) listener(view);
    });
  }
  view(): View {
    const recording = this.recording;
    const overlay = this.overlay === undefined ? undefined : this.recordings.get(this.overlay);
    return {
      lab: this, recording, model: recording.seek(this.count), count: this.count, time: this.time, pair: this.pair(),
      selected: this.pinned ?? (this.count > 0 ? this.count - 1 : undefined), overlay,
      overlayModel: overlay?.seek(overlay.countAt(this.time)),
    };
  }
  private pair(): Pair | undefined {
    const all = this.recording.pairs.all;
    const chosen = this.pairId === undefined ? undefined : all[this.pairId];
    if (chosen !== undefined && chosen.opened < this.count) return chosen;
    const open = (pair: Pair) => pair.opened < this.count;
    return all.find((pair) => open(pair) && pair.ends.every((end) => end !== undefined)) ?? all.find(open);
  }
  end(view: View, host: number): End | undefined {
    const key = view.pair?.ends[host];
    return key === undefined ? undefined : view.model.ends.get(key);
  }
  say(text: string, failed = false): void {
    this.status = text;
    this.failed = failed;
    this.changed();
  }

  // --- the cursor
  seek(count: number, time?: number): void {
    const events = this.recording.events;
    this.count = Math.max(0, Math.min(count, events.length));
    const last = this.count > 0 ? events[this.count - 1].time_ns : 0;
    this.time = Math.max(time ?? (this.atEnd ? this.recording.branch.now_ns : last), last);
    this.changed();
  }
  toEnd(): void {
    this.seek(this.recording.events.length);
  }
  seekTime(time: number): void {
    this.seek(this.recording.countAt(time), time);
  }
  pin(n: number | undefined): void {
    this.pinned = n;
    this.changed();
  }
  // To the event, with everything before it.
  visit(n: number): void {
    this.pinned = n;
    this.seek(n + 1);
  }
  // The next one that fits, from what is looked at on, and round again; false: there is none.
  visitNext(fits: (event: LabEvent) => boolean): boolean {
    const {events} = this.recording;
    const from = this.pinned ?? this.count - 1;
    const found = events.find((event) => event.n > from && fits(event)) ?? events.find(fits);
    if (found !== undefined) this.visit(found.n);
    return found !== undefined;
  }
  // One step within what is recorded; false: the recording ends here.
  stepRecorded(unit: Unit, direction: 1 | -1): boolean {
    const events = this.recording.events;
    if (direction > 0 ? this.atEnd : this.count === 0) return false;
    this.pinned = undefined;
    if (unit === 'rtt') {
      const time = this.time + direction * this.roundTrip();
      if (direction > 0 && this.recording.countAt(time) >= events.length) this.toEnd();
      else this.seekTime(Math.max(0, time));
      return true;
    }
    let count = this.count + direction;
    while (unit === 'segment' && count > 0 && count < events.length && !this.isSegmentStep(events[count - 1])) count += direction;
    this.seek(count);
    return true;
  }
  private isSegmentStep(event: LabEvent): boolean {
    return event.event === (this.live ? 'segment-sent' : 'wire-sent') || event.event === 'segment-received';
  }
  private roundTrip(): number {
    for (const end of this.recording.seek(this.count).ends.values()) {
      if (end.smoothed !== undefined) return end.smoothed;
    }
    return kDefaultRoundTrip;
  }

  // --- what the server is asked for. Each answer names the branch as it is now, and what is new there is fetched.
  async load(branch: Branch): Promise<void> {
    const recording = this.recordings.get(branch.id) ?? new Recording(branch, this.live);
    this.recordings.set(branch.id, recording);
    await this.fetchNews(recording, branch);
  }
  async fetchNews(recording: Recording, branch: Branch): Promise<void> {
    const following = recording === this.recording && this.atEnd;
    recording.branch = branch;
    while (recording.events.length < recording.branch.events) {
      const answer = await this.api.events(branch.id, recording.events.length, false);
      if (answer.events.length === 0) break;
      this.take(recording, answer);
      this.onProgress(recording.events.length, recording.branch.events);
    }
    if (following || recording.events.length < this.count) this.toEnd();
    this.changed();
  }
  take(recording: Recording, answer: {branch: Branch; events: LabEvent[]}): void {
    recording.append(answer.events);
    recording.branch = answer.branch;
  }
  async step(unit: Unit): Promise<void> {
    if (this.stepRecorded(unit, 1) || this.live) return;
    this.pinned = undefined;
    const before = this.recording.events.length;
    await this.asked(this.api.step(this.current, unit));
    const nothing = this.recording.events.length === before && this.recording.branch.idle;
    this.say(nothing ? 'Nothing will happen any more unless somebody acts.' : '');
  }
  // The past is not changed: who acts there makes a branch.
  async act(action: string): Promise<void> {
    if (!this.atEnd && !this.live) await this.branchHere(action);
    this.pinned = undefined;
    const before = this.recording.events.length;
    await this.asked(this.api.action(this.current, action));
    const problem = this.recording.events.slice(before).find((event) => event.event === 'problem');
    if (problem === undefined) this.say(`Done: ${action}`);
    else this.say(`${action}: ${problem.problem}`, true);
  }
  async branchHere(label: string): Promise<void> {
    const parent = this.current;
    // The server wants the last event that both have.
    const branch = await this.api.branch(parent, Math.max(0, this.count - 1), label);
    await this.load(branch);
    this.current = branch.id;
    this.overlay = parent;
    this.toEnd();  // a little further than asked, where one step of the server tells several events
    this.say(`This is branch ${branch.id}, "${label}"; the one that it left is drawn below it.`);
  }
  async open(what: {scenario: string} | {permalink: string}): Promise<void> {
    const branch = await this.api.open(what);
    this.session = await this.api.session();
    this.recordings.clear();
    this.overlay = this.pairId = this.pinned = undefined;
    this.current = branch.id;
    this.count = this.time = 0;
    await this.load(branch);
    this.say('');
  }
  choose(branch: number): void {
    const time = this.time;
    const end = this.atEnd;
    this.current = branch;
    if (this.overlay === branch) this.overlay = undefined;
    if (end) this.toEnd();
    else this.seekTime(time);
  }
  async asked(answer: Promise<Branch>): Promise<void> {
    const branch = await answer;
    const recording = this.recordings.get(branch.id);
    if (recording !== undefined) await this.fetchNews(recording, branch);
  }
}

// Errors that a person can do something about, in the status line.
export function told(error: unknown): string {
  if (error instanceof Refusal) return error.message + (error.expected ? ` (expected ${error.expected})` : '');
  return 'The server does not answer. Is `fourtuple lab` still running?';
}
