import fc from 'fast-check';
import assert from 'node:assert/strict';
import { seeded } from '../../test/vision/drawn-scene.ts';
import { referencePasses } from '../../test/vision/pixel-passes-reference.ts';
import { Exposure } from './exposure.ts';
import { PixelBench } from './pixel-bench.ts';
import { areasAcross } from './pixel-buffers.ts';
import { PixelModel } from './pixel-model.ts';
import { loadPixelPasses, passesReserve, type PixelPasses } from './pixel-passes.ts';

const [width, height] = [160, 32];

/** Draws a grey for each area: of a band, and how far across. */
type Draw = (band: number, area: number) => number;
const background: Draw = (band, area) => 60 + 5 * band + 3 * area;

/** What exposure makes of a frame. */
class Seen {
  readonly bench: PixelBench;
  readonly exposure: Exposure;

  constructor(passes: PixelPasses) {
    this.bench = new PixelBench(passes, { width, height });
    this.exposure = new Exposure(this.bench);
  }

  look(frame: Draw, usual: Draw = background): this {
    const { views, at } = this.bench;
    const pixels = Array.from({ length: width * height }, (_, pixel) =>
      [Math.floor(pixel / width / 4), Math.floor((pixel % width) / (width / areasAcross))] as const);
    views.u16(at.mean, pixels.length).set(pixels.map(([band, area]) => 128 * usual(band, area)));
    this.bench.image(at.frame).set(pixels.map(([band, area]) => frame(band, area)));
    this.exposure.measure();
    return this;
  }

  /** The picture's gain, as the rows have it. */
  get gain(): number { return (this.rows[0] ?? 0) / 4096; }
  get rows(): Uint16Array { return this.bench.views.u16(this.bench.at.gains, height).slice(); }
  get bands(): Float64Array {
    return new Float64Array(this.bench.passes.memory.buffer, this.bench.at.bands, height / 4).slice();
  }

  settled(noise = 1): this {
    this.exposure.settle(noise);
    return this;
  }
}
const bytes = PixelModel.bytes(width, height);
const makeSeen = async (): Promise<Seen> => new Seen(await loadPixelPasses(bytes));
const brighter = (factor: number): Draw => (band, area) => (background(band, area) + 4) * factor - 4;

describe('exposure', () => {
  it('is the gain that the areas agree on', async () =>
    assert.ok(Math.abs((await makeSeen()).look(brighter(1.25)).gain - 1.25) < 0.005));
  it('is not moved by a thing that covers a third of the picture', async () => {
    const seen = (await makeSeen()).look((band, area) => (area < 5 ? 220 : brighter(1.1)(band, area)));
    assert.ok(Math.abs(seen.gain - 1.1) < 0.01);
  });
  it('stays what it was when the areas disagree', async () => {
    const seen = (await makeSeen()).look(brighter(0.9));
    const before = seen.gain;
    assert.equal(seen.look((band, area) => 20 + ((band * 7 + area * 13) % 10) * 20).gain, before);
  });
  it('is found for each band where the light flickers in bands', async () => {
    const flicker = (band: number): number => 1 + 0.05 * Math.sin(band / 2);
    const { bands } = (await makeSeen()).look((band, area) => background(band, area) * flicker(band)).settled();
    bands.slice(1, 7).forEach((gain, index) => assert.ok(Math.abs(gain - flicker(index + 1)) < 0.015));
  });
  it('is spread over rows without steps', async () => {
    const { rows } = (await makeSeen()).look((band, area) => background(band, area) * (band === 1 ? 1.1 : 1)).settled();
    rows.slice(1).forEach((gain, y) => assert.ok(Math.abs(gain - (rows[y] ?? 0)) <= 110));
  });

  it('is bit for bit what the plain TypeScript finds', async () => {
    const passes = await loadPixelPasses(bytes);
    fc.assert(fc.property(fc.nat(), fc.double({ min: 0.4, max: 2, noNaN: true }), fc.nat({ max: 120 }),
      (seed, light, strangeness) => {
        const random = seeded(seed);
        const pictures = Array.from({ length: 2 }, (_, frame) =>
          Array.from({ length: 8 * areasAcross }, (_area, at) =>
            Math.min(Math.max(60 + at * (frame === 0 ? 1 : light) + strangeness * (random() - 0.5), 0), 255)));
        const [usual, frame] = pictures.map((greys): Draw => (band, area) => greys[band * areasAcross + area] ?? 0);
        const [ours, theirs] = [passes, referencePasses(passesReserve + bytes)].map((each) => {
          const { rows, bands } = new Seen(each).look(frame ?? background, usual).settled(3 * light);
          return [rows, bands];
        });
        assert.deepEqual(ours, theirs);
      }), { numRuns: 40 });
  });
});
