import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { millis } from '../../core/units.ts';
import { eventually } from '../../../test/eventually.ts';
import { frameBytes } from './frame/planes.ts';
import { DemoPainter } from './paint.ts';
import { Painters } from './painter-thread.ts';
import { sceneAt } from './scene.ts';

const size = { width: 64, height: 40 };
/** A thread is started, which a busy machine takes its time for. */
const LONGEST = 60_000;
const unexpected = (error: Error): void => assert.fail(error);

describe('the demo camera\'s painter in its thread', function () {
  this.timeout(LONGEST);
  it('paints the scene, as fast as its time was asked to run', async () => {
    const frames: Uint8Array[] = [];
    const stop = new Painters().start({ size, framesPerSecond: 20, speed: 8 }, (frame, taken) => {
      frames.push(Uint8Array.from(frame));
      taken();
    }, unexpected);
    await eventually('two frames', () => frames.length >= 2, LONGEST);
    stop();
    const expected = new Uint8Array(frameBytes(size));
    new DemoPainter(size).paint(sceneAt(millis(0)), expected);
    assert.deepEqual(frames[0], expected);
    assert.notDeepEqual(frames[1], expected);
  });

  it('paints over a frame only when it has been taken', async () => {
    let [frames, take] = [0, (): void => {}];
    const stop = new Painters().start({ size, framesPerSecond: 60, speed: 1 }, (_frame, taken) => {
      frames += 1;
      take = taken;
    }, unexpected);
    await eventually('a frame', () => frames === 1, LONGEST);
    await setImmediate(); // what the thread might have said by now would be heard
    assert.equal(frames, 1);
    take();
    await eventually('the next frame', () => frames === 2, LONGEST);
    stop();
  });

  it('goes on for who comes soon for the same, with what happens by then', async () => {
    const painters = new Painters();
    const plan = { size, framesPerSecond: 20, speed: 8 };
    let frames = 0;
    const stop = painters.start(plan, () => { frames += 1; }, unexpected); // never taken: its reader was ended
    await eventually('a frame', () => frames === 1, LONGEST);
    stop();
    stop();
    const more: Uint8Array[] = [];
    const stopAgain = painters.start(plan, (frame, taken) => {
      more.push(Uint8Array.from(frame));
      taken();
    }, unexpected);
    await eventually('frames go on', () => more.length >= 2, LONGEST);
    stopAgain();
    const first = new Uint8Array(frameBytes(size));
    new DemoPainter(size).paint(sceneAt(millis(0)), first);
    assert.notDeepEqual(more[0], first, 'it was begun anew');
  });

  it('tells once when it dies', async () => {
    const failures: Error[] = [];
    new Painters().start({ size: { width: 63, height: 40 }, framesPerSecond: 10, speed: 1 }, () => {}, (error) =>
      failures.push(error));
    await eventually('its end', () => failures.length > 0, LONGEST);
    assert.match(String(failures[0]?.cause), /multiples of 8/);
  });
});
