import assert from 'node:assert/strict';
import { millis, seconds, type Millis } from '../../core/units.ts';
import { PictureGuard } from './picture-guard.ts';

/** The head of a JPEG of that size, with something of its own in it. */
const jpeg = (width: number, height: number, content: number): Uint8Array =>
  Uint8Array.from([
    0xff, 0xd8, 0xff, 0xe0, 0, 4, content >> 8, content & 255, 0xff, 0xc0, 0, 17, 8, height >> 8, height & 255,
    width >> 8, width & 255, 3, 0,
  ]);

function guard(framesPerSecond?: number): { admits(picture: Uint8Array, at: Millis): boolean } {
  let now = millis(0);
  const inner = new PictureGuard({
    where: 'cam', size: { width: 640, height: 480 }, stillAfter: seconds(10), framesPerSecond, monotonic: () => now,
  });
  return { admits: (picture, at) => { now = at; return inner.admits(picture); } };
}

describe('single pictures of a camera', () => {
  it('are shown as often as is set, and all of them where nothing is', () => {
    const shown = (framesPerSecond?: number): number => {
      const one = guard(framesPerSecond);
      return Array.from({ length: 50 }, (_, n) => one.admits(jpeg(640, 480, n), millis(n * 100)))
        .filter(Boolean).length;
    };
    assert.deepEqual([shown(), shown(5), shown(2)], [50, 25, 11]);
  });

  it('end the session at the very first one of another size', () => {
    const one = guard();
    one.admits(jpeg(640, 480, 1), millis(0));
    assert.throws(() => one.admits(jpeg(1280, 720, 2), millis(100)), {
      code: 'camera.changed', message: 'cam went over to pictures of 1280x720',
    });
  });

  it('may be damaged now and then, but not all of them', () => {
    const one = guard();
    for (let n = 0; n < 100; n++)
      assert.equal(one.admits(n % 4 === 0 ? jpeg(640, 480, n) : Uint8Array.of(n), millis(n * 100)), n % 4 === 0);
    assert.throws(() => {
      for (let n = 0; n < 30; n++) one.admits(Uint8Array.of(n), millis(20_000 + n));
    }, { code: 'camera.damaged' });
  });

  it('are no pictures of a camera that lives when they are the same for the stall time', () => {
    const one = guard();
    for (let at = 0; at < 10_000; at += 500) one.admits(jpeg(640, 480, 7), millis(at));
    assert.throws(() => one.admits(jpeg(640, 480, 7), millis(10_000)), { code: 'camera.frozen' });
    const slow = guard();
    for (let at = 0; at < 60_000; at += 500) slow.admits(jpeg(640, 480, Math.floor(at / 9000)), millis(at));
  });
});
