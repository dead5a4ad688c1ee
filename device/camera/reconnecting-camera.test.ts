import assert from 'node:assert/strict';
import { DeviceError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { systemClock } from '../runtime/clock.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { eventually } from '../../test/eventually.ts';
import { ReconnectingCamera } from './reconnecting-camera.ts';
import { RecordingSink } from './simulated/recording-sink.ts';
import type { Feed, FeedSource } from './stream/feed.ts';

const options = { stallTimeout: seconds(10), clock: systemClock, log: silentLog, random: () => 0 };
/** A small moving picture, made by ffmpeg itself. */
const picture = (...limits: string[]): Feed => ({
  input: [...limits, '-re', '-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25'],
  stdin: { type: 'nothing' }, codec: 'rawvideo', size: { width: 64, height: 48 },
});
const sourceOf = (open: () => Feed): FeedSource => ({ label: 'cam', open: () => Promise.resolve().then(open) });

describe('a camera that reconnects', () => {
  it('is tried for ever, at growing intervals, and tells a state only when it changes', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const tries: Millis[] = [];
    const source = sourceOf(() => {
      tries.push(clock.monotonic());
      throw new DeviceError('camera.refused', tries.length < 5 ? 'off' : 'still off');
    });
    const stop = new AbortController();
    const sink = new RecordingSink();
    const run = new ReconnectingCamera(source, { ...options, clock }).run(sink, stop.signal);
    await sink.until(({ states }) => states.length === 2, 60_000);
    await clock.advance(seconds(70));
    stop.abort();
    await run;
    assert.deepEqual(tries, [0, 0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5, 60.5].map(seconds));
    assert.deepEqual(sink.states, [
      { status: 'connecting' }, { status: 'offline', code: 'camera.refused', reason: 'off' },
      { status: 'offline', code: 'camera.refused', reason: 'still off' },
    ]);
  });

  it('is connected anew at once when its clock was set after it had run for a while: it has not gone', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const tries: Millis[] = [];
    const lasts = [seconds(40), seconds(50), seconds(5), seconds(5)];
    const source: FeedSource = {
      label: 'cam', open: async (signal) => {
        tries.push(clock.monotonic());
        await clock.wait(lasts[tries.length - 1] ?? seconds(1000), signal);
        throw new DeviceError('camera.time-jump', 'its clock was set');
      },
    };
    const stop = new AbortController();
    const run = new ReconnectingCamera(source, { ...options, clock }).run(new RecordingSink(), stop.signal);
    await eventually('the first try', () => tries.length === 1);
    await clock.advance(seconds(120));
    stop.abort();
    await run;
    assert.deepEqual(tries, [0, 40, 90, 96, 103].map(seconds));
  });

  it('begins a new timeline with each connection', async () => {
    const stop = new AbortController();
    const sink = new RecordingSink();
    const run = new ReconnectingCamera(sourceOf(() => picture('-t', '0.6')), options).run(sink, stop.signal);
    await sink.until(({ sessions }) => sessions.length === 2 && (sessions[1]?.fragments.length ?? 0) > 0, 60_000);
    stop.abort();
    await run;
    assert.deepEqual(
      sink.sessions.map(({ session, fragments, frames }) => [session.number, fragments[0]?.start, frames[0]?.at]),
      [[1, 0, 0], [2, 0, 0]],
    );
    assert.ok((sink.sessions[1]?.fragments[0]?.at ?? 0) > (sink.sessions[0]?.fragments.at(-1)?.at ?? Infinity));
  });

  it('follows a clock that is set while it runs', async () => {
    let shift = 0;
    const clock = { ...systemClock, now: () => millis(systemClock.now() + shift) };
    const stop = new AbortController();
    const sink = new RecordingSink();
    const run = new ReconnectingCamera(sourceOf(() => picture()), { ...options, clock }).run(sink, stop.signal);
    const count = (): number => sink.sessions[0]?.fragments.length ?? 0;
    await sink.until(() => count() === 1, 60_000);
    shift = seconds(1_000_000);
    await sink.until(() => count() === 2, 60_000);
    stop.abort();
    await run;
    const [before, after] = sink.sessions[0]?.fragments ?? [];
    assert.ok(before !== undefined && after !== undefined);
    assert.ok(Math.abs(after.at - before.at - (after.start - before.start) - shift) < 200, `${after.at - before.at}`);
  });

  it('delivers what had arrived before it stops', async () => {
    const stop = new AbortController();
    const sink = new RecordingSink();
    const run = new ReconnectingCamera(sourceOf(() => picture()), options).run(sink, stop.signal);
    await sink.until(({ sessions }) => (sessions[0]?.frames.length ?? 0) === 2, 60_000);
    stop.abort();
    await run;
    assert.ok((sink.sessions[0]?.fragments[0]?.samples ?? 0) >= 5);
  });

  it('passes on what its sink throws: that is no fault of the camera', async () => {
    const sink = new RecordingSink();
    sink.frame = () => { throw new RangeError('a bug'); };
    await assert.rejects(
      new ReconnectingCamera(sourceOf(() => picture()), options).run(sink, new AbortController().signal),
      { message: 'a bug' },
    );
  });

  it('does not begin when it is already told to stop', async () => {
    const sink = new RecordingSink();
    await new ReconnectingCamera(sourceOf(() => assert.fail('opened')), options).run(sink, AbortSignal.abort());
    assert.deepEqual(sink.sessions, []);
  });
});
