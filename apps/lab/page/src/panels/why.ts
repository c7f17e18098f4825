// Why did this happen? The selected event in words: what it is, what caused it, the clause, and the sentence behind.
import type {View} from '../lab';
import {moment} from '../model/format';
import {isSegment} from '../model/segments';
import {kindOf, sentence} from '../model/words';
import type {LabEvent} from '../net/types';
import {isLoss, undoLoss} from '../undo';
import {button, byId, h} from '../view/dom';

const kShownApart = new Set(['n', 'time_ns', 'host', 'event', 'cause', 'reason', 'clause', 'sentence']);

// The event's own fields, as the JSON has them.
export function fieldsOf(event: LabEvent): [string, string][] {
  return Object.entries(event)
      .filter(([name, value]) => !kShownApart.has(name) && value !== undefined)
      .map(([name, value]) => [name.replace(/_/g, ' '), typeof value === 'object' ? JSON.stringify(value) : String(value)]);
}

export class WhyPanel {
  private shown = '';

  render(view: View): void {
    const box = byId('why');
    box.dataset.cursor = String(view.count);
    const event = view.selected === undefined ? undefined : view.recording.events[view.selected];
    const key = `${view.lab.current} ${event?.n} ${view.lab.pinned} ${event !== undefined && this.links(view, event).length}`;
    if (key === this.shown) return;
    this.shown = key;
    byId('why-body').replaceChildren(...(event === undefined ? [h('p', {}, 'Nothing has happened yet. Press “Step” or “Run”.')] : this.story(view, event)));
  }

  private story(view: View, event: LabEvent): Node[] {
    const pinned = view.lab.pinned === event.n;
    const head = h('p', {class: 'why-head'}, h('b', {}, kindOf(event)), ` · ${view.lab.hostName(event.host)} · ${moment(event.time_ns)} · event ${event.n} `,
                   pinned && button('unpin', 'let go of this event', () => view.lab.pin(undefined), {class: 'small'}));
    const nodes: Node[] = [head, h('p', {class: 'sentence'}, sentence(event))];
    const reason = this.reason(event, event.segment === undefined ? undefined : view.recording.events[event.segment]);
    if (reason !== undefined) nodes.push(reason);
    const links = this.links(view, event);
    if (links.length > 0) nodes.push(h('p', {class: 'links'}, ...links));
    const lost = this.loss(view, event);
    if (lost !== undefined) nodes.push(lost);
    const fields = fieldsOf(event).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]);
    nodes.push(h('dl', {}, ...fields));
    return nodes;
  }
  // A frame's cause is that of the segment in it, which has the sentence.
  private reason(event: LabEvent, carried: LabEvent | undefined): Node | undefined {
    const word = event.cause ?? event.reason;
    const sentence = event.sentence ?? (carried?.cause === event.cause ? carried?.sentence : undefined);
    if (word === undefined && event.clause === undefined) return undefined;
    return h('p', {class: 'because'}, 'Because: ', h('b', {}, sentence ?? word ?? ''), sentence !== undefined && word !== undefined && ` (${word})`,
             event.clause !== undefined && h('span', {class: 'clause'}, event.clause));
  }
  private loss(view: View, event: LabEvent): Node | undefined {
    const start = view.recording.arrows.ofSegment(event.n)?.start;
    const frame = isLoss(event) || start === undefined ? event : view.recording.events[start];
    if (!isLoss(frame)) return undefined;
    const undo = () => void undoLoss(view.lab, frame);
    const what = `It did not arrive: ${frame.fate}. `;
    return h('p', {class: 'notice'}, what, !view.lab.live && button('What if it had arrived?', 'a branch without this loss', undo, {class: 'act', id: 'undo-loss'}));
  }
  // To what belongs together: the repetition and the original, the sending and the arrival.
  private links(view: View, event: LabEvent): Node[] {
    const arrows = view.recording.arrows;
    const arrow = isSegment(event) ? arrows.ofSegment(event.n) : arrows.begunBy(event.n) ?? arrows.endedBy(event.n);
    if (arrow === undefined) return [];
    const to = (text: string, n: number | undefined) =>
        n === undefined || n === event.n ? [] : [button(text, `go to event ${n}`, () => view.lab.visit(n), {class: 'small'})];
    const all = arrows.all;
    return [
      ...(arrow.original === undefined ? [] : to('the original', all[arrow.original].segment)),
      ...arrow.repeats.slice(0, 4).flatMap((id) => to('sent again', all[id].segment)),
      ...to('sent', arrow.segment === arrow.received ? undefined : arrow.segment), ...to('on the wire', arrow.start),
      ...to('arrival', arrow.end), ...to('received', arrow.received), ...to('refused', arrow.dropped),
    ];
  }
}
