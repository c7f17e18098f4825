// The quantities of each end over time, for the plots. A row is added where something moved; rows are never changed.
import type {LabEvent} from '../net/types';
import {End, outstanding} from './end';
import {sackBlocks, span} from './segments';

export interface Sent {
  time: number;
  from: number;
  to: number;
  again: boolean;
  n: number;
}
export interface Sacked {
  time: number;
  from: number;
  to: number;
}

// Columns of numbers that grow together; the first is the time in seconds.
export type Table = (number | null)[][];

export class Series {
  readonly windows: Table = [[], [], [], [], []];   // congestion window, threshold, in flight, peer's window
  readonly times: Table = [[], [], [], []];         // srtt, rttvar, RTO in milliseconds
  readonly acks: Table = [[], [], []];              // acknowledged, edge of the peer's window
  readonly sent: Sent[] = [];
  readonly sacked: Sacked[] = [];

  add(event: LabEvent, end: End): void {
    const time = event.time_ns / 1e9;
    switch (event.event) {
      case 'segment-sent': this.segment(event, time); this.window(time, end); break;
      case 'segment-received': this.acked(event, time, end); this.window(time, end); break;
      case 'congestion-changed': case 'window-changed': case 'reduction-undone': this.window(time, end); break;
      case 'rtt-measured': push(this.times, [time, ms(end.smoothed), ms(end.variation), ms(end.timeout)]); break;
    }
  }

  private segment(event: LabEvent, time: number): void {
    const [from, to] = span(event);
    if (to > from) this.sent.push({time, from, to, again: event.retransmission ?? false, n: event.n});
  }
  private acked(event: LabEvent, time: number, end: End): void {
    if (event.relative_ack === undefined) return;
    push(this.acks, [time, end.ackedTo, event.relative_ack + (event.window_bytes ?? 0)]);
    for (const [from, to] of sackBlocks(event)) this.sacked.push({time, from, to});
  }
  private window(time: number, end: End): void {
    // A threshold that was never set is as good as infinite: it would flatten everything else.
    const threshold = end.threshold === undefined || end.threshold >= 2 ** 30 ? null : end.threshold;
    push(this.windows, [time, end.congestionWindow ?? null, threshold, outstanding(end), end.peerWindow ?? null]);
  }
}

const ms = (ns?: number) => (ns === undefined ? null : ns / 1e6);

// Of several rows at one moment the last one counts.
function push(table: Table, row: (number | null)[]): void {
  const at = table[0].length;
  const same = at > 0 && table[0][at - 1] === row[0];
  row.forEach((value, column) => (table[column][same ? at - 1 : at] = value));
}
