// The sequence space of both directions as bars: what the application gave, what is on its way, what came, and the holes.
//
//   send     ▒▒▒▒▒▒ acknowledged ▏ ░░ sent ░░ ▓ selectively acknowledged ▓ ╳ lost ╳ ▏ waits ▏      window edge ┃
//   receive  ▒▒▒▒▒▒ read ▏ to be read ▏      hole      ▏▓ held ▓ ▏                                  window edge ┃
import type {View} from '../lab';
import {End, receiveQueue, sendQueue} from '../model/end';
import {count} from '../model/format';
import type {Range} from '../model/ranges';
import {byId, h, svg} from '../view/dom';

interface Part {
  kind: string;
  range: Range;
}
interface Edge {
  at: number;
  name: string;
}

const kWidth = 440;
const kBar = 20;

export class BuffersPanel {
  private shown = '';

  render(view: View): void {
    byId('buffers').dataset.cursor = String(view.count);
    const ends = [view.lab.end(view, 0), view.lab.end(view, 1)].filter((end) => end !== undefined);
    const key = `${view.lab.current} ${view.pair?.id} ${view.count}`;
    if (key === this.shown) return;
    this.shown = key;
    byId('buffers-list').replaceChildren(...(ends.length > 0 ? ends.flatMap((end) => this.both(view, end)) : [h('p', {class: 'quiet'}, 'There is no connection yet.')]));
  }

  private both(view: View, end: End): HTMLElement[] {
    const who = view.lab.hostName(end.host);
    return [
      this.map(`${who} sends`, `Send-Q ${count(sendQueue(end))}`, sendParts(end), sendEdges(end)),
      this.map(`${who} receives`, `Recv-Q ${count(receiveQueue(end))}`, receiveParts(end), receiveEdges(end)),
    ];
  }
  private map(title: string, queue: string, parts: Part[], edges: Edge[]): HTMLElement {
    const numbers = [...parts.flatMap((part) => [...part.range]), ...edges.map((edge) => edge.at)];
    const low = Math.min(...numbers);
    const high = Math.max(low + 1, ...numbers);
    const x = (octet: number) => (kWidth * (octet - low)) / (high - low);
    const words = parts.map((part) => `${part.kind} ${part.range[0]}:${part.range[1]}`).join(', ');
    const picture = svg('svg', {viewBox: `-4 0 ${kWidth + 8} ${kBar + 16}`, class: 'map', role: 'img', 'aria-label': `${title}: ${words || 'nothing'}`});
    picture.append(svg('rect', {class: 'room', x: 0, y: 2, width: kWidth, height: kBar}));
    for (const part of parts) picture.append(...this.part(part, x));
    edges.forEach((edge, i) => picture.append(...this.edge(edge, x, i, edges.length)));
    return h('div', {class: 'buffer'}, h('div', {class: 'title'}, h('b', {}, title), ` ${queue}`), picture);
  }
  private part({kind, range}: Part, x: (octet: number) => number): SVGElement[] {
    const width = Math.max(1.5, x(range[1]) - x(range[0]));
    const shape = svg('rect', {class: `part ${kind}`, x: x(range[0]), y: 2, width, height: kBar}, svg('title', {}, `${kind} ${range[0]}:${range[1]} (${count(range[1] - range[0])})`));
    if (width < kind.length * 6.5 + 4) return [shape];
    return [shape, svg('text', {class: 'kind', x: x(range[0]) + width / 2, y: 2 + kBar / 2 + 4, 'text-anchor': 'middle'}, kind)];
  }
  // The first stands to the left, the last to the right of its line, so that the names stay inside.
  private edge({at, name}: Edge, x: (octet: number) => number, i: number, all: number): SVGElement[] {
    const place = x(at);
    const anchor = place > kWidth - 90 || (i === all - 1 && place > 120) ? 'end' : 'start';
    return [svg('line', {class: 'limit', x1: place, x2: place, y1: 0, y2: kBar + 5}),
            svg('text', {class: 'limit', x: place, y: kBar + 14, 'text-anchor': anchor}, `${name} ${count(at)}`)];
  }
}

// What lies between two others is named once, so that the parts never overlap.
export function sendParts(end: End): Part[] {
  const una = Math.max(1, end.ackedTo);
  const low = Math.max(1, una - 2000);
  const sent = Math.max(una, Math.min(end.sentTo, end.written));
  const parts: Part[] = [{kind: 'acked', range: [low, una]}];
  const marks: Part[] = [...end.sacked.map((range) => ({kind: 'sacked', range})), ...end.lost.map((range) => ({kind: 'lost', range}))];
  let at = una;
  for (const mark of marks.sort((a, b) => a.range[0] - b.range[0])) {
    parts.push({kind: 'sent', range: [at, mark.range[0]]}, mark);
    at = mark.range[1];
  }
  parts.push({kind: 'sent', range: [at, sent]}, {kind: 'waits', range: [sent, end.written]});
  return parts.filter((part) => part.range[1] > part.range[0]);
}

function sendEdges(end: End): Edge[] {
  const edges = [{at: Math.max(1, end.ackedTo), name: 'SND.UNA'}, {at: Math.max(1, end.sentTo), name: 'SND.NXT'}];
  if (edges[0].at === edges[1].at) edges.shift();
  return edges;
}

export function receiveParts(end: End): Part[] {
  const next = Math.max(1, end.receivedTo);
  const read = Math.min(next, 1 + end.read);
  const low = Math.max(1, Math.min(read, next - 2000));
  const parts: Part[] = [{kind: 'read', range: [low, read]}, {kind: 'readable', range: [read, next]}];
  let at = next;
  for (const held of end.held) {
    parts.push({kind: 'hole', range: [at, held[0]]}, {kind: 'held', range: held});
    at = held[1];
  }
  return parts.filter((part) => part.range[1] > part.range[0]);
}

function receiveEdges(end: End): Edge[] {
  const next = {at: Math.max(1, end.receivedTo), name: 'RCV.NXT'};
  return end.windowEdge > next.at ? [next, {at: end.windowEdge, name: 'window to'}] : [next];
}
