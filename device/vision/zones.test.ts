import assert from 'node:assert/strict';
import { zonesSchema, type PrivacyMask, type Zone } from '../contract/places.ts';
import type { Polygon } from '../core/geometry.ts';
import { showCells } from '../../test/vision/shown-cells.ts';
import { ZoneMap } from './zones.ts';

const size = { width: 40, height: 24 };
const columns = 10;
const band = (top: number, bottom: number): Polygon => [[0, top], [1, top], [1, bottom], [0, bottom]];
const zone = (name: string, polygon: Polygon, more: Partial<Zone> = {}): Zone =>
  ({ name, type: 'include', polygon, ...more });

function map(zones: readonly Zone[], masks: readonly PrivacyMask[] = []): ZoneMap {
  return new ZoneMap(size, { sensitivity: 0.5, minimumSize: 0.001, zones, masks });
}

/** What a map says of the thing drawn with `#`, a letter a cell: its zones, and whether it counts. */
function judge(zones: ZoneMap, ...lines: readonly string[]): { zones: string[]; counts: boolean } | undefined {
  const numbers = Int32Array.from([...lines.join('')].flatMap((mark) =>
    (mark === '#' ? [16, 16, 1, -1] : [0, 0, 0, 0])));
  zones.hide(numbers);
  const [blob] = showCells(columns, numbers).find(1);
  if (blob === undefined) return undefined;
  const names = zones.zonesOf(blob);
  return { zones: names, counts: zones.counts(blob, names) };
}

const walker = ['..........', '...##.....', '...##.....', '...##.....', '...##.....', '..........'];

describe('zones', () => {
  it('count everything where none includes', () =>
    assert.deepEqual(judge(map([]), ...walker), { zones: [], counts: true }));
  it('count what stands in one, by its foot', () => {
    assert.deepEqual(judge(map([zone('floor', band(0.67, 1))]), ...walker), { zones: ['floor'], counts: true });
    assert.deepEqual(judge(map([zone('floor', band(0.84, 1))]), ...walker), { zones: [], counts: false });
  });
  it('are never without a cell, however thin they are and wherever they lie', () => {
    assert.deepEqual(judge(map([zone('sill', band(0.90, 0.93))]), ...walker), { zones: [], counts: false });
    assert.deepEqual(judge(map([zone('sill', band(0.80, 0.83))]), ...walker), { zones: ['sill'], counts: true });
    assert.equal(judge(map([zone('lamp', [[0.29, 0], [0.31, 0], [0.31, 1]], { type: 'exclude' })]), '..........',
      '..#.......', '..#.......', '..........', '..........', '..........'), undefined);
  });
  it('count what is mostly in one though its foot is not', () =>
    assert.deepEqual(judge(map([zone('wall', band(0, 0.6))]), ...walker), { zones: ['wall'], counts: true }));
  it('name every zone that a thing stands in', () =>
    assert.deepEqual(
      judge(map([zone('floor', band(0.5, 1)), zone('room', band(0, 1))]), ...walker)?.zones, ['floor', 'room'],
    ));
  it('see nothing where one excludes, or under a mask', () => {
    assert.equal(judge(map([zone('tree', band(0, 1), { type: 'exclude' })]), ...walker), undefined);
    assert.equal(judge(map([], [{ name: 'neighbour', polygon: band(0, 1) }]), ...walker), undefined);
  });
  it('exclude who stands in there, though his head is seen above it', () =>
    assert.equal(judge(map([zone('pavement', band(0.33, 1), { type: 'exclude' })]), ...walker)?.counts, false));
  it('do not exclude who is seen behind it', () =>
    assert.equal(judge(map([zone('hedge', band(0.67, 1), { type: 'exclude' })]), ...walker)?.counts, true));
  it('know nothing of what is under a mask', () =>
    assert.equal(judge(map([], [{ name: 'neighbour', polygon: band(0.33, 1) }]), ...walker)?.counts, true));

  it('ask what they say of things that stand in them, the least where they overlap', () => {
    const places = map([
      zone('far', band(0, 1), { sensitivity: 1, minimum_size: 0.002 }), zone('near', band(0.5, 1), { sensitivity: 0 }),
    ]);
    const blob = (bottom: number) =>
      ({ left: 3, right: 5, top: 0, bottom, cells: [], pixels: 9, moving: 0, solid: 0, lit: false, thready: false });
    assert.deepEqual(places.demand(blob(2)), { strictness: 0.5, minimumSize: 0.002 });
    assert.deepEqual(places.demand(blob(6)), { strictness: 0.5, minimumSize: 0.001 });
    assert.deepEqual(places.leastDemand, { strictness: 0.5, minimumSize: 0.001 });
  });
  it('give every pixel the contrast of its zone', () => {
    const contrasts = map([zone('sharp', band(0, 0.5), { sensitivity: 1 })]).contrasts(size, 1);
    assert.deepEqual([contrasts[0], contrasts[12 * 40 - 1], contrasts[12 * 40], contrasts.at(-1)], [32, 32, 64, 64]);
  });
  it('are as the settings describe them', () =>
    assert.equal(zonesSchema.parse([{ name: 'a', polygon: [[0, 0], [1, 0], [1, 1]] }])[0]?.type, 'include'));
});
