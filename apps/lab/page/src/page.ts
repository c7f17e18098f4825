// The page of `fourtuple lab`: takes the token, asks what there is, and hands one view after the other to all panels.
import {listenToKeys} from './keys';
import {Lab, told} from './lab';
import {chooseTabs, chooseTheme} from './looks';
import {count} from './model/format';
import {Api, takeToken} from './net/api';
import {BuffersPanel} from './panels/buffers';
import {ConnectionsPanel} from './panels/connections';
import {Exports} from './panels/exports';
import {LadderPanel} from './panels/ladder';
import {LessonPanel} from './panels/lesson';
import {PlotsPanel} from './panels/plots';
import {SocketsPanel} from './panels/sockets';
import {StatesPanel} from './panels/states';
import {TimersPanel} from './panels/timers';
import {Transport} from './panels/transport';
import {WhyPanel} from './panels/why';
import {WireEditor} from './panels/wire_editor';
import {Player, pause} from './player';
import {byId, setText} from './view/dom';

const kRetry = 1500;  // ms, until the server is there

async function firstAnswer(api: Api): Promise<Lab> {
  for (;;) {
    try {
      return new Lab(api, await api.session());
    } catch (error) {
      setText(byId('status'), told(error));
      byId('status').classList.add('failed');
      await pause(kRetry);
    }
  }
}

function build(lab: Lab): {exports: Exports; player: Player} {
  const player = new Player(lab);
  const ladder = new LadderPanel();
  const states = new StatesPanel();
  const plots = new PlotsPanel();
  const transport = new Transport(lab, player);
  states.onChoice = () => lab.changed();
  byId('connections-closed').addEventListener('change', () => lab.changed());
  const panels = [transport, new LessonPanel(lab), new ConnectionsPanel(), ladder, new WhyPanel(), states, plots, new BuffersPanel(), new TimersPanel(),
                  new WireEditor(lab), new SocketsPanel(lab)];
  lab.onChange((view) => {
    for (const panel of panels) panel.render(view);
  });
  listenToKeys(lab, player, transport);
  chooseTheme(() => plots.restyle());
  chooseTabs(() => lab.changed());
  return {exports: new Exports(lab, ladder), player};
}

// The whole past is loaded before anything is drawn: it may be long, and a lab begins at its beginning.
async function begin(): Promise<void> {
  const lab = await firstAnswer(new Api(takeToken()));
  for (const branch of lab.session.branches) {
    if (branch.id === lab.session.current) lab.current = branch.id;
  }
  lab.onProgress = (known, all) => setText(byId('status'), `Loading: ${count(known)} of ${count(all)} events`);
  for (const branch of lab.session.branches) await lab.load(branch);
  lab.onProgress = () => {};
  lab.toEnd();
  const {exports, player} = build(lab);
  lab.say('');
  if (location.hash.length > 1 && !lab.live) await exports.open(location.hash);
  if (lab.live) void player.follow();
}

void begin().catch((error) => setText(byId('status'), told(error)));
