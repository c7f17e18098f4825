// Time goes on: through the recording where the cursor is behind, on the server where it is at the end. And a live session
// is followed.
import {Lab, told} from './lab';
import {Refusal} from './net/api';

const kTick = 100;             // ms between two requests of a running lab
const kLongestTick = 250;      // what a slow server or a sleeping tab may add at once
const kRetry = [500, 1000, 2000, 4000];  // ms

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export class Player {
  speed = 100;  // virtual milliseconds in a real second; 0: as fast as it goes
  private failures = 0;
  private last = 0;

  constructor(private readonly lab: Lab) {}

  toggle(): void {
    if (this.lab.running) this.stop();
    else void this.start();
  }
  stop(text = ''): void {
    this.lab.running = false;
    this.lab.say(text);
  }
  async start(): Promise<void> {
    if (this.lab.running) return;
    this.lab.running = true;
    this.lab.pinned = undefined;
    this.last = performance.now();
    this.lab.say('');
    while (this.lab.running) {
      await pause(kTick);
      if (this.lab.running) await this.tick();
    }
  }

  private async tick(): Promise<void> {
    const now = performance.now();
    const virtual = Math.min(now - this.last, kLongestTick) * this.speed * 1e3;  // ns
    this.last = now;
    if (!this.lab.atEnd) this.playBack(virtual);
    else if (this.lab.live) this.stop();
    else await this.runOn(this.speed === 0 ? {until: 'idle'} : {for_ns: Math.max(1, Math.round(virtual))});
  }
  private playBack(virtual: number): void {
    const time = this.lab.time + virtual;
    if (this.speed === 0 || this.lab.recording.countAt(time) >= this.lab.recording.events.length) this.lab.toEnd();
    else this.lab.seekTime(time);
  }
  private async runOn(how: {for_ns?: number; until?: 'idle'}): Promise<void> {
    try {
      await this.lab.asked(this.lab.api.run(this.lab.current, how));
      if (this.failures > 0) this.lab.say('');
      this.failures = 0;
      if (this.lab.recording.branch.idle) this.stop('Nothing will happen any more unless somebody acts.');
      else if (this.lab.recording.branch.truncated) this.stop();
      else if (how.until !== undefined) this.stop('Ten minutes went by, and it is not over yet.');
    } catch (error) {
      if (error instanceof Refusal) this.stop(told(error));
      else await this.wait();
    }
  }
  private async wait(): Promise<void> {
    this.lab.say('The server does not answer; trying again.', true);
    await pause(kRetry[Math.min(this.failures++, kRetry.length - 1)]);
  }

  // Live: one long question after the other, each from the first event that is not known yet. A line that broke is taken
  // up again at that event.
  async follow(): Promise<void> {
    for (;;) {
      try {
        await this.news();
        if (this.failures > 0) this.lab.say('Connected again.');
        this.failures = 0;
      } catch {
        await this.wait();
      }
    }
  }
  private async news(): Promise<void> {
    const recording = this.lab.recording;
    const following = this.lab.atEnd && !this.lab.running;
    const answer = await this.lab.api.events(this.lab.current, recording.events.length, true);
    this.lab.take(recording, answer);
    if (following && this.lab.recording === recording) this.lab.toEnd();
    else this.lab.changed();
    if (answer.events.length === 0) await pause(kTick);  // a server that does not wait must not be asked without end
  }
}
