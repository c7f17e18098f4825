// Everything that is true at one moment of a recording: what fold() makes of the events up to it.
import type {LabEvent} from '../net/types';
import {End, foldEnd, newEnd} from './end';
import type {Pairs} from './pairs';

export interface Flying {
  frame: number;
  host: number;  // who sent it
  sent: number;  // event
}

export interface Model {
  count: number;  // events that were folded: the cursor
  time_ns: number;
  ends: Map<string, End>;                // by host:connection
  listening: Map<string, string>;        // host:port -> as netstat writes the address
  flying: Map<number, Flying>;           // frames under way
  carried: number;
  lostOnWire: number;
  rules?: string;
  last: (number | undefined)[];          // the last state change, by host
}

export function emptyModel(): Model {
  return {count: 0, time_ns: 0, ends: new Map(), listening: new Map(), flying: new Map(), carried: 0, lostOnWire: 0, last: []};
}

// For a checkpoint. What the maps hold is never changed, so that the maps alone are copied.
export function copyModel(model: Model): Model {
  return {
    ...model, ends: new Map(model.ends), listening: new Map(model.listening), flying: new Map(model.flying),
    last: [...model.last],
  };
}

function foldConnection(model: Model, event: LabEvent, pairs: Pairs): void {
  const key = `${event.host}:${event.connection}`;
  const end = model.ends.get(key) ?? newEnd(event, pairs.of(key));
  model.ends.set(key, foldEnd(end, event));
  if (event.event === 'state-changed') model.last[event.host] = event.n;
}

function foldWire(model: Model, event: LabEvent): void {
  const frame = event.frame ?? -1;
  if (event.event === 'wire-arrived') {
    model.flying.delete(frame);
  } else if (event.fate !== 'carried') {
    model.lostOnWire += 1;
  } else {
    model.carried += 1;
    model.flying.set(frame, {frame, host: event.host, sent: event.n});
  }
}

// An action's words come with or without who acts.
function foldAction(model: Model, event: LabEvent): void {
  const words = (event.action ?? '').replace(/^\w+: /, '');
  const listen = /^listen (\d+)/.exec(words);
  if (listen !== null) model.listening.set(`${event.host}:${listen[1]}`, `0.0.0.0:${listen[1]}`);
  if (words === 'stop') stopListening(model, event.host);
  if (event.host < 0 && !/^(drop next|cut|heal|inject)\b/.test(words)) model.rules = words;
}

function stopListening(model: Model, host: number): void {
  for (const key of [...model.listening.keys()]) {
    if (key.startsWith(`${host}:`)) model.listening.delete(key);
  }
}

export function fold(model: Model, event: LabEvent, pairs: Pairs): void {
  if (event.connection !== undefined && event.host >= 0) foldConnection(model, event, pairs);
  else if (event.event === 'wire-sent' || event.event === 'wire-arrived') foldWire(model, event);
  else if (event.event === 'action') foldAction(model, event);
  else if (event.event === 'wire-changed') model.rules = event.rules;
  model.count = event.n + 1;
  model.time_ns = event.time_ns;
}
