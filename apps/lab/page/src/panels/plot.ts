// One plot: curves over time, a line at the cursor, the time behind it in shadow, and the values at the cursor above.
import uPlot from 'uplot';
import {count} from '../model/format';
import type {Series, Table} from '../model/series';
import {h} from '../view/dom';
import {Curve, PlotKind, joined, valueAt} from './plot_data';
import {paintSegments} from './sequence_paint';

const kFar = 1.6;  // times as high as all other curves

const kFont = '11px system-ui, sans-serif';

const colorOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function shortNumber(value: number): string {
  if (Math.abs(value) >= 1e6) return `${+(value / 1e6).toFixed(2)}M`;
  if (Math.abs(value) >= 1e4) return `${+(value / 1e3).toFixed(1)}k`;
  return String(+value.toFixed(3));
}

export class Plot {
  readonly element = h('figure', {class: 'plot'});
  private readonly legend = h('figcaption');
  private readonly place = h('div', {class: 'plot-place'});
  private readonly now = h('div', {class: 'plot-now'});
  private readonly later = h('div', {class: 'plot-later'});
  private plot?: uPlot;
  private data: Table = [[]];
  private series: (Series | undefined)[] = [];
  private zoomed = false;
  private farIsNear = true;

  constructor(readonly kind: PlotKind, private readonly onTime: (seconds: number) => void) {
    this.element.append(this.legend, this.place);
    this.element.setAttribute('aria-label', kind.title);
    this.element.dataset.plot = kind.id;
    new ResizeObserver(() => this.fit()).observe(this.place);
  }

  // New data: of the branch, and of the one that is laid under it.
  show(first: Series | undefined, second: Series | undefined): void {
    const overlaid = second !== undefined;
    if (this.plot !== undefined && overlaid !== (this.series[1] !== undefined)) this.restyle();
    this.series = [first, second];
    const tables = [first, second].filter((one) => one !== undefined).map((one) => this.kind.data(one));
    this.data = tables.length === 0 ? [[]] : tables.length === 1 ? tables[0] : joined(tables);
    this.farIsNear = this.most(true) <= kFar * this.most(false);
    if (this.data[0].length === 0) return this.empty();
    if (this.place.clientWidth === 0) return;
    this.plot ??= this.make(overlaid);
    this.plot.series.slice(1).forEach((one, i) => (one.auto = !this.kind.curves[i % this.kind.curves.length].far || this.farIsNear));
    this.plot.setData(this.data as uPlot.AlignedData, !this.zoomed);
    if (this.zoomed) this.plot.redraw();
  }
  private most(far: boolean): number {
    const columns = this.data.slice(1).filter((_column, i) => (this.kind.curves[i % this.kind.curves.length].far ?? false) === far);
    return columns.reduce((most, column) => column.reduce((one: number, value) => Math.max(one, value ?? 0), most), 0);
  }
  // The cursor moved.
  at(seconds: number): void {
    const values = this.kind.curves.map((curve, i) => {
      const value = this.data.length > i + 1 ? valueAt(this.data, i + 1, seconds) : null;
      return h('span', {class: 'curve', 'data-curve': curve.name, 'data-value': value ?? ''}, this.sample(curve), `${curve.name} ${value === null ? '–' : count(value)} `);
    });
    this.legend.replaceChildren(h('b', {}, this.kind.title), ` ${this.kind.curves[0].unit} `, ...values.flatMap((value) => [value, ' ']));
    this.placeCursor(seconds);
  }
  // Colours are the style sheet's: after a change of theme the canvas has to be told.
  restyle(): void {
    this.plot?.destroy();
    this.plot = undefined;
  }

  private seconds = 0;
  private empty(): void {
    this.restyle();
    this.zoomed = false;
    this.place.replaceChildren();
  }
  private placeCursor(seconds: number): void {
    this.seconds = seconds;
    if (this.plot === undefined || this.plot.scales.x.max == null) return;
    const width = this.plot.over.clientWidth;
    const x = Math.max(0, Math.min(width, this.plot.valToPos(seconds, 'x')));
    this.now.style.left = `${x}px`;
    this.later.style.left = `${x}px`;
    this.later.style.width = `${width - x}px`;
  }
  private sample(curve: Curve): HTMLElement {
    const words = curve.dash === undefined ? '━━' : curve.dash[0] > 9 ? '━·━' : curve.dash[0] > 5 ? '╍╍' : curve.dash[0] > 0 ? '┅┅' : '▮';
    const mark = h('i', {'aria-hidden': 'true'}, `${words} `);
    mark.style.color = `var(${curve.color})`;
    return mark;
  }

  // --- uPlot
  private fit(): void {
    const [width, height] = [this.place.clientWidth, this.place.clientHeight];
    if (width === 0) return;
    if (this.plot === undefined) this.show(this.series[0], this.series[1]);
    else this.plot.setSize({width, height});
    this.placeCursor(this.seconds);
  }
  private make(overlaid: boolean): uPlot {
    this.place.replaceChildren();
    const tracks = overlaid ? [1, 0.45] : [1];
    const series = tracks.flatMap((alpha) => this.kind.curves.map((curve) => this.style(curve, alpha)));
    const plot = new uPlot({
      width: this.place.clientWidth, height: this.place.clientHeight, legend: {show: false}, series: [{}, ...series],
      scales: {x: {time: false}}, axes: [this.axis('s', 28), this.axis('', 52)], padding: [6, 8, 0, 0],
      cursor: {y: false, points: {show: false}, drag: {x: true, y: false}},
      hooks: {draw: [(one) => this.paint(one)], setSelect: [(one) => (this.zoomed = one.select.width > 0)], ready: [(one) => this.listen(one)]},
    }, this.data as uPlot.AlignedData, this.place);
    plot.over.append(this.later, this.now);
    return plot;
  }
  private style(curve: Curve, alpha: number): uPlot.Series {
    const width = alpha < 1 ? 3 : 1.5;
    return {label: curve.name, stroke: colorOf(curve.color), width, alpha, dash: curve.dash, points: {show: false}, spanGaps: true,
            auto: !curve.far || this.farIsNear, paths: uPlot.paths.stepped!({align: 1})};
  }
  private axis(unit: string, size: number): uPlot.Axis {
    const grid = {stroke: colorOf('--line'), width: 1};
    return {stroke: colorOf('--quiet'), font: kFont, size, grid, ticks: grid, values: (_plot, values) => values.map((one) => shortNumber(one) + (unit && ` ${unit}`))};
  }
  private paint(plot: uPlot): void {
    this.placeCursor(this.seconds);  // the scales may be new
    if (this.kind.id !== 'sequence') return;
    if (this.series[1] !== undefined) paintSegments(plot, this.series[1], colorOf, true);
    if (this.series[0] !== undefined) paintSegments(plot, this.series[0], colorOf, false);
  }
  // A click goes to that time; a drag zooms, a double click shows all again.
  private listen(plot: uPlot): void {
    let down = 0;
    plot.over.addEventListener('mousedown', (event) => (down = event.clientX));
    plot.over.addEventListener('click', (event) => {
      if (Math.abs(event.clientX - down) < 3) this.onTime(plot.posToVal(event.offsetX, 'x'));
    });
    plot.over.addEventListener('dblclick', () => (this.zoomed = false));
  }
}
