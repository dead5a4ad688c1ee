import assert from 'node:assert/strict';
import type { GrayFrame } from '../../core/frame.ts';
import { millis } from '../../core/units.ts';
import { DrawnScene } from '../../../test/vision/drawn-scene.ts';
import { blurred, each, grain, play, size, type Change } from '../../../test/vision/tampered-scene.ts';
import { TamperDetector } from './tamper-detector.ts';

/** From second 30 on, or for some seconds from then. */
const from30 = (change: Change, until = Infinity): Change =>
  (frame, at) => at >= 30 && at < until ? change(frame, at) : frame;

const hand: Change = (frame) => each(frame, (_, x, y) => 80 + 30 * Math.sin(x / 60) * Math.cos(y / 50) + grain(2));
const paper: Change = (frame) => each(frame, (_, x) => 200 - x / 8 + grain(1));
const blackness: Change = (frame) => each(frame, () => 6 + grain(2));
const dimmed: Change = (frame) => each(frame, (grey) => 0.05 * grey + 2 + grain(2));
const torch: Change = (frame) =>
  each(frame, (grey, x, y) => grey + 500 * Math.exp(-(((x - 70) ** 2 + (y - 40) ** 2) / 60 ** 2)));
/** Another place: sheds and hedges. */
const turned: Change = (frame) => each(frame, (_, x, y) => 90 + grain(2)
  + 50 * Math.sign(Math.sin(x / 7 + Math.floor(y / 22))) * Math.sin(Math.floor(x / 31) * 5 + 1)
  + 25 * Math.sin(x * y / 300));

describe('tamper detector', () => {

  it('says nothing of a scene that is left alone', () => assert.deepEqual(play((frame) => frame, { seconds: 60 }), []));

  describe('covered', () => {
    it('by a hand, until it is taken away', () =>
      assert.deepEqual(play(from30(hand, 60), { seconds: 80 }), ['35 covered', '62 -']));
    it('by a white paper', () => assert.deepEqual(play(from30(paper), { seconds: 50 }), ['35 covered']));
    it('by something that leaves a fifth of the picture free', () =>
      assert.deepEqual(play(from30((frame, at) => {
        const covered = hand(frame, at);
        return each(covered, (grey, x, y) => x < 128 ? grey : frame.pixels[y * size.width + x] ?? 0);
      }), { seconds: 50 }), ['35 covered']));
    it('at night', () => {
      const night: Change = (frame) => each(frame, (grey) => 0.3 * grey + grain(3));
      assert.deepEqual(
        play((frame, at) => at < 30 ? night(frame, at) : each(frame, () => 20 + grain(3)), { seconds: 50 }),
        ['35 covered'],
      );
    });
    it('by a lens cap is told late: a room without light looks the same until infrared light comes on', () =>
      assert.deepEqual(play(from30(blackness), { seconds: 60 }), ['45 covered']));
    it('stays, however long it lasts and whatever the light does', () =>
      assert.deepEqual(play(from30((frame, at) =>
        each(hand(frame, at), (grey) => at > 150 && at < 300 ? 0.4 * grey : grey)), { seconds: 400 }),
        ['35 covered']));
    it('is told from frames ten seconds apart', () =>
      assert.deepEqual(play(from30(hand), { seconds: 90, every: 10 }), ['40 covered']));
    it('is not somebody close to the lens for four seconds', () =>
      assert.deepEqual(play(from30(hand, 34), { seconds: 60 }), []));
    it('is not something that hides half the picture, and stays', () =>
      assert.deepEqual(
        play(from30((frame) => each(frame, (grey, x) => x < 80 ? 120 + grain(2) : grey)), { seconds: 120 }), [],
      ));
    it('is not a lamp switched off, while a trace of the scene is left in the noise', () =>
      assert.deepEqual(play(from30(dimmed), { seconds: 120 }), []));
    it('is not the dark before infrared light comes on', () =>
      assert.deepEqual(play(from30((frame, at) => at < 40 ? blackness(frame, at)
        : each(frame, (grey, x) => (190 - grey) * (1.2 - Math.abs(x - 80) / 100) + grain(3))), { seconds: 90 }), []));
    it('is not night that falls', () =>
      assert.deepEqual(
        play((frame, at) => each(frame, (grey) => grey * Math.max(0.03, 1 - at / 120) + grain(2)), { seconds: 200 }),
        [],
      ));
    it('is not fog', () =>
      assert.deepEqual(play((frame, at) => {
        const fog = Math.min(0.95, Math.max(0, (at - 20) / 60));
        return each(frame, (grey) => grey * (1 - fog) + 190 * fog + grain(1));
      }, { seconds: 120 }), []));
    it('is not said of a blank wall, nor of a picture that began covered', () => {
      assert.deepEqual(play((frame, at) => each(frame, () => (at < 60 ? 150 : 70) + grain(2)), { seconds: 120 }), []);
      assert.deepEqual(play((frame, at) => hand(frame, at), { seconds: 60 }), []);
    });
  });

  describe('defocused', () => {
    it('when the fine detail goes, until it is back', () =>
      assert.deepEqual(play(from30((frame) => blurred(frame, 1), 60), { seconds: 90 }), ['38 defocused', '63 -']));
    it('when next to nothing is left', () =>
      assert.deepEqual(play(from30((frame) => blurred(frame, 3)), { seconds: 50 }), ['38 defocused']));
    it('is not a camera that shakes', () =>
      assert.deepEqual(play((frame) => frame, {
        seconds: 90, picture: (at) => ({ moved: at < 30 ? [0, 0] : [2.5 * Math.sin(at * 7), 2 * Math.cos(at * 5)] }),
      }), []));
    it('is not noise that ends', () =>
      assert.deepEqual(
        play((frame, at) => each(frame, (grey) => grey + grain(at < 30 ? 8 : 0)), { seconds: 90, noise: 1 }), [],
      ));
    it('is not less contrast', () =>
      assert.deepEqual(
        play(from30((frame) => each(frame, (grey) => 0.4 * grey + 70 + grain(1))), { seconds: 90 }), [],
      ));
  });

  describe('moved', () => {
    it('when it looks elsewhere and stays there; a minute later that is the scene', () =>
      assert.deepEqual(play(from30(turned), { seconds: 120 }), ['39 moved', '90 -']));
    it('ends when it looks where it did', () =>
      assert.deepEqual(play(from30(turned, 50), { seconds: 120 }), ['39 moved', '52 -']));
    it('is told again of the next place', () =>
      assert.deepEqual(play((frame, at) => at >= 30 && at < 150 ? turned(frame, at) : frame, { seconds: 170 }), [
        '39 moved', '90 -', '159 moved',
      ]));
    it('is not a lorry that stops', () =>
      assert.deepEqual(play((frame) => frame, {
        seconds: 150,
        picture: (at) => ({ things: at < 30 ? [] : [[[0.1, 0.1, 0.6, 0.8], 180], [[0.15, 0.2, 0.2, 0.2], 90]] }),
      }), []));
    it('is not a light from elsewhere', () =>
      assert.deepEqual(
        play(from30((frame) => each(frame, (grey, x) => grey * (0.4 + x / 100))), { seconds: 120 }), [],
      ));
  });

  describe('blinded', () => {
    it('by a torch, until it goes', () =>
      assert.deepEqual(play(from30(torch, 60), { seconds: 80 }), ['35 blinded', '62 -']));
    it('is not headlights that pass', () => assert.deepEqual(play(from30(torch, 33), { seconds: 60 }), []));
    it('is not a wall that was always too bright', () =>
      assert.deepEqual(play((frame) => each(frame, (grey, x) => x < 90 ? 255 : grey), { seconds: 60 }), []));
    it('is not a sun that rises', () =>
      assert.deepEqual(play((frame, at) => {
        const sun = Math.min(1, Math.max(0, (at - 20) / 200));
        return each(torch(frame, at), (grey, x, y) => grey * sun + (frame.pixels[y * size.width + x] ?? 0) * (1 - sun));
      }, { seconds: 300 }), []));
  });

  describe('frozen', () => {
    const still = (until = Infinity): Change => {
      let kept: GrayFrame | undefined;
      return (frame, at) => at >= 40 && at < until ? { ...(kept ??= frame), at: frame.at } : frame;
    };
    it('when the noise stands still, until it goes on', () =>
      assert.deepEqual(play(still(70), { seconds: 90 }), ['55 frozen', '70 -']));
    it('is told of keyframes alone', () => assert.deepEqual(play(still(), { seconds: 120, every: 5 }), ['55 frozen']));
    it('is not a source without noise, whatever moved in it before', () => {
      const picture = (at: number): object => ({ things: at < 40 ? [[[at / 50, 0.4, 0.1, 0.2], 220]] : [] });
      assert.deepEqual(play((frame) => frame, { seconds: 120, noise: 0, picture }), []);
    });
    it('is not an encoder that shows the noise at keyframes only', () => {
      let key: GrayFrame | undefined;
      assert.deepEqual(
        play((frame, at) => ({ ...(key = at % 10 === 0 ? frame : key ?? frame), at: frame.at }), { seconds: 150 }), [],
      );
    });
    it('is not a night so dark that nothing shows', () =>
      assert.deepEqual(
        play((frame, at) => each(frame, (grey) => grey * Math.max(0, 1 - at / 600)), { seconds: 700, every: 2 }), [],
      ));
  });

  it('never says what it is told not to look for', () => {
    const settings = { covered: 0, defocused: 0, moved: 0, blinded: 0, frozen: 0 };
    for (const change of [hand, turned, torch]) assert.deepEqual(play(from30(change), { seconds: 60, settings }), []);
  });
  it('is sooner and easier convinced the higher the sensitivity', () => {
    const times = [0.4, 0.5, 1].map((covered) => play(from30(hand), { seconds: 60, settings: { covered } })[0]);
    assert.deepEqual(times, ['36 covered', '35 covered', '33 covered']);
  });
  it('asks for closer looks while it is in doubt', () => {
    const scene = new DrawnScene(size);
    const detector = new TamperDetector();
    const doubts = Array.from({ length: 50 }, (_, at) => {
      detector.observe(
        (at < 30 ? (frame: GrayFrame) => frame : (frame: GrayFrame) => hand(frame, at))(scene.frame(1000 * at)),
      );
      return detector.suspicious;
    });
    assert.deepEqual([doubts[29], doubts[30], doubts[34], doubts[40]], [false, true, true, false]);
  });
  it('refuses sensitivities that are none, frames of another size, and frames out of order', () => {
    assert.throws(() => new TamperDetector({ moved: 2 }), RangeError);
    const detector = new TamperDetector();
    const frame = new DrawnScene(size).frame(1000);
    detector.observe(frame);
    assert.throws(() => detector.observe(frame), { code: 'vision.frame' });
    assert.throws(() => detector.observe({ ...frame, at: millis(2000), width: 80 }), { code: 'vision.frame' });
  });
});
