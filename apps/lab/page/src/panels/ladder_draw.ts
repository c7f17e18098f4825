// The shapes of the ladder, each made from an item of the layout and what is true at the cursor. Which kind something is
// shows in its form first: a cross ends what was lost, dashes are repetitions, a second stroke marks a copy.
import type {Arrow} from '../model/arrows';
import type {Recording} from '../model/recording';
import {count, duration, moment} from '../model/format';
import {partOf} from '../model/segments';
import {short} from '../model/words';
import type {LabEvent} from '../net/types';
import {svg} from '../view/dom';
import type {Item, LadderLayout} from './ladder_layout';

export interface Geometry {
  width: number;
  left: number;    // x of the lifelines
  right: number;
  room: number;    // characters of the texts beside them
}
export interface Moment {
  counts: number[];      // by track: the cursor
  now: number[];         // by track: how far its virtual time is
  selected?: number;     // event of the first track
  names: string[];
}

const kLostAt = 0.62;    // of the way
const kLostDrop = 16;    // px that a lost arrow sinks
const kCharacter = 6.3;  // px

export function geometryOf(width: number): Geometry {
  const margin = Math.max(118, Math.min(210, width * 0.25));
  return {width, left: 42 + margin, right: width - margin + 20, room: Math.floor((margin - 44) / kCharacter)};
}

interface Line {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export class LadderPen {
  constructor(private readonly layout: LadderLayout, private readonly geometry: Geometry, private readonly moment: Moment) {}

  draw(item: Item): SVGElement | undefined {
    switch (item.kind) {
      case 'arrow': return this.arrow(item.track, item.arrow);
      case 'mark': return item.event.host < 0 ? this.wireMark(item.track, item.event) : this.mark(item.track, item.event);
      case 'break': return svg('text', {class: 'break', x: 4, y: item.y}, `⋮ ${duration(item.ns)}`);
    }
  }
  lifelines(from: number, to: number): SVGElement {
    const line = (x: number) => svg('line', {class: 'lifeline', x1: x, y1: from, x2: x, y2: to});
    return svg('g', {}, line(this.geometry.left), line(this.geometry.right));
  }
  cursor(): SVGElement {
    const y = this.layout.cursor(0, this.moment.counts[0]);
    return svg('line', {class: 'now', x1: 0, y1: y, x2: this.geometry.width, y2: y});
  }

  // The time of what begins here, said once for all that happens in one moment.
  times(items: readonly Item[]): SVGElement {
    const group = svg('g');
    const starts = items.flatMap((item) => (item.kind === 'break' ? [] : [{track: item.track, n: item.kind === 'arrow' ? item.arrow.start : item.event.n}]));
    const placed = starts.map(({track, n}) => ({y: this.layout.y(track, n), ns: this.layout.tracks[track].recording.events[n].time_ns}));
    let last = -1;
    let free = -Infinity;
    for (const {y, ns} of placed.sort((a, b) => a.y - b.y)) {
      if (ns === last || y < free) continue;
      last = ns;
      free = y + 11;
      group.append(svg('text', {class: 'time', x: 4, y: y + 4}, moment(ns).replace(' ms', '')));
    }
    return group;
  }

  // --- arrows
  private arrow(track: number, arrow: Arrow): SVGElement {
    const recording = this.layout.tracks[track].recording;
    const line = this.lineOf(track, arrow);
    const classes = this.classesOf(track, arrow, recording);
    const label = this.labelOf(arrow, recording);
    const group = svg('g', {class: classes.join(' '), 'data-arrow': arrow.id, 'data-track': track, role: 'img', 'aria-label': label});
    group.append(svg('line', {class: 'hit', ...line}), svg('line', {class: 'shaft', ...line}));
    if (arrow.copy) group.append(svg('line', {class: 'shaft second', ...line, y1: line.y1 + 3, y2: line.y2 + 3}));
    if (!this.layout.isCrowded(track, arrow.start)) group.append(this.label(arrow, line, label));
    group.append(this.tip(arrow, line));
    if (arrow.original !== undefined) group.append(this.link(track, arrow, recording.arrows.all[arrow.original]));
    return group;
  }
  private x(host: number): number {
    return host === 0 ? this.geometry.left : this.geometry.right;
  }
  private lineOf(track: number, arrow: Arrow): Line {
    const y1 = this.layout.y(track, arrow.start);
    const [x1, far] = [this.x(arrow.host), this.x(1 - arrow.host)];
    const part = (share: number) => x1 + (far - x1) * share;
    if (arrow.start === arrow.end && !this.layout.tracks[track].recording.live) return {x1: part(0.5), y1, x2: far, y2: y1};  // the wire's own
    if (arrow.end !== undefined) return {x1, y1, x2: far, y2: this.layout.y(track, arrow.end)};
    if (arrow.fate !== 'carried') return {x1, y1, x2: part(kLostAt), y2: y1 + kLostDrop};
    if (this.layout.tracks[track].recording.live) return {x1, y1, x2: far, y2: y1 + 4};
    const share = this.shareOfWay(track, arrow);
    return {x1, y1, x2: part(share), y2: y1 + 30 * share};
  }
  // Under way where the recording ends.
  private shareOfWay(track: number, arrow: Arrow): number {
    const event = this.layout.tracks[track].recording.events[arrow.start];
    if (event.arrives_ns === undefined) return 0.5;
    const share = (this.moment.now[track] - event.time_ns) / Math.max(1, event.arrives_ns - event.time_ns);
    return Math.max(0.08, Math.min(0.95, share));
  }
  private classesOf(track: number, arrow: Arrow, recording: Recording): string[] {
    const now = this.moment.counts[track];
    const classes = ['arrow', `host${arrow.host}`, `track${track}`];
    if (arrow.start >= now) classes.push('future');
    else if (arrow.end !== undefined && arrow.end >= now) classes.push('flying');
    if (arrow.fate !== 'carried') classes.push('lost');
    if (arrow.damaged) classes.push('damaged');
    if (arrow.original !== undefined) classes.push('again');
    if (arrow.dropped !== undefined) classes.push('refused');
    const mine = [arrow.start, arrow.end, arrow.segment, arrow.received, arrow.dropped];
    if (track === 0 && this.moment.selected !== undefined && mine.includes(this.moment.selected)) classes.push('selected');
    if (this.layout.isCrowded(track, arrow.start)) classes.push('crowded');
    if (recording.live) classes.push('live');
    return classes;
  }
  private labelOf(arrow: Arrow, recording: Recording): string {
    const frame = recording.events[arrow.start];
    const event = arrow.segment === undefined ? frame : partOf(recording.events[arrow.segment], frame);
    const notes = [
      arrow.fate !== 'carried' && brief(arrow.fate), arrow.damaged && 'damaged', arrow.copy && 'a copy',
      arrow.dropped !== undefined && recording.events[arrow.dropped].reason?.replace(/^(tcp|ip|udp)-/, ''),
    ].filter(Boolean);
    return short(event) + (notes.length > 0 ? ` (${notes.join(', ')})` : '');
  }
  private tip(arrow: Arrow, {x2, y2, x1, y1}: Line): SVGElement {
    if (arrow.fate !== 'carried' || arrow.dropped !== undefined) {
      return svg('path', {class: 'cross', d: `M${x2 - 5} ${y2 - 5}l10 10m0 -10l-10 10`});
    }
    if (arrow.end === undefined && !this.layout.tracks[0].recording.live) return svg('circle', {class: 'tip', cx: x2, cy: y2, r: 3.5});
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const corner = (turn: number) => `${x2 - 9 * Math.cos(angle + turn)},${y2 - 9 * Math.sin(angle + turn)}`;
    return svg('polygon', {class: 'tip', points: `${x2},${y2} ${corner(0.4)} ${corner(-0.4)}`});
  }
  // Along the arrow, at its beginning, where it crosses the fewest others.
  private label(arrow: Arrow, {x1, y1, x2, y2}: Line, text: string): SVGElement {
    const slope = Math.max(-1, Math.min(1, (y2 - y1) / (x2 - x1)));
    const side = arrow.host === 0 ? 1 : -1;
    const x = x1 + side * 12;
    const y = y1 + slope * side * 12 - 4;
    const most = Math.floor((this.geometry.right - this.geometry.left) / kCharacter) - 4;
    const fits = text.length > most ? text.replace(/ win \d+/, '') : text;
    const shown = fits.length > most ? fits.slice(0, most - 1) + '…' : fits;
    return svg('text', {class: 'label', x, y, 'text-anchor': side > 0 ? 'start' : 'end',
                        transform: `rotate(${(Math.atan(slope) * 180) / Math.PI} ${x} ${y})`}, shown);
  }
  // From a retransmission back to what it repeats, outside the lifeline.
  private link(track: number, arrow: Arrow, original: Arrow): SVGElement {
    const out = arrow.host === 0 ? -1 : 1;
    const x = this.x(arrow.host);
    const [from, to] = [this.layout.y(track, original.start), this.layout.y(track, arrow.start)];
    return svg('path', {class: 'link', d: `M${x} ${from}C${x + out * 22} ${from + 8} ${x + out * 22} ${to - 8} ${x} ${to}`});
  }

  // --- what stands beside a lifeline
  private mark(track: number, event: LabEvent): SVGElement {
    const y = this.layout.y(track, event.n);
    const side = event.host === 0 ? -1 : 1;
    const x = this.x(event.host);
    const text = besideLifeline(event);
    const shown = text.length > this.geometry.room ? text.slice(0, this.geometry.room - 1) + '…' : text;
    const classes = ['mark', event.event, `track${track}`];
    if (event.n >= this.moment.counts[track]) classes.push('future');
    if (track === 0 && event.n === this.moment.selected) classes.push('selected');
    return svg('g', {class: classes.join(' '), 'data-event': event.n, 'data-track': track, role: 'img', 'aria-label': text},
               sign(event, x, y), svg('text', {x: x + side * 10, y: y + 4, 'text-anchor': side < 0 ? 'end' : 'start'}, shown));
  }
  private wireMark(track: number, event: LabEvent): SVGElement {
    const y = this.layout.y(track, event.n);
    const future = event.n >= this.moment.counts[track] ? ' future' : '';
    const middle = (this.geometry.left + this.geometry.right) / 2;
    return svg('g', {class: `mark wire track${track}${future}`, 'data-event': event.n, 'data-track': track, role: 'img', 'aria-label': short(event)},
               svg('line', {x1: this.geometry.left, x2: this.geometry.right, y1: y, y2: y}),
               svg('text', {x: middle, y: y + 4, 'text-anchor': 'middle'}, short(event).slice(0, 60)));
  }
}

// The cross says already that it was lost; what is left is by what.
const brief = (fate: string): string => fate.replace(/^lost while the |^(lost|dropped) (by|in) (a )?|^dropped: (the )?/, '');

// There is little room: which state was left stands above it, whose act it is one sees, and the sign says the kind.
function besideLifeline(event: LabEvent): string {
  switch (event.event) {
    case 'state-changed': return `→ ${event.to}`;
    case 'timer-fired': return `${event.timer}!`;
    case 'timer-armed': return `${event.timer}: ${duration((event.deadline_ns ?? 0) - event.time_ns)}`;
    case 'loss-detected': return `lost? ${count(event.lost_bytes)}`;
    default: return short(event).replace(/^(client|server): /, '');
  }
}

// A circle is a state, a square an act, a clock hand a timer, a triangle a loss.
function sign(event: LabEvent, x: number, y: number): SVGElement {
  if (event.event.startsWith('timer')) {
    return svg('path', {class: 'sign', d: `M${x - 4.5} ${y}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0M${x} ${y - 3.5}V${y}H${x + 3}`});
  }
  if (event.event === 'loss-detected') return svg('path', {class: 'sign', d: `M${x} ${y - 5}l5 9h-10z`});
  if (event.event === 'action' || event.event === 'user-called') {
    return svg('rect', {class: 'sign', x: x - 4, y: y - 4, width: 8, height: 8});
  }
  return svg('circle', {class: 'sign', cx: x, cy: y, r: 4.5});
}
