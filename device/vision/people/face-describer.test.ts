import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../core/log.ts';
import { startBackend } from '../backend.ts';
import { FaceFinder, type Face } from '../faces/face-finder.ts';
import { readPicture } from '../faces/read-picture.ts';
import { Pyramid, type Picture } from '../nets/picture.ts';
import { similarity, type Descriptor } from './descriptor.ts';
import { alignedSquare, FaceDescriber } from './face-describer.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/faces/', import.meta.url));
const STRAIGHT = { rightEye: [325, 314], leftEye: [675, 314], nose: [500, 530], mouth: [500, 700] } as const;

describe('the square that a face is cut out by', () => {
  it('is the one in which its features are where the network knows them', () => {
    const { x, y, side, turn } = alignedSquare(STRAIGHT);
    assert.deepEqual([x, y, side].map((value) => Math.round(value * 1000) / 1000), [500, 500, 1000]);
    assert.ok(Math.abs(turn ?? 1) < 1e-9);
  });

  it('is turned, moved and made smaller with the face', () => {
    // a quarter clockwise
    const moved = ([x, y]: readonly [number, number]): [number, number] => [40 - y / 10, 7 + x / 10];
    const { x, y, side, turn } = alignedSquare({
      rightEye: moved(STRAIGHT.rightEye), leftEye: moved(STRAIGHT.leftEye),
      nose: moved(STRAIGHT.nose), mouth: moved(STRAIGHT.mouth),
    });
    assert.deepEqual([x, y, side].map((value) => Math.round(value * 1000) / 1000), [-10, 57, 100]);
    assert.ok(Math.abs((turn ?? 0) - Math.PI / 2) < 1e-9);
  });
});

describe('describing a face', function () {
  let finder: FaceFinder;
  let describer: FaceDescriber;
  let free: number;
  before(async () => {
    await startBackend(silentLog);
    finder = await FaceFinder.open();
    free = tf.memory().numTensors;
    describer = await FaceDescriber.load();
  });
  after(() => {
    describer[Symbol.dispose]();
    const left = tf.memory().numTensors;
    finder[Symbol.dispose]();
    assert.equal(left, free, 'all of the network is given back');
  });

  it('gives the same numbers for the same pixels, and leaves nothing behind', () => {
    const gray = Pyramid.of({ width: 8, height: 8, pixels: new Uint8Array(8 * 8 * 3).fill(120) });
    const one = describer.describe(gray, STRAIGHT);
    const { numTensors } = tf.memory();
    assert.deepEqual(describer.describe(gray, STRAIGHT), one);
    assert.equal(one.length, 128);
    assert.ok(one.every(Number.isFinite));
    assert.equal(tf.memory().numTensors, numTensors);
  });

  describe('in photographs', function () {
    before(function () {
      if (!existsSync(DATA)) this.skip(); // ../shared/data is not here: photographs are not part of the product
    });

    const describedIn = (picture: Picture, faces: readonly Face[]): Descriptor[] => {
      const pyramid = Pyramid.of(picture);
      return faces.map(({ points }) => describer.describe(pyramid, points));
    };

    it('tells strangers in one photograph apart, and knows each again in a dark, turned-round copy', async () => {
      for (const file of ['dlib-2008_002506.jpg', 'dlib-2009_004587.jpg']) {
        const picture = await readPicture(`${DATA}${file}`);
        const one = describedIn(picture, finder.find(picture));
        const copy = mirrored({ ...picture, pixels: picture.pixels.map((value) => 10 + 0.6 * value) });
        const other = describedIn(copy, finder.find(copy));
        assert.equal(other.length, one.length);
        for (const [at, face] of one.entries()) {
          for (const stranger of one.slice(at + 1)) assert.ok(similarity(face, stranger) < 0.5, `strangers in ${file}`);
          assert.equal(other.filter((again) => similarity(face, again) > 0.5).length, 1, `face ${at} of ${file}`);
        }
      }
    });
  });
});

function mirrored({ width, height, pixels }: Picture): Picture {
  const turned = Uint8Array.from(pixels, (_, index) => {
    const [row, column] = [Math.floor(index / 3 / width), Math.floor(index / 3) % width];
    return pixels[(row * width + width - 1 - column) * 3 + index % 3] ?? 0;
  });
  return { width, height, pixels: turned };
}
