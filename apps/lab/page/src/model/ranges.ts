// Sets of octets as sorted, disjoint, half-open ranges. They are values: every function answers a new one, so that a
// checkpoint may keep what it has seen.
export type Range = readonly [from: number, to: number];
export type Ranges = readonly Range[];

export const kNone: Ranges = [];

export function add(ranges: Ranges, from: number, to: number): Ranges {
  if (to <= from) return ranges;
  const apart: Range[] = [];
  let joined: Range = [from, to];
  for (const range of ranges) {
    if (range[1] < joined[0] || range[0] > joined[1]) apart.push(range);
    else joined = [Math.min(range[0], joined[0]), Math.max(range[1], joined[1])];
  }
  apart.push(joined);
  return apart.sort((a, b) => a[0] - b[0]);
}

export function remove(ranges: Ranges, from: number, to: number): Ranges {
  if (to <= from || ranges.length === 0) return ranges;
  const left: Range[] = [];
  for (const range of ranges) {
    if (range[0] < from) left.push([range[0], Math.min(range[1], from)]);
    if (range[1] > to) left.push([Math.max(range[0], to), range[1]]);
  }
  return left;
}

export function below(ranges: Ranges, to: number): Ranges {
  return remove(ranges, -Infinity, to);
}

export function octets(ranges: Ranges): number {
  return ranges.reduce((sum, range) => sum + range[1] - range[0], 0);
}

export function contains(ranges: Ranges, octet: number): boolean {
  return ranges.some((range) => range[0] <= octet && octet < range[1]);
}

// How far one gets from `from` without meeting a hole.
export function reach(ranges: Ranges, from: number): number {
  const range = ranges.find((one) => one[0] <= from && from < one[1]);
  return range === undefined ? from : range[1];
}
