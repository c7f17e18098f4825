// Taking it along: files of the server, a picture of the ladder, and a line that makes the same run again.
import {Lab, told} from '../lab';
import {byId, save} from '../view/dom';
import type {LadderPanel} from './ladder';

export class Exports {
  constructor(private readonly lab: Lab, ladder: LadderPanel) {
    const menu = byId<HTMLSelectElement>('export');
    menu.addEventListener('change', () => {
      const wanted = menu.value;
      menu.value = '';
      if (wanted === 'svg') ladder.export();
      else if (wanted === 'permalink') void this.permalink();
      else if (wanted !== '') void this.file(wanted);
    });
    byId('link-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.open(byId<HTMLInputElement>('link').value);
    });
  }

  private async file(as: string): Promise<void> {
    const {current} = this.lab;
    try {
      const endings: Record<string, string> = {json: 'json', pcapng: 'pcapng', ladder: 'txt'};
      save(await this.lab.api.file(current, as), `fourtuple-${current}.${endings[as] ?? as}`);
    } catch (error) {
      this.lab.say(told(error), true);
    }
  }
  // The part of an address behind '#' never leaves the browser; the page reads it when it opens.
  private async permalink(): Promise<void> {
    const link = `${location.origin}/#${encodeURIComponent(this.lab.recording.branch.permalink)}`;
    byId<HTMLInputElement>('link').value = link;
    const copied = await navigator.clipboard.writeText(link).then(() => true, () => false);
    if (!copied) byId<HTMLInputElement>('link').select();
    this.lab.say(copied ? 'The link is copied. It has the seed, the wire and every action.' : 'The link stands in the field “link”.');
  }
  async open(text: string): Promise<void> {
    const permalink = /^(https?:[^#]*)?#/.test(text) ? decodeURIComponent(text.trim().replace(/^[^#]*#/, '')) : text.trim();
    if (permalink === '') return;
    await this.lab.open({permalink}).catch((error) => this.lab.say(told(error), true));
  }
}
