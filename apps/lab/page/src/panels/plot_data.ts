// What the plots draw, as uPlot wants it: columns that share one rising column of seconds.
import type {Recording} from '../model/recording';
import type {Pair} from '../model/pairs';
import type {Series, Table} from '../model/series';

export interface Curve {
  name: string;
  color: string;     // variable of the style sheet
  dash?: number[];   // the curves differ in this, too
  unit: 'octets' | 'ms' | 'kbit/s';
  far?: boolean;     // may lie far above the others: then they keep the room, and this one leaves the picture
}
export interface PlotKind {
  id: string;
  title: string;
  curves: Curve[];
  data(series: Series): Table;
}

const kThroughputBins = 150;

// Acknowledged octets of one bin of time, as a rate. A bin is at least a millisecond, so that a burst is no spike to the sky.
function throughput(series: Series): Table {
  const [times, acks] = series.acks as number[][];
  if (times.length < 2) return [[], []];
  const [first, last] = [times[0], times[times.length - 1]];
  const bin = Math.max(0.001, (last - first) / kThroughputBins);
  const table: number[][] = [[], []];
  let before = acks[0];
  let at = 1;
  for (let i = 1; first + (i - 1) * bin < last; ++i) {
    let now = before;
    for (; at < times.length && times[at] <= first + i * bin + 1e-12; ++at) now = acks[at];
    table[0].push(first + i * bin);
    table[1].push(((now - before) * 8) / bin / 1000);
    before = now;
  }
  return table;
}

// The curves of the time-sequence plot; the segments themselves are painted over them.
function sequence(series: Series): Table {
  const highest: [number[], number[]] = [[], []];
  let most = 0;
  for (const sent of series.sent) {
    const at = highest[0].length - 1;
    most = Math.max(most, sent.to);
    if (at >= 0 && highest[0][at] === sent.time) highest[1][at] = most;
    else highest.forEach((column, i) => column.push(i === 0 ? sent.time : most));
  }
  return joined([series.acks, highest]);
}

export const kinds: PlotKind[] = [
  {
    id: 'windows', title: 'Windows', data: (series) => series.windows,
    curves: [
      {name: 'cwnd', color: '--blue', unit: 'octets'}, {name: 'ssthresh', color: '--red', dash: [8, 4], unit: 'octets'},
      {name: 'in flight', color: '--green', dash: [3, 3], unit: 'octets'}, {name: "peer's window", color: '--purple', dash: [10, 3, 2, 3], unit: 'octets', far: true},
    ],
  },
  {
    id: 'times', title: 'Round trips', data: (series) => series.times,
    curves: [
      {name: 'srtt', color: '--blue', unit: 'ms'}, {name: 'rttvar', color: '--green', dash: [3, 3], unit: 'ms'},
      {name: 'RTO', color: '--red', dash: [8, 4], unit: 'ms'},
    ],
  },
  {
    id: 'sequence', title: 'Time-sequence', data: sequence,
    curves: [
      {name: 'acknowledged', color: '--green', unit: 'octets'}, {name: 'window to', color: '--purple', dash: [10, 3, 2, 3], unit: 'octets', far: true},
      {name: 'sent to', color: '--blue', dash: [0, 1000], unit: 'octets'},
    ],
  },
  {id: 'throughput', title: 'Throughput', data: throughput, curves: [{name: 'acknowledged', color: '--blue', unit: 'kbit/s'}]},
];

// Tables of different times as one. A value holds until the next of its own table: that is what a step means.
export function joined(tables: Table[]): Table {
  const times = [...new Set(tables.flatMap((table) => table[0] as number[]))].sort((a, b) => a - b);
  const all: Table = [times];
  for (const table of tables) {
    for (const column of table.slice(1)) {
      let at = -1;
      all.push(times.map((time) => {
        while (at + 1 < table[0].length && (table[0][at + 1] as number) <= time) at += 1;
        return at < 0 ? null : column[at];
      }));
    }
  }
  return all;
}

export function seriesOf(recording: Recording, pair: Pair | undefined, host: number): Series | undefined {
  const key = pair?.ends[host];
  return key === undefined ? undefined : recording.series.get(key);
}

// The value that a column has at this time.
export function valueAt(table: Table, column: number, seconds: number): number | null {
  const times = table[0] as number[];
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= seconds + 1e-12) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : table[column]?.[low - 1] ?? null;
}
