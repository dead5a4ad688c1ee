import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../core/log.ts';
import { startBackend } from '../backend.ts';
import { rectangleOf, sharedOfUnion } from '../nets/rectangle.ts';
import { FaceFinder } from './face-finder.ts';
import { readPicture } from './read-picture.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/faces/', import.meta.url));

describe('finding faces', function () {
  let finder: FaceFinder;
  before(async () => {
    await startBackend(silentLog);
    finder = await FaceFinder.open();
  });
  after(() => finder[Symbol.dispose]());

  it('finds none where there is nothing, and none in noise', () => {
    const [width, height] = [320, 240];
    let seed = 7;
    const noise = Uint8Array.from({ length: width * height * 3 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 255);
    assert.deepEqual(finder.find({ width, height, pixels: new Uint8Array(width * height * 3) }), []);
    assert.deepEqual(finder.find({ width, height, pixels: noise }), []);
  });

  describe('in photographs', function () {
    before(function () {
      if (!existsSync(DATA)) this.skip(); // ../shared/data is not here: photographs are not part of the product
    });

    for (const [file, count] of [
      ['dlib-2008_001322.jpg', 3], ['dlib-2009_004587.jpg', 2], ['neg-dog.jpg', 0], ['neg-building.jpg', 0],
    ] as const) {
      it(`finds what is in ${file}: ${count}`, async () => {
        const picture = await readPicture(`${DATA}${file}`);
        const faces = finder.find(picture);
        assert.equal(faces.length, count);
        const truth = JSON.parse(
          readFileSync(`${DATA}truth.json`, 'utf8'),
        ) as Record<string, { boxes: [number, number, number, number][] }>;
        for (const [left, top, width, height] of truth[file]?.boxes ?? []) {
          assert.ok(faces.some(({ box }) =>
            sharedOfUnion(rectangleOf(box, picture), { left, top, width, height }) > 0.45), `${left}, ${top}`);
        }
      });
    }

    it('finds the same faces in a dark, noisy copy', async () => {
      const picture = await readPicture(`${DATA}dlib-2008_001322.jpg`);
      let seed = 7;
      const noise = (): number => ((seed = (seed * 48_271) % 2_147_483_647) % 41) - 20;
      assert.equal(finder.find({
        ...picture, pixels: picture.pixels.map((value) => Math.min(255, Math.max(0, 0.5 * value + noise()))),
      }).length, 3);
    });

    it('asks for more where more is asked', async () =>
      assert.deepEqual(finder.find(await readPicture(`${DATA}dlib-2008_001322.jpg`), 0.99), []));
  });
});
