import assert from 'node:assert/strict';
import { seeded } from '../../test/vision/drawn-scene.ts';
import type { Blob } from './blobs.ts';
import { TrackBook } from './track-book.ts';

interface Circumstance {
  readonly upheaval?: boolean;
  readonly isOther?: boolean;
  readonly isThick?: boolean;
  readonly lightMoves?: boolean;
  readonly lights?: readonly Blob[];
  readonly stirs?: () => boolean;
  readonly lasts?: () => boolean;
  readonly darkens?: (cells: ArrayLike<number>) => boolean;
  readonly enters?: () => boolean;
  /** When each frame was taken, if not five a second. */
  readonly at?: readonly number[];
}
interface Looks { readonly pixels?: number; readonly moving?: number; readonly solid?: number; readonly size?: number }

const large = 60;
const blob = (left: number, { pixels = 30, moving = pixels / 2, solid = 0.3, size = 3 }: Looks = {}): Blob =>
  ({
    left, top: 5, right: left + size, bottom: 5 + size, cells: [], pixels, moving, solid, lit: false, thready: false,
  });
const still = (left: number, looks: Looks = {}): Blob => blob(left, { ...looks, moving: 0 });

/** Plays frames and lists how many blobs were believed in each. */
function play(frames: readonly (readonly Blob[])[], { at = [], ...given }: Circumstance = {}): string {
  const book = new TrackBook(() => large);
  const usual = { lights: [], upheaval: false, isOther: false, isThick: false, lightMoves: false, earlierAgeMs: 200 };
  return frames.map((blobs, index) => {
    const atMs = at[index] ?? 200 * index;
    return book.follow(blobs, {
      ...usual, stirs: () => false, lasts: () => true, darkens: () => false, enters: () => false, ...given, atMs,
    }).length;
  }).join('');
}
const times = (count: number, blobs: readonly Blob[]): (readonly Blob[])[] =>
  Array.from({ length: count }, () => blobs);

describe('track book', () => {
  it('believes what moved in two frames', () => assert.equal(play([[blob(5)], [blob(6)], [blob(7)]]), '011'));
  it('believes what is large and clearly moves at first sight', () =>
    assert.equal(play([[blob(5, { pixels: 80 })]]), '1'));
  it('believes nothing at first sight while the whole picture changes', () =>
    assert.equal(play([[blob(5, { pixels: 80 })]], { upheaval: true }), '0'));
  it('believes what is each time elsewhere, as an insect is, only after more than a second', () =>
    assert.equal(play(times(9, [blob(5, { pixels: 80 })]), { lasts: () => false }), '000000011'));
  it('believes nothing new while nearly all of the picture differs', () =>
    assert.equal(play([5, 6, 7, 8].map((left) => [blob(left, { pixels: 900 })]), { isOther: true }), '0000'));
  describe('what is long and thin', () => {
    const strand = (left: number, looks: { readonly pixels: number; readonly wide: number }): Blob => ({
      ...blob(left, looks), top: 2, right: left + looks.wide, bottom: 12,
    });
    it('is believed when it is as wide as somebody far away', () =>
      assert.equal(play([5, 6, 7].map((left) => [strand(left, { pixels: 64, wide: 2 })])), '111'));
    it('is not believed when it is as thin as a thread, nor when it is a few threads', () => {
      assert.equal(play([5, 6, 7, 8].map((left) => [strand(left, { pixels: 50, wide: 2 })])), '0000');
      assert.equal(play([5, 6, 7, 8].map((left) => [strand(left, { pixels: 110, wide: 7 })])), '0000');
    });
    it('is believed in thick rain and snow, which leave strands of things', () => {
      const strands = [5, 6, 7, 8].map((left) => [strand(left, { pixels: 50, wide: 2 })]);
      assert.equal(play(strands, { isThick: true }), '0011');
    });
    it('goes on being what was believed before', () =>
      assert.equal(play([[blob(5)], [blob(6)], [strand(7, { pixels: 50, wide: 2 })]]), '011'));
  });
  describe('what is darker than the background, and each time elsewhere', () => {
    const given = { lasts: () => false, darkens: () => true };
    it('is believed at once where no insect is so large', () =>
      assert.equal(play(times(3, [blob(5, { pixels: 250 })]), given), '111'));
    it('is believed late where an insect or a leaf may be so large', () => {
      assert.equal(play(times(9, [blob(5, { pixels: 200 })]), given), '000000011');
      assert.equal(play(times(9, [blob(5)]), given), '000000011');
    });
    it('is believed at once where it may have come in over the rim, unless it is small', () => {
      assert.equal(play(times(3, [blob(0, { pixels: 100 })]), { ...given, enters: () => true }), '111');
      assert.equal(play(times(9, [blob(0, { pixels: 70 })]), { ...given, enters: () => true }), '000000011');
    });
    it('is believed late at the rim, too, where as much came to nothing of late', () => {
      const frames = [[blob(5, { pixels: 80 })], ...times(6, []), ...times(3, [blob(0, { pixels: 120 })])];
      assert.equal(play(frames, { ...given, enters: () => true }).slice(-3), '000');
      assert.equal(play(frames.slice(1), { ...given, enters: () => true }).slice(-3), '111');
    });
    it('is believed once it has come nearer in three frames', () => {
      assert.equal(play([40, 60, 95, 130].map((pixels) => [blob(5, { pixels })]), given), '0011');
      assert.equal(play([40, 95, 60, 95].map((pixels) => [blob(5, { pixels })]), given), '0000');
    });
  });
  it('believes in thick rain and snow what moved in three frames, however large', () =>
    assert.equal(play([5, 6, 7, 8].map((left) => [blob(left, { pixels: 80 })]), { isThick: true }), '0011'));
  it('believes while shadows cross the picture what moved in four frames, however large', () =>
    assert.equal(play([5, 6, 7, 8, 9].map((left) => [blob(left, { pixels: 80 })]), { lightMoves: true }), '00011'));
  it('never believes what does not move, however large', () =>
    assert.equal(play(times(10, [still(5, { pixels: 500 })])), '0'.repeat(10)));
  it('never believes what moves each time elsewhere', () =>
    assert.equal(play([[blob(5)], [], [], [], [blob(40)], [], [], [], [blob(20)]]), '000000000'));
  it('follows what moves fast, by its size', () => assert.equal(play([[blob(5)], [blob(11)], [blob(17)]]), '011'));
  it('follows it at an uneven rate, by its speed', () => {
    assert.equal(play([[blob(5)], [blob(10)], [blob(12)], [blob(19)]], { at: [0, 200, 300, 600] }), '0111');
    assert.equal(play([[blob(5)], [blob(12)], [blob(26)]], { at: [0, 200, 600] }), '011');
  });
  it('follows it also where two frames bear the same time', () =>
    assert.equal(play([[blob(5)], [blob(6)], [blob(6)], [blob(7)]], { at: [0, 200, 200, 400] }), '0111'));

  it('holds what stands still three times as long as it moved', () => {
    const walked = Array.from({ length: 5 }, (_, index) => [blob(5 + index)]);
    assert.equal(play([...walked, ...times(20, [still(9)])]), `01111${'1'.repeat(15)}${'0'.repeat(5)}`);
  });
  it('holds nothing for longer than twelve seconds', () => {
    const walked = Array.from({ length: 40 }, (_, index) => [blob(5 + index)]);
    assert.equal(play([...walked, ...times(70, [still(44)])]).slice(40), `${'1'.repeat(60)}${'0'.repeat(10)}`);
  });

  const wide = blob(5, { size: 8, pixels: 130, moving: 30 });
  it('does not trust what splits off and lies there', () =>
    assert.equal(play([...times(2, [wide]), [blob(5), still(10)], [blob(5), still(10)]]), '0111'));
  it('trusts what splits off when it is solid: a bag that was set down', () =>
    assert.equal(play([[wide], [wide], [blob(5), still(10, { solid: 1 })]]), '012'));

  it('asks more of everything as long as rain makes blobs that come to nothing', () => {
    const drop = (left: number): readonly (readonly Blob[])[] => [[blob(left, { pixels: 50 })], [], [], [], []];
    const rain = [drop(3), drop(20), drop(40), drop(30)].flat();
    assert.equal(play([...rain, [blob(5, { pixels: 80 })], [blob(6, { pixels: 80 })]]).slice(-2), '01');
    assert.equal(play([...rain, [blob(5)], [blob(6)], [blob(7)]]).slice(-3), '001');
  });

  it('does not show what has no edges for long: a reflection, a shadow', () => {
    const walked = Array.from({ length: 12 }, (_, index) => [blob(5 + index, { solid: 0 })]);
    assert.equal(play(walked), '0'.repeat(12));
  });

  describe('in rain and snow', () => {
    /** Six drops a frame, each anywhere. */
    const shower = (frames: number, more: (index: number) => readonly Blob[] = () => []): (readonly Blob[])[] => {
      const random = seeded(5);
      const drop = (): Blob => {
        const [left, top] = [Math.floor(38 * random()), Math.floor(20 * random())];
        return { ...blob(left, { pixels: 12 + Math.floor(16 * random()), size: 2 }), top, bottom: top + 2 };
      };
      return Array.from({ length: frames }, (_, index) => [...more(index), ...Array.from({ length: 6 }, drop)]);
    };
    it('hardly ever believes a drop', () => {
      const said = play(shower(150)).slice(25);
      assert.ok([...said].filter((count) => count !== '0').length <= 3, said);
    });
    it('believes what is larger than drops at once', () => {
      const car = (index: number): readonly Blob[] => (index < 100 ? [] : [blob(index - 95, { pixels: 200, size: 8 })]);
      const said = play(shower(120, car)).slice(100);
      assert.ok([...said].every((count) => count !== '0'), said);
    });
    it('follows what is dark and came in over the rim by its speed, as no drop is', () => {
      const cars = shower(110, (index) => (index < 100 ? [] : [blob(5 * (index - 100) + 1, { pixels: 95 })]));
      const darkens = (cells: ArrayLike<number>): boolean => cells.length === 1;
      const dark = cars.map((blobs) => blobs.map((one) => (one.pixels === 95 ? { ...one, cells: [0] } : one)));
      const seen = (frames: typeof cars): number =>
        [...play(frames, { darkens, enters: () => true })].slice(100, 108).filter((count) => count !== '0').length;
      assert.ok(seen(dark) >= 5, `${seen(dark)} of 8`);
      assert.ok(seen(cars) < seen(dark), `${seen(cars)} of 8`);
    });
    it('does not fall where dark cars drive by fast', () => {
      const cars = shower(60).map((blobs) => blobs.map((one) => ({ ...one, pixels: 250 })));
      const walked = Array.from({ length: 4 }, (_, index) => [blob(5 + index)]);
      const after = (darkens: () => boolean): string =>
        play([...cars, ...times(5, []), ...walked], { darkens, upheaval: true }).slice(-4);
      assert.equal(after(() => true), '0011');
      assert.equal(after(() => false), '0000');
    });
    it('is over when hardly anything flashes any more', () => {
      const walked = Array.from({ length: 4 }, (_, index) => [blob(5 + index)]);
      assert.equal(play([...shower(50), ...times(500, []), ...walked]).slice(-4), '0111');
    });
  });

  it('waits for who is under a light', () => {
    const light: Blob = { ...blob(0, { size: 30 }), top: 0, bottom: 20, lit: true };
    const walked = Array.from({ length: 4 }, (_, index) => [blob(5 + index)]);
    const frames = [...walked, ...times(5, [])];
    assert.equal(play(frames), '011100000');
    assert.equal(play(frames, { lights: [light] }), '011111111');
  });
});
