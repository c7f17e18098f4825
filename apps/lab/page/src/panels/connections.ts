// The connections of both hosts in netstat's columns. Only the rows in sight exist, so that a thousand cost no more than ten.
import type {View} from '../lab';
import {End, receiveQueue, sendQueue} from '../model/end';
import {duration} from '../model/format';
import {byId, h, setText} from '../view/dom';

const kRow = 22;  // px, as in the style sheet
const kNetstatStates: Record<string, string> = {
  'SYN-SENT': 'SYN_SENT', 'SYN-RECEIVED': 'SYN_RECV', 'FIN-WAIT-1': 'FIN_WAIT1', 'FIN-WAIT-2': 'FIN_WAIT2', 'CLOSE-WAIT': 'CLOSE_WAIT',
  'LAST-ACK': 'LAST_ACK', 'TIME-WAIT': 'TIME_WAIT', 'CLOSED': 'CLOSE',
};

interface Row {
  host: number;
  cells: string[];
  pair?: number;
}

export class ConnectionsPanel {
  private readonly box = byId('connections-rows');
  private rows: Row[] = [];
  private view?: View;
  private shown?: number;  // the pair that was brought into sight

  constructor() {
    this.box.addEventListener('scroll', () => this.draw());
    this.box.addEventListener('keydown', (event) => this.key(event));
  }

  render(view: View): void {
    this.view = view;
    byId('connections').dataset.cursor = String(view.count);
    const closed = byId<HTMLInputElement>('connections-closed').checked;
    this.rows = [...this.listeners(view)];
    const ends = [...view.model.ends.values()].filter((end) => closed || end.error === undefined);
    ends.sort((a, b) => a.pair - b.pair || a.host - b.host);
    this.rows.push(...ends.map((end) => this.row(view, end)));
    setText(byId('connections-count'), `${this.rows.length}`);
    this.draw();
    if (view.pair !== undefined && view.pair.id !== this.shown) this.reveal(view.pair.id);
  }
  private reveal(pair: number): void {
    this.shown = pair;
    const [top, row] = [this.box.scrollTop, this.rows.findIndex((one) => one.pair === pair) * kRow];
    if (row < top || row + 2 * kRow > top + this.box.clientHeight) this.box.scrollTop = Math.max(0, row - kRow);
  }

  private *listeners(view: View): Generator<Row> {
    for (const [key, address] of view.model.listening) {
      yield {host: Number(key[0]), cells: ['tcp', '0', '0', address, '0.0.0.0:*', 'LISTEN', 'off']};
    }
  }
  private row(view: View, end: End): Row {
    const timer = [...end.timers].sort((a, b) => a.deadline_ns - b.deadline_ns)[0];
    const left = timer === undefined ? 'off' : `${timer.name} ${duration(Math.max(0, timer.deadline_ns - view.time))}`;
    const state = kNetstatStates[end.state] ?? end.state;
    return {host: end.host, pair: end.pair, cells: ['tcp', `${receiveQueue(end)}`, `${sendQueue(end)}`, end.local, end.remote, state, left]};
  }
  private draw(): void {
    if (this.view === undefined) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / kRow) - 4);
    const last = Math.min(this.rows.length, first + Math.ceil(this.box.clientHeight / kRow) + 9);
    const list = h('div', {class: 'all', role: 'rowgroup', 'aria-rowcount': this.rows.length});
    list.style.height = `${this.rows.length * kRow}px`;
    for (let i = first; i < last; ++i) list.append(this.line(this.rows[i], i));
    this.box.replaceChildren(list);
  }
  private line(row: Row, i: number): HTMLElement {
    const {lab, pair} = this.view!;
    const chosen = row.pair !== undefined && row.pair === pair?.id;
    const onclick = () => this.choose(row);
    const line = h('div', {class: `row host${row.host}${chosen ? ' chosen' : ''}`, role: 'row', 'aria-selected': String(chosen), 'aria-rowindex': i + 1, onclick},
                   h('span', {role: 'cell', class: 'who'}, lab.hostName(row.host)), ...row.cells.map((cell) => h('span', {role: 'cell', title: cell}, cell)));
    line.style.top = `${i * kRow}px`;
    return line;
  }
  private choose(row: Row): void {
    if (row.pair === undefined || this.view === undefined) return;
    this.view.lab.pairId = row.pair;
    this.view.lab.changed();
  }
  private key(event: KeyboardEvent): void {
    if (this.view === undefined || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const rows = this.rows.filter((row) => row.pair !== undefined);
    const at = rows.findIndex((row) => row.pair === this.view!.pair?.id);
    const step = event.key === 'ArrowUp' ? -1 : 1;
    let next = at + step;
    while (rows[next] !== undefined && rows[next].pair === rows[at]?.pair) next += step;
    if (rows[next] === undefined) return;
    this.choose(rows[next]);
  }
}
