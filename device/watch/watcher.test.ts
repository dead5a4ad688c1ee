import assert from 'node:assert/strict';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { GrayFrame, Observation } from '../core/frame.ts';
import { millis, ratio, seconds, type Millis } from '../core/units.ts';
import { CameraReport } from './camera-report.ts';
import type { EventKeeper } from './event-keeper.ts';
import type { Recognition } from './recognition.ts';
import { Watcher } from './watcher.ts';

const frame = (at: number): GrayFrame => ({ at: millis(at), width: 8, height: 8, pixels: new Uint8Array(64) });
const seen = (at: Millis): Observation =>
  ({ at, motion: true, score: ratio(1), boxes: [], tracks: [], crossings: [], tamper: [], attention: true });

const stream = { label: 'a camera', wallTime: (at: Millis) => at, attend() {} };

function watcher() {
  let now = seconds(100);
  const looked: Millis[] = [];
  const log: string[] = [];
  const followed: Millis[] = [];
  const passed: Millis[] = [];
  const keeper = { isOpen: true, observe: ({ at, tracks }: Observation) => {
    log.push(`seen ${at}`);
    followed.push(...tracks.map(({ since }) => since));
  }, close: (at: Millis) => log.push(`closed ${at}`), disarm: (at: Millis) => log.push(`disarmed ${at}`),
    pass: (at: Millis) => passed.push(at), blind: (at: Millis) => log.push(`blind ${at}`),
    recognised: ({ seen: { at } }: Recognition) => log.push(`recognised ${at}`),
  } as unknown as EventKeeper;
  let armed = true;
  const sounds: (string | null)[] = [];
  const report = new CameraReport('camera', ({ sound }) => sounds.push(sound));
  const watching = new Watcher({
    takers: [{ begin() {}, fragment() {}, interrupt: () => log.push('interrupted') }],
    look: ({ at }) => looked.push(at), recognise: ({ at }) => looked.push(at), keeper: () => keeper,
    report, isArmed: () => armed, onSeen() {}, monotonic: () => now, now: () => now, onFirstPicture() {},
  });
  return { watching, sounds, looked, log, followed, passed, later: (by: Millis) => {
    now = millis(now + by);
  }, disarm: () => { armed = false; } };
}

describe('watcher', () => {
  it('shows vision one timeline that never runs backwards, and gives the keeper stream time', () => {
    const { watching, looked, log, later } = watcher();
    watching.session(stream);
    watching.frame(frame(200));
    watching.observed(seen(looked[0] ?? millis(0)));
    later(seconds(60));
    watching.session(stream);
    watching.frame(frame(0));
    watching.observed(seen(looked[1] ?? millis(0)));
    assert.deepEqual(looked, [100_200, 160_000]);
    assert.deepEqual(log, ['seen 200', 'closed 200', 'interrupted', 'seen 0']);
  });

  it('tells since when a thing is followed in stream time as well', () => {
    const { watching, looked, followed } = watcher();
    watching.session(stream);
    watching.frame(frame(5000));
    const track = { id: 1, box: [0, 0, 1, 1], moving: true, path: [], zones: [] } as const;
    watching.observed({
      ...seen(looked[0] ?? millis(0)),
      tracks: [{ ...track, since: millis(104_000) }, { ...track, id: 2, since: millis(90_000) }],
    });
    assert.deepEqual(followed, [4000, 0]);
  });

  it('keeps time going forward when a stream that ran ahead of the clock comes back at once', () => {
    const { watching, looked, later } = watcher();
    watching.session(stream);
    for (const at of [0, 2000, 4000]) watching.frame(frame(at)); // a burst of what the camera had kept
    later(seconds(1));
    watching.session(stream);
    watching.frame(frame(0));
    assert.deepEqual(looked, [100_000, 102_000, 104_000, 104_001]);
  });

  it('ends an event of which vision says nothing more', () => {
    const { watching, looked, log, later } = watcher();
    watching.session(stream);
    watching.frame(frame(200));
    watching.observed(seen(looked[0] ?? millis(0)));
    later(seconds(5));
    watching.endUnlessHeard(seconds(20));
    later(seconds(16));
    watching.endUnlessHeard(seconds(20));
    assert.deepEqual(log, ['seen 200', 'blind 200']);
  });

  it('tells the time by the video as it comes, looked at or not, until the stream is over', () => {
    const { watching, passed, log } = watcher();
    const fragment = (start: number) =>
      ({ start: millis(start), duration: millis(500), at: millis(start) }) as Parameters<typeof watching.fragment>[0];
    watching.session(stream);
    assert.equal(watching.streamTime, undefined);
    for (const start of [0, 500]) watching.fragment(fragment(start));
    assert.deepEqual([passed, watching.streamTime], [[500, 1000], 1000]);
    watching.disarmed();
    watching.state({ status: 'offline', reason: 'gone' });
    assert.deepEqual([log, watching.streamTime], [['disarmed 1000', 'closed 1000', 'interrupted'], undefined]);
  });

  it('takes no notice of what vision still says of a stream that is over', () => {
    const { watching, looked, log, later } = watcher();
    watching.session(stream);
    watching.frame(frame(400));
    later(seconds(5));
    watching.state({ status: 'offline', reason: 'gone' });
    watching.session(stream);
    watching.observed(seen(looked[0] ?? millis(0)));
    assert.deepEqual(log, ['closed 0', 'interrupted']);
  });

  it('gives what is recognised to the stream that it was seen in, or to none', () => {
    const { watching, looked, log, later } = watcher();
    watching.session(stream);
    watching.colour({ at: millis(400), width: 1, height: 1, pixels: new Uint8Array(3) });
    const recognition = { seen: seen(looked[0] ?? millis(0)), faces: [], things: [] };
    watching.recognised(recognition);
    later(seconds(5));
    watching.session(stream);
    watching.recognised(recognition);
    assert.deepEqual([looked, log], [[100_400], ['recognised 400', 'closed 0', 'interrupted']]);
  });

  it('tells the camera whether vision wants to look closely', () => {
    const { watching, looked } = watcher();
    const attended: unknown[] = [];
    watching.session({ ...stream, attend: (...facts) => attended.push(facts) });
    watching.frame(frame(200));
    watching.observed({ ...seen(looked[0] ?? millis(0)), attention: true });
    assert.deepEqual(attended, [[200, true]]);
  });

  it('begins no event while it is disarmed', () => {
    const { watching, log, disarm } = watcher();
    watching.session(stream);
    disarm();
    watching.disarmed();
    watching.observed(seen(millis(100_200)));
    assert.deepEqual(log, ['disarmed 0']);
  });

  it('says which sound is recorded, and that none is once it is lost', () => {
    const { watching, sounds } = watcher();
    watching.session(stream);
    watching.init({
      data: new Uint8Array(), codec: 'avc1.64001f', size: { width: 64, height: 48 }, sound: { codec: 'mp4a.40.2' },
    } as unknown as InitSegment);
    watching.soundLost();
    assert.deepEqual(sounds.slice(-2), ['mp4a.40.2', null]);
  });

  it('says that it is blind when video comes and no frame of it', () => {
    const { watching, later } = watcher();
    const fragment = { at: millis(0), duration: millis(1000) } as Parameters<typeof watching.fragment>[0];
    const told = (): boolean => watching.blindness(seconds(30)) !== null;
    watching.session(stream);
    later(seconds(40));
    assert.equal(told(), false, 'a camera that sends nothing is not the decoder\'s fault');
    watching.fragment(fragment);
    watching.frame(frame(200));
    for (let second = 0; second < 31; second++) {
      watching.fragment(fragment);
      later(seconds(1));
    }
    assert.equal(told(), true);
    watching.frame(frame(31_000));
    assert.equal(told(), false);
  });
});
