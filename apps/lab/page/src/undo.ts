// "What if it had not been lost?" A branch that begins before the loss, on a wire that does not lose.
import {Lab, told} from './lab';
import type {LabEvent} from './net/types';

const kLosing = /^(?:(?:in|out|ab|ba):\s*)?(?:at\s+\S+:\s*)?(?:drop|loss|gilbert|down)\b/;

export const isLoss = (event: LabEvent): boolean => event.event === 'wire-sent' && event.fate !== undefined && event.fate !== 'carried';

// It did not arrive, or not so that anybody could use it.
export const isMissing = (event: LabEvent): boolean => isLoss(event) || event.event === 'frame-dropped';

// The rules without those that lose frames.
export function withoutLosses(rules: string): string {
  return rules.split(/[;,\n]/).map((one) => one.trim()).filter((one) => one !== '' && !kLosing.test(one)).join('; ');
}

// What was lost by hand is undone where the hand acted; everything else a moment before the frame left: what happens in one
// moment may be one step of the server.
function placeOf(events: readonly LabEvent[], loss: LabEvent): number {
  let n = loss.n;
  if (loss.fate === 'dropped by hand') {
    while (n > 0 && !/^(wire: )?drop next/.test(events[n].action ?? '')) n -= 1;
    return n;
  }
  while (n > 0 && events[n - 1].time_ns === loss.time_ns) n -= 1;
  return n;
}

export async function undoLoss(lab: Lab, loss: LabEvent): Promise<void> {
  const {events} = lab.recording;
  lab.pinned = undefined;
  lab.seek(placeOf(events, loss));
  const rules = lab.recording.seek(lab.count).rules ?? lab.recording.branch.wire;
  try {
    await lab.branchHere('without the loss');
    if (loss.fate === 'lost while the cable is out') await lab.act('wire: heal');
    const kept = withoutLosses(rules);
    if (kept !== rules && loss.fate !== 'dropped by hand') await lab.act(`wire: ${kept || 'delay 0ms'}`);
    lab.say('This branch begins before the loss. Press “Run”, and compare.');
  } catch (error) {
    lab.say(told(error), true);
  }
}
