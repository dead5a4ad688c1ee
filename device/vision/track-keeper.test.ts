import assert from 'node:assert/strict';
import type { Blob } from './blobs.ts';
import { TrackKeeper } from './track-keeper.ts';

/** `[middle x, middle y, wide, high]` in cells. */
type Place = readonly [number, number, number, number];
const person: readonly [number, number] = [3, 7];

function blobAt([x, y, wide, high]: Place): Blob {
  const [left, top] = [x - wide / 2, y - high / 2];
  return {
    left, top, right: left + wide, bottom: top + high, cells: [], pixels: 10 * wide * high, moving: 0, solid: 0,
    lit: false, thready: false,
  };
}

interface Play { readonly stepMs?: number; readonly resting?: boolean }

/** Plays frames and lists the numbers of what was in them, each frame a word. */
function play(frames: readonly (readonly Place[])[], { stepMs = 200, resting = false }: Play = {}): string {
  const keeper = new TrackKeeper(40, 22);
  return frames.map((places, index) => {
    const seen = places.map((place) =>
      ({ blob: blobAt(place), since: stepMs * index, moving: !resting, dithers: false }));
    return keeper.follow(seen, stepMs * index).map(({ id }) => id).join('+') || '-';
  }).join(' ');
}

/** Two who walk towards each other and, while they overlap, are one blob. */
function crossing(frames: number, size: readonly [number, number] = person): Place[][] {
  return Array.from({ length: frames }, (_, index): Place[] => {
    const [a, b] = [6 + index, 30 - index];
    const [wide, high] = size;
    if (Math.abs(a - b) > wide + 1) return [[a, 11, ...person], [b, 11, wide, high]];
    const [left, right] = [Math.min(a - 1.5, b - wide / 2), Math.max(a + 1.5, b + wide / 2)];
    return [[(left + right) / 2, 11, right - left, Math.max(high, 7)]];
  });
}

describe('track keeper', () => {
  it('gives the same number to what walks on', () =>
    assert.equal(play([5, 6, 7, 8, 9].map((x) => [[x, 11, ...person]])), '1 1 1 1 1'));
  it('gives another number to what appears elsewhere', () =>
    assert.equal(play([[[5, 11, ...person]], [[5, 11, ...person], [30, 11, ...person]]]), '1 1+2'));
  it('follows what moves further than its own size', () =>
    assert.equal(play([[[4, 11, 4, 3]], [[10, 11, 4, 3]], [[16, 11, 4, 3]], [[22, 11, 4, 3]]]), '1 1 1 1'));
  it('finds again who was lost for a second while walking', () => {
    const way = (x: number): Place[] => [[x, 11, ...person]];
    assert.equal(play([way(5), way(6), way(7), way(8), [], [], [], [], way(13), way(14)]), '1 1 1 1 - - - - 1 1');
  });
  it('finds again who rested and was lost for ten seconds, in his place only', () => {
    const stands: Place[] = [[12, 11, ...person]];
    const gone = Array.from({ length: 50 }, (): Place[] => []);
    assert.equal(play([stands, stands, ...gone, stands], { resting: true }).at(-1), '1');
    assert.equal(play([stands, stands, ...gone, [[25, 11, ...person]]], { resting: true }).at(-1), '2');
  });
  it('does not give the number of one who left the picture to one who comes in', () =>
    assert.equal(play([[[34, 11, 4, 7]], [[36, 11, 4, 7]], [[38, 11, 4, 7]], [], [], [[3, 11, 4, 7]]]).at(-1), '2'));
  it('lets two who cross keep their numbers', () => {
    const said = play(crossing(25)).split(' ');
    assert.deepEqual([said[0], said[12], said.at(-1)], ['1+2', '1', '1+2']);
  });
  it('lets a child who crosses a car keep his number', () => {
    const said = play(crossing(25, [8, 4])).split(' ');
    assert.deepEqual([said[0], said[12], said.at(-1)], ['1+2', '1', '1+2']);
  });
  it('lets two who meet, stop and part again the way they came keep their numbers, when their sizes differ', () => {
    const there = crossing(12, [8, 4]);
    const said = play([...there, ...there.toReversed()]).split(' ');
    assert.deepEqual([said[0], said.at(-1)], ['1+2', '1+2']);
  });
  it('does not take pieces of one thing for others that it hides', () => {
    const whole: Place[] = [[10, 11, 3, 8]];
    const pieces: Place[] = [[10, 9, 3, 4], [10, 14, 3, 2]];
    const said = play([whole, whole, pieces, whole, pieces, whole, whole]).split(' ');
    assert.ok(said.every((ids) => ids.startsWith('1')), said.join(' '));
  });
  it('keeps no memory of what is long gone', () => {
    const keeper = new TrackKeeper(40, 22);
    keeper.follow([{ blob: blobAt([5, 5, 3, 7]), since: 0, moving: true, dithers: false }], 0);
    for (let at = 200; at < 20_000; at += 200) keeper.follow([], at);
    assert.equal(keeper.ids.size, 0);
  });
});
