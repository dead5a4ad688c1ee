import assert from 'node:assert/strict';
import { PixelBench } from './pixel-bench.ts';
import { PixelModel } from './pixel-model.ts';
import { loadPixelPasses } from './pixel-passes.ts';

const [width, height] = [40, 32];
const makeBench = async (): Promise<PixelBench> =>
  new PixelBench(await loadPixelPasses(PixelModel.bytes(width, height)), { width, height });
/** A bench that has looked at a picture of one grey with one gain. */
async function litBench(grey: number, gain: number): Promise<PixelBench> {
  const bench = await makeBench();
  bench.image(bench.at.image).fill(grey);
  setGains(bench, gain);
  return bench;
}
const setGains = ({ passes, at }: PixelBench, gain: number): unknown =>
  new Float64Array(passes.memory.buffer, at.bands, height / 4).fill(gain);

describe('pixel bench', () => {
  it('shows a kept image in the light of the frame looked at', async () => {
    const bench = await litBench(100, 1);
    bench.keep(bench.at.slow);
    setGains(bench, 1.5);
    bench.relight(bench.at.slow, bench.at.relit);
    const [grey = 0] = bench.image(bench.at.relit);
    assert.ok(grey >= 150 && grey <= 153, `${grey}`);
    setGains(bench, 1);
    bench.relight(bench.at.slow, bench.at.relit);
    assert.deepEqual(bench.image(bench.at.relit), bench.image(bench.at.image));
  });

  it('keeps an image as it is now', async () => {
    const bench = await litBench(7, 1);
    bench.keep(bench.at.slow);
    bench.image(bench.at.image).fill(9);
    assert.ok(bench.image(bench.at.slow.image).every((grey) => grey === 7));
  });

  it('counts the pixels of cells, wherever they lie', async () => {
    const bench = await makeBench();
    bench.image(bench.at.mask).fill(1);
    assert.equal(bench.countIn([0, 9, 79], bench.at.mask), 48);
    bench.image(bench.at.mask).fill(0);
    for (const pixel of [163, 164, 167, 204, 287, 288]) bench.image(bench.at.mask)[pixel] = 1;
    assert.equal(bench.countIn([11], bench.at.mask), 4);
  });
});
