// What the applications of both hosts may do. Each button is one line of action, which one may also write oneself.
import {Lab, View, told} from '../lab';
import {button, byId, h} from '../view/dom';

const kControllers = ['cubic', 'reno', 'bbr', 'dctcp'];

export class SocketsPanel {
  constructor(private readonly lab: Lab) {
    const hosts = lab.live ? [1] : [0, 1];
    byId('sockets-hosts').append(...hosts.map((host) => this.host(host)));
    byId('action-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const line = byId<HTMLInputElement>('action-line');
      void this.act(line.value.trim());
    });
  }
  render(view: View): void {
    byId('sockets').dataset.cursor = String(view.count);
    byId('past').hidden = view.lab.atEnd || view.lab.live;
  }

  private async act(action: string): Promise<void> {
    if (action === '') return;
    try {
      await this.lab.act(action);
    } catch (error) {
      this.lab.say(told(error), true);
    }
  }
  private host(host: number): HTMLElement {
    const who = host === 0 ? 'client' : 'server';
    const name = this.lab.hostName(host);
    const number = (label: string, value: number, most: number) =>
        h('input', {type: 'number', min: 1, max: most, value, 'aria-label': `${name}: ${label}`, title: label});
    const port = number('port', 80, 65535);
    const octets = number('octets', 14600, 100_000_000);
    const does = (text: string, action: () => string) => {
      const press = button(text, `${name}: ${text}`, () => void this.act(`${who}: ${action()}`), {class: 'act', 'data-act': `${who} ${text}`});
      return press;
    };
    return h('fieldset', {class: `host${host}`}, h('legend', {}, name),
             h('div', {class: 'line'}, port, does('listen', () => `listen ${port.value}`), does('connect', () => `connect ${port.value}`)),
             h('div', {class: 'line'}, octets, does('send', () => `send ${octets.value}`), does('read', () => `read ${octets.value}`)),
             h('div', {class: 'line'}, ...['shutdown', 'close', 'abort'].map((word) => does(word, () => word))),
             h('div', {class: 'line'}, this.options(who, name), this.controllers(who, name)));
  }
  private options(who: string, name: string): HTMLElement {
    const choices = ['set nodelay on', 'set nodelay off', 'set cork on', 'set cork off', 'set keepalive on', 'set keepalive off', 'auto-read off',
                     'auto-read on', 'echo on', 'set receive-buffer 8192', 'set send-buffer 16384'];
    const words = choices.map((choice) => [choice, choice.replace('set nodelay on', 'set nodelay on (Nagle off)').replace('set nodelay off', 'set nodelay off (Nagle)')]);
    return this.select(`${name}: options`, 'options…', words, (choice) => void this.act(`${who}: ${choice}`));
  }
  private controllers(who: string, name: string): HTMLElement {
    const words = kControllers.map((one) => [`set congestion ${one}`, one]);
    return this.select(`${name}: congestion controller`, 'controller…', words, (choice) => void this.act(`${who}: ${choice}`));
  }
  // A menu of acts: it goes back to its title after each.
  private select(label: string, title: string, words: string[][], act: (choice: string) => void): HTMLElement {
    const menu = h('select', {'aria-label': label}, h('option', {value: ''}, title), ...words.map(([value, text]) => h('option', {value}, text)));
    menu.addEventListener('change', () => {
      if (menu.value !== '') act(menu.value);
      menu.value = '';
    });
    return menu;
  }
}
