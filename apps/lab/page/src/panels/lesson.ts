// What the lab asks and tells. What one should see, and why, stays folded until one has thought about it.
import {Lab, told} from '../lab';
import {byId, h} from '../view/dom';
import {markdown} from '../view/markdown';

const kParts = [
  ['question', 'Question', true], ['predict', 'Predict', true], ['see', 'See', false], ['explain', 'Explain', false], ['exercise', 'Exercise', false],
] as const;

export class LessonPanel {
  private readonly chooser = byId<HTMLSelectElement>('scenario');
  private shown = '';

  constructor(private readonly lab: Lab) {
    this.chooser.addEventListener('change', () => void this.open());
    byId('scenario-box').hidden = lab.live || lab.session.scenarios.length === 0;
  }

  render(): void {
    const {scenario, scenarios} = this.lab.session;
    const key = JSON.stringify(scenario);
    if (key === this.shown) return;
    this.shown = key;
    const listed = scenarios.some((one) => one.id === scenario.id);
    const all = listed ? scenarios : [{id: scenario.id, title: scenario.title}, ...scenarios];
    this.chooser.replaceChildren(...all.map((one) => h('option', {value: one.id}, `${one.id} ${one.title}`.trim())));
    this.chooser.value = scenario.id;
    document.title = `${scenario.title || 'fourtuple'} – lab`;
    const parts = kParts.filter(([part]) => (scenario[part] ?? '') !== '');
    byId('lesson-text').replaceChildren(...parts.map(([part, title, open]) => h('details', {open}, h('summary', {}, title), ...markdown(scenario[part] ?? ''))));
    byId('lesson').hidden = parts.length === 0;
  }
  private async open(): Promise<void> {
    await this.lab.open({scenario: this.chooser.value}).catch((error) => this.lab.say(told(error), true));
  }
}
