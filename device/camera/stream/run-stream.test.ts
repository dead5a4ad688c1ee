import assert from 'node:assert/strict';
import { once } from 'node:events';
import { silentLog } from '../../core/log.ts';
import { millis, seconds } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { Feed } from './feed.ts';
import { runStream } from './run-stream.ts';

const size = { width: 64, height: 48 };
const TESTSRC = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25'];
const endless: Feed = { input: TESTSRC, stdin: { type: 'nothing' }, codec: 'rawvideo', size };
/** Delivers for a second, then holds the line. */
const hanging: Feed = {
  input: ['-use_wallclock_as_timestamps', '1', '-f', 'mpjpeg', '-i', 'pipe:0'],
  stdin: {
    type: 'program', command: 'sh',
    args: ['-c', `ffmpeg -v error ${TESTSRC.join(' ')} -t 1 -f mpjpeg -; exec sleep 30`],
  },
  codec: 'mjpeg', size,
};
/** Sends nothing before `begun`: what it shows is made first. */
const slowToBegin = (begun: Promise<void>): Feed => ({
  input: ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-video_size', '64x48', '-framerate', '25', '-i', 'pipe:0'],
  stdin: { type: 'pictures', start: (put) => {
    let timer: NodeJS.Timeout | undefined;
    void begun.then(() => { timer = setInterval(() => put(new Uint8Array(64 * 48 * 1.5)), 40); });
    return () => clearInterval(timer);
  } },
  codec: 'rawvideo', firstWithin: seconds(60), size,
});
const options = {
  label: 'cam', stallTimeout: seconds(3), confinement: [], clock: systemClock, log: silentLog, pictures: {},
  sound: false,
};
const deaf = {
  init() {}, frame() {}, colour() {}, decoding() {}, soundLost() {}, arrived() {}, attention() {}, fragment() {},
};

/** As slow storage does: nothing of this process goes on meanwhile. */
const block = (forMs: number): void => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs); };

describe('a connection to a camera', () => {

  it('survives when this process itself stood still for longer than the stall time', async () => {
    const stop = new AbortController();
    const arrived = new EventTarget();
    const starts: number[] = [];
    const run = runStream(endless, options, {
      ...deaf,
      fragment: ({ start }) => { starts.push(start); arrived.dispatchEvent(new Event('fragment')); },
    }, stop.signal);
    await Promise.race([once(arrived, 'fragment'), run]);
    block(3500);
    while (starts.length < 5) await Promise.race([once(arrived, 'fragment'), run]);
    stop.abort();
    await run;
    assert.deepEqual(starts.slice(0, 5).map((start) => Math.round(start / 500)), [0, 1, 2, 3, 4]);
  });

  it('waits for a first picture as long as is usual there', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const [begun, stop, came] = [Promise.withResolvers<void>(), new AbortController(), Promise.withResolvers<void>()];
    const run = runStream(
      slowToBegin(begun.promise), { ...options, clock }, { ...deaf, frame: () => came.resolve() }, stop.signal,
    );
    for (let passed = 0; passed < 50; passed++) await clock.advance(seconds(1));
    begun.resolve();
    await Promise.race([came.promise, run]);
    stop.abort();
    await run;
  });

  it('is over when the first picture does not come', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const over = new AbortController();
    const run = runStream(
      slowToBegin(new Promise(() => {})), { ...options, clock }, deaf, new AbortController().signal,
    ).finally(() => over.abort());
    const fails = assert.rejects(run, { code: 'camera.timeout', message: 'cam has not sent a picture within 60 s' });
    while (!over.signal.aborted) await clock.advance(millis(100));
    await fails;
  });

  it('is over when the camera falls silent', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const came = { fragment: Promise.withResolvers<void>(), frame: Promise.withResolvers<void>() };
    const over = new AbortController();
    const run = runStream(hanging, { ...options, clock }, {
      ...deaf, fragment: () => came.fragment.resolve(), frame: () => came.frame.resolve(),
    }, new AbortController().signal).finally(() => over.abort());
    const fails = assert.rejects(run, { code: 'camera.stalled', message: 'cam has sent no picture for 3 s' });
    await Promise.race([Promise.all([came.fragment.promise, came.frame.promise]), fails]);
    // What comes late, however busy the machine is, is waited for anew.
    while (!over.signal.aborted) await clock.advance(millis(100));
    await fails;
  });
});
