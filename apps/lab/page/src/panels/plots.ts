// The plots of one end. Which of them are shown, and whose, one chooses above them.
import type {View} from '../lab';
import {byId, h} from '../view/dom';
import {Plot} from './plot';
import {kinds, seriesOf} from './plot_data';

const kShownFirst = new Set(['windows', 'sequence']);

export class PlotsPanel {
  private readonly plots: Plot[];
  private readonly host = byId<HTMLSelectElement>('plots-host');
  private view?: View;
  private drawn = '';
  private chosen = false;  // the person said whose

  constructor() {
    const seek = (seconds: number) => this.view?.lab.seekTime(Math.round(seconds * 1e9));
    this.plots = kinds.map((kind) => new Plot(kind, seek));
    for (const plot of this.plots) {
      plot.element.hidden = !kShownFirst.has(plot.kind.id);
      byId('plots-list').append(plot.element);
      byId('plots-choice').append(this.toggle(plot));
    }
    this.host.addEventListener('change', () => {
      this.chosen = true;
      this.redraw();
    });
  }

  render(view: View): void {
    this.view = view;
    byId('plots').dataset.cursor = String(view.count);
    this.names(view);
    if (!this.chosen) this.host.value = String(this.busier(view));
    const host = Number(this.host.value);
    const key = [view.lab.current, view.recording.events.length, view.overlay?.branch.id, view.overlay?.events.length, view.pair?.id, host].join(' ');
    if (key !== this.drawn) this.feed(view, host);
    this.drawn = key;
    for (const plot of this.plots) {
      if (!plot.element.hidden) plot.at(view.time / 1e9);
    }
  }
  restyle(): void {
    for (const plot of this.plots) plot.restyle();
    this.redraw();
  }

  private redraw(): void {
    this.drawn = '';
    if (this.view !== undefined) this.render(this.view);
  }
  private feed(view: View, host: number): void {
    const first = seriesOf(view.recording, view.pair, host);
    const overlayPair = view.overlay?.pairs.all.find((pair) => pair.id === view.pair?.id);
    const second = view.overlay === undefined ? undefined : seriesOf(view.overlay, overlayPair, host);
    for (const plot of this.plots) {
      if (!plot.element.hidden) plot.show(first, second);
    }
  }
  // Unless told otherwise, the end that sends more is the interesting one.
  private busier(view: View): number {
    const sent = (host: number) => seriesOf(view.recording, view.pair, host)?.sent.length ?? -1;
    return sent(1) > sent(0) ? 1 : 0;
  }
  private names(view: View): void {
    if (this.host.options.length > 0) return;
    for (const host of [0, 1]) this.host.append(h('option', {value: host}, view.lab.hostName(host)));
  }
  private toggle(plot: Plot): HTMLElement {
    const flip = () => {
      plot.element.hidden = !plot.element.hidden;
      choice.setAttribute('aria-pressed', String(!plot.element.hidden));
      this.redraw();
    };
    const choice = h('button', {type: 'button', class: 'small', 'aria-pressed': String(!plot.element.hidden), onclick: flip}, plot.kind.title);
    return choice;
  }
}
