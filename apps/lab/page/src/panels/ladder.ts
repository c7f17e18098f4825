// The ladder: scrolls by itself with the cursor, draws only what can be seen, and lets one look at any arrow.
import type {View} from '../lab';
import {Recording} from '../model/recording';
import {byId, h, save, setText, svg} from '../view/dom';
import {Geometry, LadderPen, Moment, geometryOf} from './ladder_draw';
import {Item, LadderLayout} from './ladder_layout';
import {fieldsOf} from './why';

const kMargin = 60;           // px drawn beyond what is seen
const kMostExported = 20000;  // px of height in a file

export class LadderPanel {
  private readonly box = byId('ladder-box');
  private readonly canvas = byId('ladder-canvas');
  private readonly drawing = svg('svg', {class: 'ladder', role: 'group', 'aria-label': 'ladder of segments between the two hosts'});
  private readonly note = h('div', {class: 'tooltip', hidden: true, role: 'tooltip'});
  private readonly onlyOne = byId<HTMLInputElement>('ladder-one');
  private readonly allTimers = byId<HTMLInputElement>('ladder-timers');
  private layout?: LadderLayout;
  private layoutFor: Recording[] = [];
  private view?: View;
  private followed = -1;

  constructor() {
    this.canvas.append(this.drawing);
    this.box.append(this.note);
    this.box.addEventListener('scroll', () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.box);
    for (const choice of [this.onlyOne, this.allTimers]) choice.addEventListener('change', () => this.rebuild());
    this.drawing.addEventListener('click', (event) => this.clicked(event));
    this.drawing.addEventListener('mousemove', (event) => this.hover(event));
    this.drawing.addEventListener('mouseleave', () => (this.note.hidden = true));
    this.box.addEventListener('keydown', (event) => this.key(event));
  }

  render(view: View): void {
    this.view = view;
    this.prepare(view);
    this.canvas.style.height = `${this.height}px`;
    setText(byId('ladder-left'), view.lab.hostName(0));
    setText(byId('ladder-right'), view.lab.hostName(1));
    byId('ladder').dataset.cursor = String(view.count);
    this.follow(view);
    this.draw();
  }
  export(): void {
    const from = this.height <= kMostExported ? 0 : this.box.scrollTop;  // of a long one, what follows what is seen
    const picture = this.picture(geometryOf(900), from, Math.min(this.height, from + kMostExported));
    picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    picture.prepend(svg('style', {}, kFileStyle));
    save(new XMLSerializer().serializeToString(picture), 'ladder.svg', 'image/svg+xml');
  }

  // --- the layout is made again only where it cannot grow
  private rebuild(): void {
    this.layout = undefined;
    if (this.view) this.render(this.view);
  }
  private prepare(view: View): void {
    const wanted = view.overlay === undefined ? [view.recording] : [view.recording, view.overlay];
    const choice = {pair: this.onlyOne.checked ? view.pair?.id : undefined, allTimers: this.allTimers.checked};
    const same = this.layout !== undefined && this.layoutFor.length === wanted.length &&
        wanted.every((recording, i) => recording === this.layoutFor[i]) && this.layout.choice.pair === choice.pair;
    // While one branch runs, the other is drawn as far as that has come: so both only grow.
    const until = view.lab.running ? view.recording.branch.now_ns : Infinity;
    if (same && this.layout!.extend(until)) return;
    this.layout = new LadderLayout(wanted, choice);
    this.layoutFor = wanted;
    this.layout.extend(until);
  }
  // Keeps the cursor in sight, and leaves the place alone while nobody moves the cursor.
  private follow(view: View): void {
    const y = this.layout!.cursor(0, view.count);
    if (y === this.followed) return;
    this.followed = y;
    const {scrollTop, clientHeight} = this.box;
    if (y < scrollTop + 30) this.box.scrollTop = Math.max(0, y - clientHeight * 0.3);
    else if (y > scrollTop + clientHeight - 40) this.box.scrollTop = y - clientHeight * 0.75;
  }

  // --- drawing
  private get height(): number {
    return this.layout!.height + kMargin;
  }
  private draw(): void {
    if (this.view === undefined || this.layout === undefined) return;
    const {scrollTop, clientHeight, clientWidth} = this.box;
    const [from, to] = [Math.max(0, scrollTop - kMargin), Math.min(scrollTop + clientHeight + kMargin, Math.max(this.height, clientHeight))];
    const geometry = geometryOf(clientWidth);
    byId('ladder-left').style.left = `${geometry.left}px`;
    byId('ladder-right').style.left = `${geometry.right}px`;
    const fresh = this.picture(geometry, from, to);
    this.drawing.replaceChildren(...fresh.childNodes);
    for (const name of ['viewBox', 'width', 'height']) this.drawing.setAttribute(name, fresh.getAttribute(name)!);
    this.drawing.style.top = `${from}px`;
  }
  private picture(geometry: Geometry, from: number, to: number): SVGSVGElement {
    const pen = new LadderPen(this.layout!, geometry, this.moment());
    const picture = svg('svg', {viewBox: `0 ${from} ${geometry.width} ${to - from}`, width: geometry.width, height: to - from});
    picture.append(pen.lifelines(from, to));
    const items = [...this.layout!.visible(from, to)].sort((a, b) => order(a) - order(b));
    for (const item of items) {
      const shape = pen.draw(item);
      if (shape !== undefined) picture.append(shape);
    }
    picture.append(pen.times(items), pen.cursor());
    return picture;
  }
  private moment(): Moment {
    const {recording, overlay, count, time, selected, lab} = this.view!;
    const second = overlay === undefined ? [] : [overlay];
    return {
      counts: [count, ...second.map((one) => one.countAt(time))], now: [recording, ...second].map((one) => one.branch.now_ns),
      selected: lab.pinned ?? selected, names: [lab.hostName(0), lab.hostName(1)],
    };
  }

  // --- looking closer
  private itemAt(event: Event): {track: number; n: number} | undefined {
    const group = (event.target as Element).closest<SVGElement>('[data-arrow],[data-event]');
    if (group === null || this.layout === undefined) return undefined;
    const track = Number(group.dataset.track);
    if (group.dataset.event !== undefined) return {track, n: Number(group.dataset.event)};
    const arrow = this.layout.tracks[track].recording.arrows.all[Number(group.dataset.arrow)];
    return {track, n: arrow.segment ?? arrow.start};
  }
  private clicked(event: MouseEvent): void {
    const found = this.itemAt(event);
    if (found === undefined || this.view === undefined) return;
    const {lab} = this.view;
    if (found.track === 1) lab.choose(lab.overlay!);
    else lab.pin(lab.pinned === found.n ? undefined : found.n);
  }
  private hover(event: MouseEvent): void {
    const found = this.itemAt(event);
    this.note.hidden = found === undefined;
    if (found === undefined) return;
    const shown = this.layout!.tracks[found.track].recording.events[found.n];
    this.note.replaceChildren(...fieldsOf(shown).slice(0, 14).map(([name, value]) => h('div', {}, h('b', {}, name), ` ${value}`)));
    const area = this.box.getBoundingClientRect();
    this.note.style.left = `${Math.min(event.clientX - area.left + 14, area.width - 240)}px`;
    this.note.style.top = `${event.clientY - area.top + this.box.scrollTop + 14}px`;
  }
  // Up and down go from one thing on the ladder to the next.
  private key(event: KeyboardEvent): void {
    if (this.view === undefined || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const direction = event.key === 'ArrowUp' ? -1 : 1;
    const {lab, recording} = this.view;
    const heights = this.layout!.tracks[0].y;
    let n = lab.pinned ?? this.view.count - 1;
    const before = heights[n] ?? 0;
    do n += direction; while (n >= 0 && n < recording.events.length && heights[n] === before);
    if (n >= 0 && n < recording.events.length) lab.visit(n);
  }
}

// What was lost or repeated lies above the rest.
const order = (item: Item): number => (item.kind !== 'arrow' ? 0 : item.arrow.original !== undefined || item.arrow.fate !== 'carried' ? 2 : 1);

// A file has no page around it: black on white, and forms that tell the kinds apart.
const kFileStyle = 'text{font:11px monospace}line,path{fill:none;stroke:#222}.hit{stroke:none}.lost line{stroke-dasharray:6 4}' +
    '.cross{stroke-width:2.5}.again .shaft{stroke-dasharray:9 3}.link{stroke-dasharray:2 3}.now{stroke-dasharray:1 4}.sign{fill:#fff;stroke:#222}';
