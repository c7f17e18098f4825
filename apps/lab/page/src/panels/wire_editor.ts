// The wire's rules as text, with the server's word on where a mistake is, and buttons for what one wants most.
import {Lab, View, told} from '../lab';
import {Refusal} from '../net/api';
import {button, byId, h, setText} from '../view/dom';

export class WireEditor {
  private readonly text = byId<HTMLTextAreaElement>('wire-rules');
  private readonly problem = byId('wire-problem');
  private shown?: string;

  constructor(private readonly lab: Lab) {
    byId('wire-apply').addEventListener('click', () => void this.apply());
    this.text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.apply();
    });
    const act = (text: string, action: string) => button(text, action, () => void this.act(action), {class: 'act', 'data-action': action});
    byId('wire-buttons').append(
        act('Drop next', 'wire: drop next'), act('Drop next data', 'wire: drop next data'), act('Drop next ACK', 'wire: drop next ack'),
        button('Drop the 3rd data segment', 'adds the rule “drop data 3 once”', () => void this.addRule('drop data 3 once'), {class: 'act'}),
        act('Cut the cable', 'wire: cut'), act('Heal', 'wire: heal'));
  }

  // The rules of the cursor's moment, unless somebody is writing there.
  render(view: View): void {
    byId('wire').dataset.cursor = String(view.count);
    const rules = view.model.rules ?? view.recording.branch.wire;
    if (rules === this.shown || document.activeElement === this.text) return;
    this.shown = rules;
    this.text.value = rules;
    this.text.classList.remove('wrong');
    setText(this.problem, '');
  }

  private async apply(): Promise<void> {
    await this.act(`wire: ${this.text.value.trim().replace(/\s*\n\s*/g, '; ')}`);
  }
  private async addRule(rule: string): Promise<void> {
    const before = this.text.value.trim();
    await this.act(`wire: ${before === '' ? rule : `${before}; ${rule}`}`);
  }
  private async act(action: string): Promise<void> {
    this.text.classList.remove('wrong');
    setText(this.problem, '');
    try {
      await this.lab.act(action);
      this.shown = undefined;
      this.text.blur();
    } catch (error) {
      this.refuse(error);
    }
  }
  private refuse(error: unknown): void {
    this.text.classList.add('wrong');
    const at = error instanceof Refusal ? this.placeOf(error.message) : undefined;
    this.problem.replaceChildren(told(error), ...(at === undefined ? [] : [h('pre', {}, this.pointer(at))]));
    if (at === undefined) return;
    this.text.focus();
    this.text.setSelectionRange(at, at + Math.max(1, /^[^\s;,]*/.exec(this.text.value.slice(at))![0].length));
  }
  // "'dely' is not understood at character 13", counted from 1; in which blanks before the text may have been counted, too.
  private placeOf(message: string): number | undefined {
    const told = /(?:'(.*?)' is not understood )?at character (\d+)/.exec(message);
    if (told === null) return undefined;
    const place = Math.max(0, Number(told[2]) - 1);
    const found = this.text.value.lastIndexOf(told[1] ?? '', place);
    return told[1] !== undefined && found >= place - 2 && found >= 0 ? found : Math.min(place, this.text.value.length);
  }
  // The place, shown below the text as it was sent.
  private pointer(at: number): string {
    const text = this.text.value.trim().replace(/\s*\n\s*/g, '; ');
    const from = Math.max(0, at - 20);
    return `${text.slice(from, from + 48)}\n${' '.repeat(at - from)}^`;
  }
}
