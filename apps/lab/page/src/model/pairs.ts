// Which two ends belong together. Hosts count their connections by themselves; what they share is the four-tuple.
import type {LabEvent} from '../net/types';

export interface Pair {
  id: number;
  ends: (string | undefined)[];  // by host: the key of its end
  opened: number;                // event
  name: string;
}

export class Pairs {
  readonly all: Pair[] = [];
  private readonly ofEnd = new Map<string, number>();
  private readonly newest = new Map<string, Pair[]>();  // by four-tuple, as the client writes it

  add(event: LabEvent): void {
    const key = `${event.host}:${event.connection}`;
    if (event.connection === undefined || event.host < 0 || this.ofEnd.has(key)) return;
    const ends = [event.local ?? '?', event.remote ?? '?'];
    const name = (event.host === 0 ? ends : ends.reverse()).join(' ↔ ');
    const pair = this.half(name, event.host) ?? this.fresh(name, event.n);
    pair.ends[event.host] = key;
    this.ofEnd.set(key, pair.id);
  }
  of(key: string): number {
    return this.ofEnd.get(key) ?? -1;
  }

  // A four-tuple may be used again: the newest pair that lacks this host's end is the one.
  private half(name: string, host: number): Pair | undefined {
    return this.newest.get(name)?.findLast((pair) => pair.ends[host] === undefined);
  }
  private fresh(name: string, opened: number): Pair {
    const pair = {id: this.all.length, ends: [undefined, undefined], opened, name};
    this.all.push(pair);
    this.newest.set(name, [...(this.newest.get(name) ?? []), pair]);
    return pair;
  }
}
