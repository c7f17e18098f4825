// Numbers as people read them.

// Octets with a thin mark every three digits: 14,480.
export function count(value: number | undefined | null): string {
  return value === undefined || value === null ? '–' : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

// A moment of the run, in milliseconds since its start, to the microsecond.
export function moment(ns: number): string {
  const [whole, part] = (ns / 1e6).toFixed(3).split('.');
  return `${count(Number(whole))}.${part} ms`;
}

// A length of time in the unit that suits it.
export function duration(ns: number | undefined | null): string {
  if (ns === undefined || ns === null) return '–';
  const size = Math.abs(ns);
  if (size >= 1e9) return `${trim(ns / 1e9, 3)} s`;
  if (size >= 1e6) return `${trim(ns / 1e6, 3)} ms`;
  if (size >= 1e3) return `${trim(ns / 1e3, 3)} µs`;
  return `${ns} ns`;
}

function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '');
}
