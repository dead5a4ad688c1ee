import assert from 'node:assert/strict';
import path from 'node:path';
import { dawn, temporaryFolder } from '../../../test/recording/events.ts';
import { DeviceError } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import type { Archive } from '../archive.ts';
import { openArchive } from '../open-archive.ts';
import { Ledger } from './ledger.ts';
import { Pulse } from './pulse.ts';
import { WatchLedger } from './watch-ledger.ts';
import type { Watching } from './watching.ts';

const fine: Watching = { armed: true, mode: 'event', offline: null, refusal: null, blind: null, clockSynced: true };

/** A device whose ledger hears a word every two seconds; times in seconds since dawn. */
class Scene {
  readonly archive: Archive;
  readonly #memory: string;
  #ledger: WatchLedger;
  #forgets = false;
  #wall = 0;
  #steady = 5000;
  constructor(folder: string) {
    this.#memory = folder;
    this.archive = openArchive(path.join(folder, 'archive.db'), dawn, silentLog);
    this.#ledger = this.#begun();
  }
  /** Words until `second`. */
  goOn(second: number, change: Partial<Watching> = {}): void {
    for (; this.#wall <= second; this.#pass(2)) this.#ledger.word({ ...fine, ...change }, this.#now);
  }
  /** The disk takes nothing until it is told to. */
  takesNothing(is: boolean): void { this.archive.db.exec(`PRAGMA query_only = ${is ? 'ON' : 'OFF'}`); }
  /** Words until `second`, all of which the catalogue refuses. */
  goOnInVain(second: number, change: Partial<Watching> = {}): void {
    for (; this.#wall <= second; this.#pass(2)) {
      try {
        this.#ledger.word({ ...fine, ...change }, this.#now);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
      }
    }
  }
  /** Time passes in which nobody says anything. */
  silent(seconds: number): void { this.#pass(seconds); }
  setClock(by: number): void { this.#wall += by; }
  stop(isWanted = true): void { this.#ledger.end(this.#now, isWanted); }
  /** A new process. */
  start(): void { this.#ledger = this.#begun(); }
  /** What is in memory is gone. */
  powerCut(): void { this.#forgets = true; }
  told(): string[] {
    return new Ledger(this.archive.db).between('watch', 0, Number.MAX_SAFE_INTEGER)
      .map(({ from, to, state, reason }) =>
        `${Math.round((from - dawn) / 1000)}-${Math.round((to - dawn) / 1000)} ${state} ${reason}`.trim());
  }
  get #now() { return { wall: dawn + this.#wall * 1000, steady: this.#steady * 1000 }; }
  #pass(seconds: number): void { this.#wall += seconds; this.#steady += seconds; }
  #begun(): WatchLedger {
    const ledger = new WatchLedger(
      this.archive,
      'yard', new Pulse(this.#memory, this.#forgets ? path.join(this.#memory, 'elsewhere') : this.#memory),
    );
    this.#forgets = false;
    ledger.begin(this.#now.wall);
    return ledger;
  }
}

const scene = async (play: (device: Scene) => void, told: readonly string[]): Promise<void> => {
  await using folder = await temporaryFolder();
  const device = new Scene(folder.path);
  using _ = device.archive;
  play(device);
  assert.deepEqual(device.told(), told);
};

describe('account of watching', () => {
  it('is one entry while nothing changes, written once a minute', () =>
    scene((device) => device.goOn(300), ['0-300 watched']));

  it('tells what stopped it, and who wanted nothing recorded', () => scene((device) => {
    device.goOn(10);
    device.goOn(20, { offline: 'the camera does not answer' });
    device.goOn(30, { armed: false });
    device.goOn(40, { refusal: 'recorder.disk-full' });
    device.goOn(50, { blind: 'vision has failed' });
    device.goOn(60, { blind: 'vision has failed', mode: 'continuous' });
    device.goOn(70, { mode: 'off' });
    device.goOn(80);
    device.stop();
  },
  [
    '0-12 watched', '12-22 lost no pictures: the camera does not answer', '22-32 off disarmed',
    '32-42 lost the disk is full', '42-52 lost pictures were not analysed: vision has failed',
    '52-62 lost the video was not recorded',
    '62-72 off recording is switched off', '72-82 watched',
  ]));

  for (const gone of [20, 56, 60])
    it(`counts a camera as lost since its last picture, not since that was noticed: ${gone} s after the start`, () =>
      scene((device) => {
        for (let second = 0; second < gone + 10; second += 2)
          device.goOn(second, { seenAt: dawn + Math.min(second, gone) * 1000 });
        device.goOn(gone + 20, { seenAt: dawn + gone * 1000, offline: 'it is silent' });
        device.stop();
      }, [`0-${gone} watched`, `${gone}-${gone + 22} lost no pictures: it is silent`]));

  it('accounts for the time in which the disk took no word of it, as soon as it does', () => scene((device) => {
    device.goOn(20);
    device.takesNothing(true);
    device.goOnInVain(30, { refusal: 'recorder.disk-full' });
    device.goOnInVain(40);
    device.silent(20);
    device.goOnInVain(70);
    device.goOnInVain(200, { armed: false });
    device.takesNothing(false);
    device.goOn(210, { armed: false });
    device.stop();
  },
  [
    '0-22 watched', '22-32 lost the disk is full', '32-40 watched', '40-62 lost the process stood still',
    '62-72 watched', '72-212 off disarmed',
  ]));

  it('does not take for watched what the disk took no word of before the process was killed', () => scene((device) => {
    device.goOn(20);
    device.takesNothing(true);
    device.goOnInVain(50, { refusal: 'recorder.disk-full' });
    device.takesNothing(false);
    device.silent(8);
    device.start();
  }, ['0-22 watched', '22-60 lost the process ended unexpectedly']));

  it('takes nothing for watched alone where all is to be recorded: what was recorded is told by the recordings', () =>
    scene((device) => {
      device.goOn(20, { mode: 'both' });
      device.goOn(40, { mode: 'both', offline: 'it is silent', seenAt: dawn + 15_000 });
      device.stop();
    }, ['0-15 lost the video was not recorded', '15-42 lost no pictures: it is silent']));

  for (const [mode, word] of [['event', 'watched'], ['both', 'lost the video was not recorded']] as const) {
    it(`says of what had not come yet when it was stopped why it is missing (${mode})`, () => scene((device) => {
      for (let second = 0; second < 40; second += 2) {
        const late = second < 20 ? 0.5 : Math.min(17, second - 20);
        const seenAt = dawn + second * 1000;
        device.goOn(second, { mode, seenAt, shownUntil: seenAt - late * 1000, isOverworked: true });
      }
      device.stop();
    }, [`0-21 ${word}`, '21-40 lost the device was too slow: it had not come to this when it was stopped']));
  }

  it('forgets that video was late once it comes in time again', () => scene((device) => {
    device.goOn(20, { seenAt: dawn + 20_000, shownUntil: dawn });
    device.goOn(30, { seenAt: dawn + 30_000, shownUntil: dawn + 29_000 });
    device.stop();
  }, ['0-32 watched']));

  it('takes a camera that is tried again and again for lost for one reason', () => scene((device) => {
    device.goOn(0);
    for (let second = 2; second <= 40; second += 4) {
      device.goOn(second, { offline: 'the camera does not answer' });
      device.goOn(second + 2, { offline: '' });
    }
    device.stop();
  }, ['0-2 watched', '2-42 lost no pictures: the camera does not answer']));

  it('loses nothing before the first picture of a camera that is set up', () => scene((device) => {
    device.goOn(20, { offline: '' });
    device.goOn(30, { offline: 'the camera refuses the password' });
    device.stop();
    device.silent(10);
    device.start();
    device.goOn(60, { offline: '' });
    device.goOn(70);
    device.goOn(80, { offline: 'the camera does not answer' });
    device.stop();
  }, [
    '0-32 off no picture has come from this camera yet', '32-42 off Tyto was stopped',
    '42-62 off no picture has come from this camera yet', '62-72 watched',
    '72-82 lost no pictures: the camera does not answer',
  ]));

  it('remembers of a camera that it gave pictures, also where they were not wanted or could not be kept', () =>
    scene((device) => {
      device.goOn(10, { armed: false });
      device.stop();
      device.start();
      device.goOn(20, { offline: 'the camera does not answer' });
      device.stop();
    }, ['0-12 off disarmed', '12-22 lost no pictures: the camera does not answer']));

  it('says of the time between two runs that Tyto was stopped', () => scene((device) => {
    device.goOn(30);
    device.stop();
    device.silent(100);
    device.start();
    device.goOn(160);
    device.stop();
  }, ['0-32 watched', '32-132 lost Tyto was stopped', '132-162 watched']));

  it('does not call stopped what ended because the process that kept it was killed', () => scene((device) => {
    device.goOn(30);
    device.stop(false);
    device.silent(18);
    device.start();
  }, ['0-32 watched', '32-50 lost the process ended unexpectedly']));

  it('knows to the second when its process was killed', () => scene((device) => {
    device.goOn(30);
    device.silent(20);
    device.start();
  }, ['0-30 watched', '30-52 lost the process ended unexpectedly']));

  it('knows to the minute when the power failed', () => scene((device) => {
    device.goOn(90);
    device.powerCut();
    device.silent(3600);
    device.start();
  }, ['0-60 watched', '60-3692 lost the device was off']));

  it('asks nobody to have watched while disarmed', () => scene((device) => {
    device.goOn(30, { armed: false });
    device.powerCut();
    device.silent(100);
    device.start();
  }, ['0-0 off disarmed', '0-132 off the device was off']));

  it('sees that the process stood still', () => scene((device) => {
    device.goOn(30);
    device.silent(40);
    device.goOn(90);
    device.stop();
  }, ['0-30 watched', '30-72 lost the process stood still', '72-92 watched']));

  it('counts no time that a clock which is set jumps over, and none twice', () => scene((device) => {
    device.goOn(30);
    device.setClock(5000);
    device.goOn(5060);
    device.setClock(-40);
    device.goOn(5100);
    device.stop();
  }, ['0-30 watched', '30-5032 off the clock was set: this time did not pass', '5032-5102 watched']));

  it('tells by the right time what happened before the clock was set', () => scene((device) => {
    device.goOn(30);
    device.stop();
    device.silent(1000);
    device.setClock(-50 * 365 * 86_400); // no battery
    device.start();
    const began = -50 * 365 * 86_400 + 1032;
    device.goOn(began + 20, { clockSynced: false, offline: 'the camera does not answer' });
    device.goOn(began + 40, { clockSynced: false });
    device.setClock(50 * 365 * 86_400);
    device.goOn(1100);
    device.stop();
  },
  [
    '0-32 watched', '32-1032 lost the device was off', '1032-1054 lost no pictures: the camera does not answer',
    '1054-1102 watched',
  ]));
});
