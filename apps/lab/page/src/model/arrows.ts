// What went over the wire, as arrows from one lifeline to the other: which event began each, which ended it, and which
// one repeats which.
import type {LabEvent} from '../net/types';
import {partOf, span} from './segments';

export interface Arrow {
  id: number;
  host: number;           // who sent it
  start: number;          // event: wire-sent, or the segment's own where no wire tells
  end?: number;           // event: wire-arrived
  segment?: number;       // event: segment-sent, or segment-received of a peer that we do not see
  received?: number;      // event: segment-received
  dropped?: number;       // event: the receiver refused it
  fate: string;
  damaged: boolean;
  copy: boolean;
  original?: number;      // the arrow that carried these octets first
  repeats: number[];      // arrows that carry them again
  pair: number;           // -1: no connection
}

export class Arrows {
  readonly all: Arrow[] = [];
  // Transmissions without an arrow of their own: a segment that waits for ARP, or a live recording's.
  private readonly byFrame = new Map<number, Arrow>();
  private readonly bySegment = new Map<number, Arrow>();
  private readonly begun = new Map<number, Arrow>();
  private readonly ended = new Map<number, Arrow>();
  private readonly firstOf = new Map<string, number>();  // end and first octet -> arrow
  private arriving: (Arrow | undefined)[] = [];

  constructor(private readonly live: boolean, private readonly pairOf: (event: LabEvent) => number) {}

  add(event: LabEvent, events: readonly LabEvent[]): Arrow | undefined {
    switch (event.event) {
      case 'wire-sent': return this.sent(event, events);
      case 'wire-arrived': return this.arrived(event);
      case 'segment-sent': return this.live ? this.begin(event, event) : undefined;
      case 'segment-received': return this.received(event);
      case 'segment-dropped': return this.dropped(event);
      case 'frame-dropped': return this.frameDropped(event, events);
      default: return undefined;
    }
  }
  // The arrow that a segment event belongs to; that begins or ends with an event of the wire.
  ofSegment(n: number): Arrow | undefined {
    return this.bySegment.get(n);
  }
  begunBy(n: number): Arrow | undefined {
    return this.begun.get(n);
  }
  endedBy(n: number): Arrow | undefined {
    return this.ended.get(n);
  }

  private sent(event: LabEvent, events: readonly LabEvent[]): Arrow {
    const segment = event.segment === undefined ? undefined : events[event.segment];
    const told = this.live && segment !== undefined ? this.bySegment.get(segment.n) : undefined;
    if (told !== undefined) told.fate = event.fate ?? told.fate;  // its segment has begun the arrow already
    const arrow = told ?? this.begin(event, segment);
    if (event.frame !== undefined) this.byFrame.set(event.frame, arrow);
    return arrow;
  }
  private begin(event: LabEvent, segment: LabEvent | undefined): Arrow {
    const arrow: Arrow = {
      id: this.all.length, host: event.host, start: event.n, segment: segment?.n, fate: event.fate ?? 'carried',
      damaged: event.damaged ?? false, copy: false, repeats: [], pair: segment === undefined ? -1 : this.pairOf(segment),
    };
    this.all.push(arrow);
    this.begun.set(event.n, arrow);
    if (segment !== undefined) this.link(arrow, segment, partOf(segment, event));
    return arrow;
  }
  private link(arrow: Arrow, segment: LabEvent, part: LabEvent): void {
    if (!this.bySegment.has(segment.n)) this.bySegment.set(segment.n, arrow);
    const [from, to] = span(part);
    if (to === from) return;
    const key = `${segment.host}:${segment.connection}:${from}`;
    const first = this.firstOf.get(key);
    if (first === undefined) {
      this.firstOf.set(key, arrow.id);
    } else if (segment.retransmission) {
      arrow.original = first;
      this.all[first].repeats.push(arrow.id);
    }
  }
  private arrived(event: LabEvent): Arrow | undefined {
    const known = this.byFrame.get(event.frame ?? -1);
    if (known === undefined) return this.fromNowhere(event);
    const arrow = event.copy && known.end !== undefined ? this.double(known, event) : known;
    arrow.end = event.n;
    this.ended.set(event.n, arrow);
    arrow.damaged ||= event.damaged ?? false;
    this.arriving[event.host] = arrow;
    return arrow;
  }
  // A stranger's, put on the wire by hand.
  private fromNowhere(event: LabEvent): Arrow {
    const arrow = this.begin({...event, host: 1 - event.host, fate: 'carried'}, undefined);
    arrow.end = event.n;
    this.ended.set(event.n, arrow);
    this.arriving[event.host] = arrow;
    return arrow;
  }
  // The wire made two of one: both are drawn, from the same start.
  private double(known: Arrow, event: LabEvent): Arrow {
    const arrow: Arrow = {...known, id: this.all.length, copy: true, damaged: event.damaged ?? false, repeats: [],
                          received: undefined, dropped: undefined};
    this.all.push(arrow);
    return arrow;
  }
  private received(event: LabEvent): Arrow | undefined {
    const arrow = this.live && event.frame === undefined ? this.fromAfar(event) : this.arriving[event.host];
    if (arrow === undefined) return undefined;
    arrow.received = event.n;
    this.bySegment.set(event.n, arrow);
    if (this.live) arrow.segment ??= event.n;  // of a peer that tells us nothing itself
    if (arrow.pair < 0) arrow.pair = this.pairOf(event);
    return arrow;
  }
  // Live: when the peer sent it nobody told us.
  private fromAfar(event: LabEvent): Arrow {
    const arrow = this.begin({...event, host: 1 - event.host, event: 'wire-sent'}, undefined);
    arrow.segment = arrow.end = event.n;
    this.arriving[event.host] = arrow;
    return arrow;
  }
  private dropped(event: LabEvent): Arrow | undefined {
    const arrow = this.arriving[event.host];
    if (arrow !== undefined && arrow.dropped === undefined) arrow.dropped = event.n;
    if (arrow !== undefined) this.bySegment.set(event.n, arrow);
    return arrow;
  }
  // Before it was a segment: a wrong checksum, a stranger's address. Frames that never left are told the same way.
  private frameDropped(event: LabEvent, events: readonly LabEvent[]): Arrow | undefined {
    const arrow = this.arriving[event.host];
    if (arrow?.end === undefined || arrow.received !== undefined || events[arrow.end].time_ns !== event.time_ns) return undefined;
    return this.dropped(event);
  }
}
