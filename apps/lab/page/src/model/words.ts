// An event in words. Sentences about causes and reasons are the server's own (stack/base/reasons.hpp); what is here says
// the rest: what moved, and from where to where.
import type {LabEvent} from '../net/types';
import {count, duration} from './format';
import {has, notation} from './segments';

const kinds: Record<string, string> = {
  'segment-sent': 'segment sent', 'segment-received': 'segment received', 'segment-dropped': 'segment refused',
  'wire-sent': 'frame on the wire', 'wire-arrived': 'frame arrived', 'wire-changed': 'the wire changes',
};
const calls: Record<string, string> = {
  'connect': 'asked for a connection', 'send': 'gave octets to send', 'receive': 'read octets',
  'shutdown-send': 'said that it will send no more', 'shutdown-receive': 'said that it will read no more',
  'close': 'closed', 'abort': 'aborted',
};
const signs: Record<string, string> = {
  'duplicate-acks': 'duplicate acknowledgments', 'partial-ack': 'an acknowledgment of only a part', 'time': 'later octets came, and enough time went by',
  'timeout': 'the retransmission timer ran out', 'window': 'the window', 'path': 'the path takes only smaller packets',
};

export function kindOf(event: LabEvent): string {
  return kinds[event.event] ?? event.event.replace(/-/g, ' ');
}

// One line for lists and the lifelines.
export function short(event: LabEvent): string {
  switch (event.event) {
    case 'segment-sent': case 'segment-received': return (event.retransmission ? 'again: ' : '') + notation(event);
    case 'segment-dropped': return `refused: ${event.reason}`;
    case 'wire-sent': return event.line ?? 'a frame';
    case 'wire-arrived': return event.line ?? `arrives${event.damaged ? ', damaged' : ''}${event.copy ? ', a copy' : ''}`;
    case 'wire-changed': return `wire: ${event.rules}`;
    case 'action': return event.action ?? '';
    case 'problem': return `impossible: ${event.problem}`;
    case 'state-changed': return `${event.from} → ${event.to}`;
    case 'timer-armed': return `${event.timer} timer set: ${duration((event.deadline_ns ?? 0) - event.time_ns)}`;
    case 'timer-cancelled': return `${event.timer} timer stopped`;
    case 'timer-fired': return `${event.timer} timer ran out`;
    case 'loss-detected': return `${count(event.lost_bytes)} octets believed lost`;
    case 'congestion-changed': return `${event.phase}: congestion window ${count(event.window_bytes)}`;
    case 'connection-opened': return `connection ${event.active ? 'opened' : 'opened by the peer'}`;
    case 'connection-closed': return event.error ? `connection ended: error ${event.error}` : 'connection ended';
    case 'frame-dropped': return `refused: ${event.reason}`;
    case 'neighbour-changed': return `neighbour ${event.address}: ${event.from} → ${event.to}`;
    case 'user-called': return `${event.call}${event.bytes ? ` ${count(event.bytes)}` : ''}`;
    default: return sentence(event);
  }
}

function quantity(event: LabEvent): string {
  switch (event.event) {
    case 'congestion-changed':
      return `Congestion window ${count(event.window_bytes)} octets, threshold ${count(event.threshold_bytes)}, ` +
          `${count(event.in_flight_bytes)} in flight; phase ${event.phase}.`;
    case 'window-changed':
      return `The peer's window goes from ${count(event.from_bytes)} to ${count(event.to_bytes)} octets.`;
    case 'rtt-measured':
      return `A round trip took ${duration(event.sample_ns)}. Smoothed ${duration(event.smoothed_ns)}, variation ` +
          `${duration(event.variation_ns)}; so the retransmission timeout is ${duration(event.retransmission_timeout_ns)}.`;
    case 'bytes-delivered':
      return `${count(event.bytes)} octets are in order and can be read; ${count(event.readable_bytes)} wait to be.`;
    case 'reduction-undone':
      return `The last loss was none: the congestion window is ${count(event.window_bytes)} octets again.`;
    case 'buffer-tuned':
      return `The ${event.buffer} buffer grows from ${count(event.from_bytes)} to ${count(event.to_bytes)} octets.`;
    case 'path-changed': return `The path takes segments of ${count(event.segment_bytes)} octets of text.`;
    default: return '';
  }
}

function agreed(event: LabEvent): string {
  const yes = [
    event.window_scaling && `window scale (we shift by ${event.receive_scale}, the peer by ${event.send_scale})`,
    event.sack && 'selective acknowledgments', event.timestamps && 'timestamps',
    event.congestion_notification && 'explicit congestion notification',
  ].filter(Boolean);
  return `Both ends agreed: segments of up to ${count(event.segment_bytes)} octets of text; ` +
      (yes.length > 0 ? yes.join(', ') : 'no options') + '.';
}

function segmentWords(event: LabEvent): string {
  const parts = [];
  if (has(event, 'S')) parts.push(has(event, '.') ? 'answers the opening (SYN, ACK)' : 'asks to open (SYN)');
  if (has(event, 'R')) parts.push('resets the connection (RST)');
  if (event.payload_bytes) parts.push(`carries ${count(event.payload_bytes)} octets from ${event.relative_seq}`);
  if (has(event, 'F')) parts.push('says that nothing more comes (FIN)');
  if (event.relative_ack !== undefined) parts.push(`acknowledges all before ${event.relative_ack}`);
  const who = event.event === 'segment-received' ? 'What arrived ' : `The segment ${event.retransmission ? 'goes once more: it ' : ''}`;
  return who + (parts.join(', ') || 'carries nothing') + '.';
}

function fate(event: LabEvent): string {
  const line = `${event.line ?? 'The frame'}.`;
  if (event.fate !== 'carried') return `${line} The wire did not carry it: ${event.fate}.`;
  const when = event.arrives_ns === undefined ? '' : ` It arrives ${duration(event.arrives_ns - event.time_ns)} later.`;
  return `${line} ${count(event.bytes)} octets.${when}`;
}

// The whole of it. The server's sentence about the cause comes by itself, see why.ts.
export function sentence(event: LabEvent): string {
  switch (event.event) {
    case 'segment-sent': case 'segment-received': return segmentWords(event);
    case 'segment-dropped': return `The segment was refused: ${event.reason}.`;
    case 'frame-dropped': return `The frame was refused: ${event.reason}. ${event.line ?? ''}`;
    case 'wire-sent': return fate(event);
    case 'wire-arrived':
      if (event.line !== undefined) return `${event.line}. The wire itself, or a stranger, sent it.`;
      return `The frame reached the other end${event.damaged ? ', with a bit flipped on the way' : ''}${event.copy ? '; it is a copy' : ''}.`;
    case 'wire-changed': return `From now on: ${event.rules || 'a perfect wire'}.`;
    case 'action': return `Somebody did: ${event.action}.`;
    case 'problem': return `That could not be done: ${event.problem}.`;
    case 'state-changed': return `${event.local} goes from ${event.from} to ${event.to}.`;
    case 'timer-armed':
      return `The ${event.timer} timer will run out in ${duration((event.deadline_ns ?? 0) - event.time_ns)}, unless it is set again or stopped.`;
    case 'timer-cancelled': return `The ${event.timer} timer is not needed any more.`;
    case 'timer-fired': return `The ${event.timer} timer ran out.`;
    case 'user-called': {
      const octets = event.bytes ? `: ${count(event.bytes)} octets` : '';
      return `The application ${calls[event.call ?? ''] ?? event.call}${octets}.`;
    }
    case 'loss-detected':
      return `${count(event.lost_bytes)} octets from ${event.relative_begin} on are believed lost: ${signs[event.sign ?? ''] ?? event.sign}.`;
    case 'options-agreed': return agreed(event);
    case 'connection-opened': return `${event.local} ${event.active ? 'opens a connection to' : 'is opened by'} ${event.remote}.`;
    case 'connection-closed':
      return `The connection of ${event.local} is gone` + (event.error ? `, with error ${event.error}.` : ', in order.');
    case 'neighbour-changed': return `The neighbour ${event.address} (${event.mac}) goes from ${event.from} to ${event.to}.`;
    default: return quantity(event) || kindOf(event);
  }
}
