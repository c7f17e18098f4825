// One branch: its events in order, and what can be said of them without a cursor. seek() gives the model at any event;
// checkpoints keep that quick however long the recording is.
import type {Branch, LabEvent} from '../net/types';
import {Arrows} from './arrows';
import {Model, copyModel, emptyModel, fold} from './model';
import {Pairs} from './pairs';
import {Series} from './series';

const kEventsPerCheckpoint = 2000;

export interface Transition {
  n: number;
  cause?: number;  // the event that took it: a segment, a call, a timer
}

export class Recording {
  readonly events: LabEvent[] = [];
  readonly pairs = new Pairs();
  readonly arrows: Arrows;
  readonly series = new Map<string, Series>();
  readonly transitions = new Map<string, Transition[]>();  // "FROM>TO"
  private readonly checkpoints: Model[] = [emptyModel()];
  private readonly newest = emptyModel();
  private current = emptyModel();
  private causes: (number | undefined)[] = [];

  constructor(public branch: Branch, readonly live: boolean) {
    this.arrows = new Arrows(live, (event) => this.pairs.of(`${event.host}:${event.connection}`));
  }

  append(events: readonly LabEvent[]): void {
    for (const event of events) {
      if (event.n === this.events.length) this.take(event);  // what was asked for twice is known already
    }
  }

  // The model after the first `count` events. It is the recording's own: read it before the next seek.
  seek(count: number): Model {
    const wanted = Math.max(0, Math.min(count, this.events.length));
    const checkpoint = this.checkpoints[Math.floor(wanted / kEventsPerCheckpoint)];
    if (this.current.count > wanted || this.current.count < checkpoint.count) this.current = copyModel(checkpoint);
    while (this.current.count < wanted) fold(this.current, this.events[this.current.count], this.pairs);
    return this.current;
  }

  // How many events have happened by this time.
  countAt(time_ns: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle].time_ns <= time_ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private take(event: LabEvent): void {
    this.events.push(event);
    this.pairs.add(event);
    fold(this.newest, event, this.pairs);
    this.arrows.add(event, this.events);
    this.addToSeries(event);
    this.addTransition(event);
    if (this.events.length % kEventsPerCheckpoint === 0) this.checkpoints.push(copyModel(this.newest));
  }
  private addToSeries(event: LabEvent): void {
    const key = `${event.host}:${event.connection}`;
    const end = this.newest.ends.get(key);
    if (event.connection === undefined || end === undefined) return;
    const series = this.series.get(key) ?? new Series();
    this.series.set(key, series);
    series.add(event, end);
  }
  // What happened last at that host, in the same moment, is what moved the state.
  private addTransition(event: LabEvent): void {
    if (event.event === 'state-changed') {
      const name = `${event.from}>${event.to}`;
      const cause = this.causes[event.host];
      const meant = cause !== undefined && this.events[cause].time_ns === event.time_ns ? cause : undefined;
      const known = this.transitions.get(name);
      if (known === undefined) this.transitions.set(name, [{n: event.n, cause: meant}]);
      else known.push({n: event.n, cause: meant});
    } else if (/^(segment-received|user-called|timer-fired|action)$/.test(event.event)) {
      this.causes[event.host] = event.n;
    }
  }
}
