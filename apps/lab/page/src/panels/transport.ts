// Time: run and pause, steps, the slider over everything recorded, and branches.
import {Lab, Unit, View, told} from '../lab';
import {moment} from '../model/format';
import type {Player} from '../player';
import {isMissing} from '../undo';
import {byId, h, setText} from '../view/dom';

export class Transport {
  private readonly slider = byId<HTMLInputElement>('scrub');
  private readonly branches = byId<HTMLSelectElement>('branch');
  private readonly overlays = byId<HTMLSelectElement>('overlay');
  private listed = '';

  constructor(private readonly lab: Lab, player: Player) {
    const on = (id: string, act: () => void) => byId(id).addEventListener('click', act);
    on('run', () => player.toggle());
    on('rewind', () => this.seek(0));
    on('to-end', () => lab.toEnd());
    on('back', () => this.back());
    for (const unit of ['event', 'segment', 'rtt'] as Unit[]) on(`step-${unit}`, () => void this.step(unit));
    on('next-loss', () => {
      if (!lab.visitNext(isMissing)) lab.say('Nothing was lost so far.');
    });
    on('branch-here', () => void this.branch());
    this.slider.addEventListener('input', () => this.seek(Number(this.slider.value)));
    byId('speed').addEventListener('change', (event) => (player.speed = Number((event.target as HTMLSelectElement).value)));
    this.branches.addEventListener('change', () => lab.choose(Number(this.branches.value)));
    this.overlays.addEventListener('change', () => this.lay(this.overlays.value));
    document.body.classList.toggle('live', lab.live);
  }

  render(view: View): void {
    const {recording, count} = view;
    this.slider.max = String(recording.events.length);
    this.slider.value = String(count);
    this.slider.setAttribute('aria-valuetext', moment(view.time));
    setText(byId('clock'), moment(view.time));
    setText(byId('position'), `event ${count} of ${recording.events.length}`);
    byId('transport').dataset.cursor = String(count);
    setText(byId('run'), this.lab.running ? '❚❚ Pause' : '▶ Run');
    byId('run').setAttribute('aria-pressed', String(this.lab.running));
    this.told(view);
    this.list();
  }

  async step(unit: Unit): Promise<void> {
    this.lab.running = false;
    await this.lab.step(unit).catch((error) => this.lab.say(told(error), true));
  }
  back(): void {
    this.lab.running = false;
    this.lab.stepRecorded('event', -1);
  }
  seek(count: number): void {
    this.lab.running = false;
    this.lab.pinned = undefined;
    this.lab.seek(count);
  }
  async branch(): Promise<void> {
    if (this.lab.live) return;
    this.lab.running = false;
    const name = byId<HTMLInputElement>('branch-name');
    const label = name.value.trim() || `from event ${this.lab.count}`;
    name.value = '';
    await this.lab.branchHere(label).catch((error) => this.lab.say(told(error), true));
  }

  private lay(value: string): void {
    this.lab.overlay = value === '' ? undefined : Number(value);
    this.lab.changed();
  }
  private told(view: View): void {
    const {lab, recording} = view;
    const full = recording.branch.truncated && lab.atEnd ? 'The recording is full: nothing more is kept. ' : '';
    setText(byId('status'), full + lab.status);
    byId('status').title = full + lab.status;
    byId('status').classList.toggle('failed', lab.failed);
  }
  private list(): void {
    const all = [...this.lab.recordings.values()].map((one) => one.branch);
    const key = [this.lab.current, this.lab.overlay, ...all.map((one) => one.label)].join('|');
    if (key === this.listed) return;
    this.listed = key;
    const option = (id: number, label: string) => h('option', {value: id}, `${id}: ${label}`);
    this.branches.replaceChildren(...all.map((one) => option(one.id, one.label)));
    this.branches.value = String(this.lab.current);
    const others = all.filter((one) => one.id !== this.lab.current);
    this.overlays.replaceChildren(h('option', {value: ''}, 'nothing'), ...others.map((one) => option(one.id, one.label)));
    this.overlays.value = this.lab.overlay === undefined ? '' : String(this.lab.overlay);
    byId('overlay-box').hidden = others.length === 0;
  }
}
