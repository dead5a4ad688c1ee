import assert from 'node:assert/strict';
import { areaRatios, areasAcross, bandGains, fillRowGains, pictureGain } from './exposure.ts';

const areas = (bands: number, grey: (band: number, area: number) => number): Float64Array =>
  Float64Array.from({ length: bands * areasAcross }, (_, at) => grey(Math.floor(at / areasAcross), at % areasAcross));
const background = areas(8, (band, area) => 60 + 5 * band + 3 * area);
const brighter = (factor: number): Float64Array => background.map((grey) => (grey + 4) * factor - 4);

describe('exposure', () => {
  it('is the gain that the areas agree on', () =>
    assert.ok(Math.abs(pictureGain(areaRatios({ frame: brighter(1.2), background }), 1) - 1.2) < 1e-9));
  it('is not moved by a thing that covers a third of the picture', () => {
    const frame = brighter(1.1).map((grey, at) => (at % areasAcross < 5 ? 220 : grey));
    assert.ok(Math.abs(pictureGain(areaRatios({ frame, background }), 1) - 1.1) < 0.01);
  });
  it('stays what it was when the areas disagree', () => {
    const frame = areas(8, (band, area) => 20 + ((band * 7 + area * 13) % 10) * 20);
    assert.equal(pictureGain(areaRatios({ frame, background }), 0.9), 0.9);
  });
  it('is found for each band where the light flickers in bands', () => {
    const flicker = (band: number): number => 1 + 0.05 * Math.sin(band / 2);
    const frame = areas(8, (band, area) => (background[band * areasAcross + area] ?? 0) * flicker(band));
    const gains = bandGains(areaRatios({ frame, background }), background, 1, 1);
    gains.slice(1, 7).forEach((gain, index) => assert.ok(Math.abs(gain - flicker(index + 1)) < 0.015));
  });
  it('is spread over rows without steps', () => {
    const rows = new Uint16Array(32);
    fillRowGains(Float64Array.from([1, 1.1, 1, 1, 1, 1, 1, 1]), rows);
    assert.equal(rows[0], 4096);
    rows.slice(1).forEach((gain, y) => assert.ok(Math.abs(gain - (rows[y] ?? 0)) <= 110));
  });
});
