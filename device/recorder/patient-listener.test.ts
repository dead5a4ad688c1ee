import assert from 'node:assert/strict';
import { DeviceError } from '../core/errors.ts';
import { silentLog, type Log } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { noLoss } from './fragment-queue.ts';
import { PatientListener } from './patient-listener.ts';
import type { ClosedRecording, OpenedRecording } from './recording-listener.ts';

const opened = (name: string): OpenedRecording => ({ name, class: 'event', camera: 'yard', eventId: null, startedAt: millis(0) });
const closed = (name: string): ClosedRecording => ({ ...opened(name), clip: null, fault: null, lost: noLoss });
const busy = new DeviceError('archive.busy', 'another program holds the catalogue');

/** A catalogue that refuses with `refusal` while there is one, and what of it was logged. */
class Desk {
  refusal: Error | undefined = busy;
  asked = 0;
  readonly taken: string[] = [];
  readonly said: string[] = [];
  readonly listener: PatientListener;
  constructor() {
    const say = (level: string) => (message: string): void => { this.said.push(`${level}: ${message}`); };
    const log: Log = { ...silentLog, error: say('error'), info: say('info') };
    const take = (call: string, name: string): void => {
      this.asked++;
      if (this.refusal !== undefined) throw this.refusal;
      this.taken.push(`${call} ${name}`);
    };
    this.listener = new PatientListener({ opened: ({ name }) => take('opened', name), closed: ({ name }) => take('closed', name) }, log);
  }
  /** Video comes, a fragment each half second, from `from` up to `to`. */
  play(from: Millis, to: Millis): void {
    for (let now = from; now < to; now = millis(now + 500)) this.listener.poll(now);
  }
}

describe('telling the catalogue of recordings', () => {
  it('passes on at once what is taken, and says nothing', () => {
    const desk = new Desk();
    desk.refusal = undefined;
    desk.listener.opened(opened('a'));
    desk.listener.closed(closed('a'));
    desk.listener.stop();
    assert.deepEqual([desk.taken, desk.said], [['opened a', 'closed a'], []]);
  });

  it('tells again what was refused, every 2 s and in order, and what comes meanwhile after it', () => {
    const desk = new Desk();
    desk.listener.opened(opened('a'));
    desk.listener.closed(closed('a'));
    desk.listener.opened(opened('b'));
    desk.play(seconds(10), seconds(15));
    assert.equal(desk.asked, 3, 'at first, and after 2 s and 4 s: only the first of those that wait');
    desk.refusal = undefined;
    desk.play(seconds(15), seconds(17));
    desk.listener.closed(closed('b'));
    assert.deepEqual(desk.taken, ['opened a', 'closed a', 'opened b', 'closed b']);
    assert.equal(desk.said.length, 2, 'it says so once when it begins, and once when it is over');
    assert.match(desk.said.join('\n'), /^error: the catalogue refuses.*\ninfo: the catalogue has taken/);
  });

  it('goes on telling when the stream begins anew', () => {
    const desk = new Desk();
    desk.listener.opened(opened('a'));
    desk.play(seconds(3600), seconds(3601));
    desk.refusal = undefined;
    desk.play(seconds(0), seconds(3));
    assert.deepEqual(desk.taken, ['opened a']);
  });

  it('tries once more at the stop, and names what is left to the next start', () => {
    const [late, never] = [new Desk(), new Desk()];
    for (const { listener } of [late, never]) {
      listener.opened(opened('a'));
      listener.closed(closed('a'));
    }
    late.refusal = undefined;
    late.listener.stop();
    never.listener.stop();
    assert.deepEqual([late.taken, never.taken], [['opened a', 'closed a'], []]);
    assert.match(never.said.at(-1) ?? '', /not in the catalogue until the next start/);
    never.listener.stop();
    assert.equal(never.said.length, 2, 'and that only once');
  });

  it('holds no more than 200 calls, the newest', () => {
    const desk = new Desk();
    for (let n = 0; n < 300; n++) desk.listener.opened(opened(String(n)));
    desk.refusal = undefined;
    desk.listener.stop();
    assert.deepEqual([desk.taken.length, desk.taken[0], desk.taken.at(-1)], [200, 'opened 100', 'opened 299']);
  });

  it('does not insist where the fault is ours: one such call must not hold up the others', () => {
    const desk = new Desk();
    desk.refusal = new Error('no such column');
    desk.listener.opened(opened('a'));
    assert.match(desk.said.join(), /until the next start: no such column/);
    desk.refusal = undefined;
    desk.listener.opened(opened('b'));
    assert.deepEqual(desk.taken, ['opened b']);
  });
});
