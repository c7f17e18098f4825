// The timers that run at the cursor, each as a bar that empties.
import type {View} from '../lab';
import type {End, Timer} from '../model/end';
import {duration} from '../model/format';
import {byId, h} from '../view/dom';

export class TimersPanel {
  render(view: View): void {
    const box = byId('timers-list');
    byId('timers').dataset.cursor = String(view.count);
    const rows = [0, 1].flatMap((host) => this.ofEnd(view, view.lab.end(view, host)));
    box.replaceChildren(...(rows.length > 0 ? rows : [h('p', {class: 'quiet'}, 'No timer runs.')]));
  }

  private ofEnd(view: View, end: End | undefined): HTMLElement[] {
    return (end?.timers ?? []).map((timer) => this.bar(view, end!, timer));
  }
  private bar(view: View, end: End, timer: Timer): HTMLElement {
    const whole = Math.max(1, timer.deadline_ns - timer.armed_ns);
    const left = Math.max(0, timer.deadline_ns - view.time);
    const fill = h('div', {class: 'fill'});
    fill.style.width = `${(100 * left) / whole}%`;
    const words = `${duration(left)} of ${duration(whole)}`;
    return h('div', {class: `timer host${end.host}`, 'data-timer': timer.name, 'data-deadline': timer.deadline_ns},
             h('span', {class: 'who'}, `${view.lab.hostName(end.host)} ${timer.name}`),
             h('div', {class: 'bar', role: 'progressbar', 'aria-label': `${timer.name} timer`, 'aria-valuenow': Math.round((100 * left) / whole), 'aria-valuemin': 0, 'aria-valuemax': 100}, fill),
             h('span', {class: 'left'}, words));
  }
}
