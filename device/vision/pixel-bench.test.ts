import assert from 'node:assert/strict';
import { countIn, PixelBench } from './pixel-bench.ts';
import { PixelModel } from './pixel-model.ts';
import { loadPixelPasses } from './pixel-passes.ts';

const [width, height] = [40, 32];
const makeBench = async (): Promise<PixelBench> =>
  new PixelBench(await loadPixelPasses(PixelModel.bytes(width, height)), { width, height });
const gains = (gain: number): Float64Array => new Float64Array(height / 4).fill(gain);

describe('pixel bench', () => {
  it('shows an image in the light of other gains', async () => {
    const bench = await makeBench();
    bench.image(bench.at.slow).fill(100);
    bench.relight({ image: bench.at.slow, bands: gains(1) }, gains(1.5), bench.at.relit);
    const [grey = 0] = bench.image(bench.at.relit);
    assert.ok(grey >= 150 && grey <= 153, `${grey}`);
    bench.relight({ image: bench.at.slow, bands: gains(1.5) }, gains(1.5), bench.at.relit);
    assert.deepEqual(bench.image(bench.at.relit), bench.image(bench.at.slow));
  });

  it('copies an image as it is now', async () => {
    const bench = await makeBench();
    bench.image(bench.at.image).fill(7);
    bench.copy(bench.at.image, bench.at.slow);
    bench.image(bench.at.image).fill(9);
    assert.ok(bench.image(bench.at.slow).every((grey) => grey === 7));
  });

  it('counts the pixels of cells, wherever they lie', () => {
    assert.equal(countIn([0, 9, 79], width, () => true), 48);
    const seen: number[] = [];
    countIn([11], width, (pixel) => seen.push(pixel) > 0);
    assert.deepEqual(seen, [164, 165, 166, 167, 204, 205, 206, 207, 244, 245, 246, 247, 284, 285, 286, 287]);
  });
});
