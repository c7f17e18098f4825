// Reading one segment event. Numbers are counted from the initial sequence number: the SYN is 0, the first octet of data 1.
import type {LabEvent} from '../net/types';
import type {Range} from './ranges';

export function isSegment(event: LabEvent): boolean {
  return event.event === 'segment-sent' || event.event === 'segment-received' || event.event === 'segment-dropped';
}
export const has = (event: LabEvent, flag: string): boolean => (event.flags ?? '').includes(flag);

// First number, and the number behind all that the segment takes: text, SYN and FIN take one each as the RFC counts.
export function span(event: LabEvent): Range {
  const from = event.relative_seq ?? 0;
  return [from, from + (event.payload_bytes ?? 0) + (has(event, 'S') ? 1 : 0) + (has(event, 'F') ? 1 : 0)];
}

// The wire's numbers wrap at 2^32: a block is placed by its distance from the acknowledgment number beside it.
export function sackBlocks(event: LabEvent): Range[] {
  if (event.ack === undefined) return [];
  const base = event.relative_ack ?? 0;
  const place = (number: number) => base + ((number - event.ack!) | 0);
  return (event.options?.sack ?? []).map(([left, right]) => [place(left), place(right)] as const);
}

export function notation(event: LabEvent): string {
  const from = event.relative_seq ?? 0;
  const bytes = event.payload_bytes ?? 0;
  let text = `${event.flags ?? '?'} ${from}:${from + bytes}(${bytes})`;
  if (event.relative_ack !== undefined) text += ` ack ${event.relative_ack}`;
  if (event.window_bytes !== undefined) text += ` win ${event.window_bytes}`;
  const blocks = sackBlocks(event);
  if (blocks.length > 0) text += ' sack ' + blocks.map(([left, right]) => `${left}:${right}`).join(' ');
  return text;
}

// What one frame carries of a segment: a super-segment leaves in several.
export function partOf(segment: LabEvent, frame: LabEvent): LabEvent {
  if (frame.relative_seq === undefined) return segment;
  return {...segment, flags: frame.flags, relative_seq: frame.relative_seq, payload_bytes: frame.payload_bytes};
}
