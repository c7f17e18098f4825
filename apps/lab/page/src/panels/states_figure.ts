// The state diagram of RFC 9293, figure 5, as places and arrows. The RFC draws CLOSED twice, and so do we.
export interface Place {
  name: string;
  x: number;
  y: number;
}
export interface Edge {
  from: string;
  to: string;
  says: string;     // event / action, in the figure's words
  below?: boolean;  // to the second CLOSED
}

export const kWidth = 460;
export const kHeight = 322;
export const kBox = {width: 104, height: 26};

export const places: Place[] = [
  {name: 'CLOSED', x: 230, y: 20}, {name: 'LISTEN', x: 230, y: 66}, {name: 'SYN-RECEIVED', x: 78, y: 110},
  {name: 'SYN-SENT', x: 382, y: 110}, {name: 'ESTABLISHED', x: 230, y: 154}, {name: 'FIN-WAIT-1', x: 78, y: 202},
  {name: 'CLOSE-WAIT', x: 382, y: 202}, {name: 'FIN-WAIT-2', x: 78, y: 252}, {name: 'CLOSING', x: 230, y: 252},
  {name: 'LAST-ACK', x: 382, y: 252}, {name: 'TIME-WAIT', x: 230, y: 302},
];
export const secondClosed: Place = {name: 'CLOSED', x: 382, y: 302};

export const edges: Edge[] = [
  {from: 'CLOSED', to: 'LISTEN', says: 'passive OPEN / create TCB'},
  {from: 'LISTEN', to: 'CLOSED', says: 'CLOSE / delete TCB'},
  {from: 'CLOSED', to: 'SYN-SENT', says: 'active OPEN / create TCB, snd SYN'},
  {from: 'SYN-SENT', to: 'CLOSED', says: 'CLOSE / delete TCB'},
  {from: 'LISTEN', to: 'SYN-SENT', says: 'SEND / snd SYN'},
  {from: 'LISTEN', to: 'SYN-RECEIVED', says: 'rcv SYN / snd SYN,ACK'},
  {from: 'SYN-RECEIVED', to: 'LISTEN', says: 'rcv RST'},
  {from: 'SYN-SENT', to: 'SYN-RECEIVED', says: 'rcv SYN / snd SYN,ACK'},
  {from: 'SYN-RECEIVED', to: 'ESTABLISHED', says: 'rcv ACK of SYN'},
  {from: 'SYN-SENT', to: 'ESTABLISHED', says: 'rcv SYN,ACK / snd ACK'},
  {from: 'SYN-RECEIVED', to: 'FIN-WAIT-1', says: 'CLOSE / snd FIN'},
  {from: 'ESTABLISHED', to: 'FIN-WAIT-1', says: 'CLOSE / snd FIN'},
  {from: 'ESTABLISHED', to: 'CLOSE-WAIT', says: 'rcv FIN / snd ACK'},
  {from: 'FIN-WAIT-1', to: 'FIN-WAIT-2', says: 'rcv ACK of FIN'},
  {from: 'FIN-WAIT-1', to: 'CLOSING', says: 'rcv FIN / snd ACK'},
  {from: 'FIN-WAIT-1', to: 'TIME-WAIT', says: 'rcv FIN and ACK of FIN / snd ACK'},
  {from: 'FIN-WAIT-2', to: 'TIME-WAIT', says: 'rcv FIN / snd ACK'},
  {from: 'CLOSING', to: 'TIME-WAIT', says: 'rcv ACK of FIN'},
  {from: 'CLOSE-WAIT', to: 'LAST-ACK', says: 'CLOSE / snd FIN'},
  {from: 'LAST-ACK', to: 'CLOSED', says: 'rcv ACK of FIN', below: true},
  {from: 'TIME-WAIT', to: 'CLOSED', says: 'timeout = 2 MSL / delete TCB', below: true},
];

export function placeOf(name: string, below = false): Place {
  return below ? secondClosed : places.find((place) => place.name === name)!;
}

// A straight line between two boxes, from edge to edge; where there is one back, both step aside.
export function lineOf(edge: Edge): {x1: number; y1: number; x2: number; y2: number} {
  const [a, b] = [placeOf(edge.from), placeOf(edge.to, edge.below)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const both = edges.some((one) => one.from === edge.to && one.to === edge.from);
  const aside = both ? 6 : 0;
  const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const [ox, oy] = [-dy * aside, dx * aside];
  const out = border(dx, dy);
  return {x1: a.x + dx * out + ox, y1: a.y + dy * out + oy, x2: b.x - dx * (out + 4) + ox, y2: b.y - dy * (out + 4) + oy};
}

// How far it is from the middle of a box to its edge in this direction.
function border(dx: number, dy: number): number {
  const across = dx === 0 ? Infinity : kBox.width / 2 / Math.abs(dx);
  const down = dy === 0 ? Infinity : kBox.height / 2 / Math.abs(dy);
  return Math.min(across, down);
}
