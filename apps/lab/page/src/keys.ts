// The keyboard. Where somebody writes, the keys are letters.
import type {Lab} from './lab';
import type {Transport} from './panels/transport';
import type {Player} from './player';
import {byId} from './view/dom';

const isWriting = (target: EventTarget | null): boolean =>
    target instanceof HTMLElement && target.closest('input:not([type=range]),textarea,select,[contenteditable],dialog') !== null;

export function listenToKeys(lab: Lab, player: Player, transport: Transport): void {
  const acts: Record<string, (event: KeyboardEvent) => void> = {
    ' ': () => player.toggle(),
    'ArrowRight': (event) => void transport.step(event.shiftKey ? 'segment' : event.altKey ? 'rtt' : 'event'),
    'ArrowLeft': (event) => {
      lab.running = false;
      lab.stepRecorded(event.shiftKey ? 'segment' : event.altKey ? 'rtt' : 'event', -1);
    },
    'Home': () => transport.seek(0),
    'End': () => lab.toEnd(),
    'b': () => byId('branch-name').focus(),
    'l': () => byId('next-loss').click(),
    'Escape': () => lab.pin(undefined),
    '?': () => byId<HTMLDialogElement>('help').showModal(),
  };
  document.addEventListener('keydown', (event) => {
    const act = acts[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
    if (event.key === ' ' && event.target instanceof HTMLElement && event.target.closest('button,summary,[role=button]') !== null) return;
    event.preventDefault();
    act(event);
  });
  byId('help-close').addEventListener('click', () => byId<HTMLDialogElement>('help').close());
  byId('help-open').addEventListener('click', () => byId<HTMLDialogElement>('help').showModal());
  byId<HTMLInputElement>('branch-name').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') void transport.branch();
    if (event.key === 'Enter' || event.key === 'Escape') (event.target as HTMLElement).blur();
  });
}
