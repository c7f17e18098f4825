// Where both ends stand in figure 5 of RFC 9293, and how they came there. The client's marks are solid, the server's dashed.
import type {View} from '../lab';
import type {End} from '../model/end';
import {moment} from '../model/format';
import {short} from '../model/words';
import type {LabEvent} from '../net/types';
import {button, byId, h, setText, svg} from '../view/dom';
import {Edge, edges, kBox, kHeight, kWidth, lineOf, Place, places, secondClosed} from './states_figure';

const kMostListed = 200;

export class StatesPanel {
  private readonly shapes = new Map<Edge, SVGGElement>();
  private readonly captions = new Map<Edge, SVGTextElement>();
  private readonly boxes = new Map<Place, SVGGElement>();
  private chosen?: Edge;
  private listed = '';

  constructor() {
    const arrowhead = svg('marker', {id: 'head', viewBox: '0 0 8 8', refX: 5, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto'},
                          svg('path', {class: 'head', d: 'M0 0L8 4L0 8z'}));
    const figure = svg('svg', {viewBox: `-4 0 ${kWidth + 8} ${kHeight}`, class: 'states', role: 'group', 'aria-label': 'state diagram of RFC 9293, figure 5'},
                       svg('defs', {}, arrowhead));
    for (const edge of edges) figure.append(this.edge(edge));
    for (const place of [...places, secondClosed]) figure.append(this.box(place));
    for (const edge of edges) figure.append(this.caption(edge));
    byId('states-figure').append(figure);
  }

  render(view: View): void {
    const ends = [view.lab.end(view, 0), view.lab.end(view, 1)];
    const states = [0, 1].map((host) => ends[host]?.state ?? this.listening(view, host));
    for (const [place, box] of this.boxes) this.mark(box, place, states);
    const last = ends.map((end) => (end?.changed === undefined ? undefined : view.recording.events[end.changed]));
    for (const [edge, shape] of this.shapes) this.light(shape, edge, last);
    byId('states').dataset.cursor = String(view.count);
    setText(byId('states-now'), [0, 1].map((host) => this.words(view, host, states[host], ends[host], last[host])).filter(Boolean).join(' · '));
    this.list(view);
  }

  private listening(view: View, host: number): string {
    const port = view.pair?.name.split(' ↔ ')[host]?.split(':')[1];
    const any = [...view.model.listening.keys()].some((key) => key.startsWith(`${host}:`));
    const listens = port === undefined ? any : view.model.listening.has(`${host}:${port}`);
    return listens ? 'LISTEN' : view.lab.live && host === 0 ? '' : 'CLOSED';
  }
  private words(view: View, host: number, state: string, end?: End, last?: LabEvent): string {
    if (state === '') return '';
    const drawn = last === undefined || edges.some((edge) => edge.from === last.from && edge.to === last.to);
    const came = last === undefined ? '' : ` (from ${last.from}${drawn ? '' : ', by a way that the figure does not draw'})`;
    return `${view.lab.hostName(host)}: ${state}${came}${end?.error ? `, error ${end.error}` : ''}`;
  }
  private mark(box: SVGGElement, place: Place, states: string[]): void {
    const here = (host: number) => states[host] === place.name && place !== secondClosed;
    box.setAttribute('class', `state${here(0) ? ' at0' : ''}${here(1) ? ' at1' : ''}`);
  }
  private light(shape: SVGGElement, edge: Edge, last: (LabEvent | undefined)[]): void {
    const lit = (host: number) => last[host]?.from === edge.from && last[host]?.to === edge.to;
    const classes = `${lit(0) ? ' lit0' : ''}${lit(1) ? ' lit1' : ''}${edge === this.chosen ? ' chosen' : ''}`;
    shape.setAttribute('class', `edge${classes}`);
    this.captions.get(edge)?.setAttribute('class', `caption${classes}`);
  }

  // --- the figure
  private edge(edge: Edge): SVGGElement {
    const line = lineOf(edge);
    const choose = () => {
      this.chosen = this.chosen === edge ? undefined : edge;
      this.listed = '';
      this.onChoice();
    };
    const onkeydown = (event: Event) => {
      if ((event as KeyboardEvent).key === 'Enter') choose();
    };
    const label = `${edge.from} to ${edge.to}: ${edge.says}`;
    const shape = svg('g', {class: 'edge', tabindex: 0, role: 'button', 'aria-label': label, 'data-edge': `${edge.from}>${edge.to}`, onclick: choose, onkeydown},
                      svg('title', {}, label), svg('line', {class: 'hit', ...line}), svg('line', {class: 'way', ...line, 'marker-end': 'url(#head)'}));
    this.shapes.set(edge, shape);
    return shape;
  }
  // Above the boxes, which it may overlap.
  private caption(edge: Edge): SVGTextElement {
    const {x1, y1, x2, y2} = lineOf(edge);
    const outward = Math.abs(x1 - x2) > 2 ? 0 : x1 < kWidth / 2 ? -6 : 6;  // beside an upright line
    const anchor = outward === 0 ? 'middle' : outward < 0 ? 'end' : 'start';
    const y = (y1 + y2) / 2 + (y1 === y2 ? -17 : outward === 0 ? -4 : 3);
    const shape = svg('text', {class: 'caption', x: (x1 + x2) / 2 + outward, y, 'text-anchor': anchor}, edge.says);
    this.captions.set(edge, shape);
    return shape;
  }
  private box(place: Place): SVGGElement {
    const [x, y] = [place.x - kBox.width / 2, place.y - kBox.height / 2];
    const shape = svg('g', {class: 'state', 'data-state': place.name},
                      svg('rect', {class: 'box', x, y, width: kBox.width, height: kBox.height, rx: 5}),
                      svg('rect', {class: 'ring0', x: x - 2, y: y - 2, width: kBox.width + 4, height: kBox.height + 4, rx: 6}),
                      svg('rect', {class: 'ring1', x: x - 5, y: y - 5, width: kBox.width + 10, height: kBox.height + 10, rx: 8}),
                      svg('text', {x: place.x, y: place.y + 4, 'text-anchor': 'middle'}, place.name));
    this.boxes.set(place, shape);
    return shape;
  }
  onChoice: () => void = () => {};

  // --- the segments that took an edge
  private list(view: View): void {
    const taken = this.chosen === undefined ? [] : view.recording.transitions.get(`${this.chosen.from}>${this.chosen.to}`) ?? [];
    const key = `${view.lab.current} ${this.chosen?.from} ${this.chosen?.to} ${taken.length}`;
    if (key === this.listed) return;
    this.listed = key;
    const rows = taken.slice(0, kMostListed).map((one) => {
      const event = view.recording.events[one.n];
      const cause = one.cause === undefined ? 'by itself' : short(view.recording.events[one.cause]);
      return h('li', {}, button(`${moment(event.time_ns)} ${view.lab.hostName(event.host)}: ${cause}`, 'go there', () => view.lab.visit(one.n), {class: 'small'}));
    });
    const head = this.chosen && h('p', {}, `${this.chosen.from} → ${this.chosen.to} (${this.chosen.says}): taken ${taken.length} times`);
    byId('states-list').replaceChildren(...(head ? [head, h('ol', {}, ...rows)] : [h('p', {class: 'quiet'}, 'Click an edge to see which segments took it.')]));
  }
}
