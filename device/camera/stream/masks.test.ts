import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MaskedArea } from './masks.ts';

const corner = { name: 'corner', polygon: [[0, 0], [0.5, 0], [0, 0.5]] } as const;
const rows = (area: MaskedArea, { width, height } = area.size): string[] => {
  const pixels = new Uint8Array(width * height).fill(1);
  area.blacken(pixels);
  return Array.from({ length: height }, (_, y) =>
    [...pixels.subarray(y * width, (y + 1) * width)].map((value) => (value === 0 ? '#' : '.')).join(''));
};

describe('privacy masks', () => {
  it('cover every pixel that they touch', () => {
    assert.deepEqual(rows(new MaskedArea([corner], { width: 8, height: 8 })),
      ['#####...', '####....', '###.....', '##......', '#.......', '........', '........', '........']);
  });
  it('cover the whole picture, and nothing where there are none', () => {
    const all = { name: 'all', polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] } as const;
    assert.deepEqual(rows(new MaskedArea([all], { width: 5, height: 3 })), ['#####', '#####', '#####']);
    assert.ok(new MaskedArea([], { width: 5, height: 3 }).empty);
  });
  it('are as black in colour', () => {
    const pixels = new Uint8Array(4 * 4 * 3 / 2).fill(200);
    new MaskedArea([{ name: 'left', polygon: [[0, 0], [0.3, 0], [0.3, 1], [0, 1]] }], { width: 4, height: 4 })
      .blackenColour(pixels);
    assert.deepEqual([...pixels.subarray(0, 8)], [16, 16, 200, 200, 16, 16, 200, 200]);
    assert.deepEqual([...pixels.subarray(16)], [128, 200, 128, 200, 128, 200, 128, 200]);
  });
  const fraction = fc.integer({ min: 0, max: 10_000 }).map((number) => number / 10_000);
  const point = fc.tuple(fraction, fraction);
  it('cover every pixel that their outline goes through, however thin they are', () =>
    fc.assert(fc.property(point, point, fc.integer({ min: 0, max: 99 }), (from, to, step) => {
      const size = { width: 16, height: 9 };
      const covered = rows(new MaskedArea([{ name: 'thin', polygon: [from, to, from] }], size));
      const [x, y] = [0, 1].map((axis) => (from[axis] ?? 0) + (step / 99) * ((to[axis] ?? 0) - (from[axis] ?? 0)));
      assert.equal(covered[Math.min(8, Math.floor((y ?? 0) * 9))]?.[Math.min(15, Math.floor((x ?? 0) * 16))], '#');
    })));
  it('cover their corners, and stay within the picture', () =>
    fc.assert(fc.property(fc.array(point, { minLength: 3, maxLength: 8 }), (polygon) => {
      const size = { width: 16, height: 9 };
      const covered = rows(new MaskedArea([{ name: 'any', polygon }], size));
      for (const [x, y] of polygon)
        assert.equal(covered[Math.min(8, Math.floor(y * 9))]?.[Math.min(15, Math.floor(x * 16))], '#');
    })));
  it('are a picture that ffmpeg can lay over another', () => {
    const file = Buffer.from(new MaskedArea([corner], { width: 8, height: 8 }).overlay());
    assert.match(
      file.toString('latin1', 0, 80), /^P7\nWIDTH 8\nHEIGHT 8\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n/,
    );
    assert.deepEqual([...file.subarray(-128, -124)], [0, 255, 0, 255]);
  });
});
