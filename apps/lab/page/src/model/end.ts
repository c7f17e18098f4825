// One end of a connection, as far as events tell it. An End is never changed, only replaced: checkpoints keep old ones.
import type {LabEvent} from '../net/types';
import {Ranges, add, below, contains, kNone, reach, remove} from './ranges';
import {has, sackBlocks, span} from './segments';

export interface Timer {
  name: string;
  armed_ns: number;
  deadline_ns: number;
}

export interface End {
  readonly key: string;  // host:connection
  readonly host: number;
  readonly connection: number;
  readonly pair: number;
  readonly local: string;
  readonly remote: string;
  readonly active: boolean;
  readonly state: string;
  readonly before: string;         // the state that was left last
  readonly changed?: number;       // the event of that
  readonly error?: number;         // errno at the end; undefined: not at its end
  readonly timers: readonly Timer[];
  readonly congestionWindow?: number;
  readonly threshold?: number;
  readonly phase?: string;
  readonly peerWindow?: number;
  readonly smoothed?: number;
  readonly variation?: number;
  readonly timeout?: number;
  readonly agreed?: LabEvent;
  // Sending, in octets from the initial sequence number.
  readonly written: number;        // behind the last octet that the application gave
  readonly sentTo: number;         // SND.NXT, the highest
  readonly ackedTo: number;        // SND.UNA
  readonly sacked: Ranges;
  readonly lost: Ranges;           // believed lost and not sent again since
  readonly finished: boolean;      // the FIN left
  // Receiving.
  readonly receivedTo: number;     // RCV.NXT
  readonly held: Ranges;           // came beyond a hole
  readonly delivered: number;      // octets that became readable
  readonly read: number;           // octets that the application took
  readonly windowEdge: number;     // RCV.NXT + RCV.WND as the last segment said
  readonly undo?: {receivedTo: number; held: Ranges; at: number};  // before the last segment, in case it is dropped
  // Counters.
  readonly sent: number;
  readonly received: number;
  readonly again: number;
  readonly dropped: number;
}

export function newEnd(event: LabEvent, pair: number): End {
  return {
    key: `${event.host}:${event.connection}`, host: event.host, connection: event.connection ?? 0, pair,
    local: event.local ?? '?', remote: event.remote ?? '?', active: event.active ?? false,
    state: event.active === false ? 'LISTEN' : 'CLOSED', before: '', timers: [],
    written: 1, sentTo: 0, ackedTo: 0, sacked: kNone, lost: kNone, finished: false,
    receivedTo: 0, held: kNone, delivered: 0, read: 0, windowEdge: 0, sent: 0, received: 0, again: 0, dropped: 0,
  };
}

export const outstanding = (end: End): number => Math.max(0, end.sentTo - end.ackedTo);
export const receiveQueue = (end: End): number => Math.max(0, end.delivered - end.read);
export const sendQueue = (end: End): number => Math.max(0, end.written - Math.max(1, end.ackedTo));

type Fold = (end: End, event: LabEvent) => End;

// A segment that is sent again takes its octets out of what is believed lost, until a timer says so once more.
const segmentSent: Fold = (end, event) => {
  const [from, to] = span(event);
  const edge = event.relative_ack === undefined ? end.windowEdge : event.relative_ack + (event.window_bytes ?? 0);
  return {
    ...end, sent: end.sent + 1, again: end.again + (event.retransmission ? 1 : 0), sentTo: Math.max(end.sentTo, to),
    lost: remove(end.lost, from, to), finished: end.finished || has(event, 'F'), windowEdge: Math.max(edge, end.windowEdge),
  };
};

const segmentReceived: Fold = (end, event) => {
  const [from, to] = span(event);
  const all = to > from ? add(end.held, Math.max(from, end.receivedTo), to) : end.held;
  const receivedTo = reach(all, end.receivedTo);
  const next = {
    ...end, received: end.received + 1, receivedTo, held: below(all, receivedTo),
    undo: {receivedTo: end.receivedTo, held: end.held, at: event.n},
  };
  return event.relative_ack === undefined ? next : acknowledged(next, event);
};

function acknowledged(end: End, event: LabEvent): End {
  const ackedTo = Math.min(Math.max(end.ackedTo, event.relative_ack ?? 0), end.sentTo);
  let sacked = end.sacked;
  for (const [from, to] of sackBlocks(event)) sacked = add(sacked, from, to);
  sacked = below(sacked, ackedTo);
  let lost = below(end.lost, ackedTo);
  for (const [from, to] of sacked) lost = remove(lost, from, to);
  return {...end, ackedTo, sacked, lost};
}

// What arrived is told first, that it was refused afterwards: then its text was not taken.
const segmentDropped: Fold = (end) => {
  const undone = end.undo === undefined ? {} : {receivedTo: end.undo.receivedTo, held: end.undo.held, undo: undefined};
  return {...end, ...undone, dropped: end.dropped + 1};
};

// `lost_bytes` counts from `relative_begin` on, around what a selective acknowledgment has told to be there.
const lossDetected: Fold = (end, event) => {
  let lost: Ranges = end.lost;
  let left = event.lost_bytes ?? 0;
  let at = event.relative_begin ?? end.ackedTo;
  while (left > 0 && at < end.sentTo) {
    if (contains(end.sacked, at)) {
      at = reach(end.sacked, at);
      continue;
    }
    const hole = end.sacked.find((range) => range[0] > at);
    const to = Math.min(at + left, hole === undefined ? end.sentTo : hole[0]);
    lost = add(lost, at, to);
    left -= to - at;
    at = to;
  }
  return {...end, lost};
};

const userCalled: Fold = (end, event) => {
  if (event.call === 'send') return {...end, written: end.written + (event.bytes ?? 0)};
  if (event.call === 'receive') return {...end, read: end.read + (event.bytes ?? 0)};
  return end;
};

const without = (timers: readonly Timer[], name?: string) => timers.filter((timer) => timer.name !== name);

const folds: Record<string, Fold> = {
  'segment-sent': segmentSent,
  'segment-received': segmentReceived,
  'segment-dropped': segmentDropped,
  'loss-detected': lossDetected,
  'user-called': userCalled,
  'state-changed': (end, event) => ({
    ...end, state: event.to ?? end.state, before: event.from ?? end.state, changed: event.n,
    local: event.local ?? end.local, remote: event.remote ?? end.remote,
  }),
  'connection-closed': (end, event) => ({...end, state: 'CLOSED', error: event.error ?? 0, timers: []}),
  'timer-armed': (end, event) => ({
    ...end,
    timers: [...without(end.timers, event.timer),
             {name: event.timer ?? '?', armed_ns: event.time_ns, deadline_ns: event.deadline_ns ?? event.time_ns}],
  }),
  'timer-cancelled': (end, event) => ({...end, timers: without(end.timers, event.timer)}),
  'timer-fired': (end, event) => ({...end, timers: without(end.timers, event.timer)}),
  'congestion-changed': (end, event) => ({
    ...end, congestionWindow: event.window_bytes, threshold: event.threshold_bytes, phase: event.phase,
  }),
  'reduction-undone': (end, event) => ({...end, congestionWindow: event.window_bytes, lost: kNone}),
  'window-changed': (end, event) => ({...end, peerWindow: event.to_bytes}),
  'rtt-measured': (end, event) => ({
    ...end, smoothed: event.smoothed_ns, variation: event.variation_ns, timeout: event.retransmission_timeout_ns,
  }),
  'bytes-delivered': (end, event) => ({...end, delivered: end.delivered + (event.bytes ?? 0)}),
  'options-agreed': (end, event) => ({...end, agreed: event}),
};

export function foldEnd(end: End, event: LabEvent): End {
  const fold = folds[event.event];
  return fold === undefined ? end : fold(end, event);
}
