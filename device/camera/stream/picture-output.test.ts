import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PictureReader, type RawPicture } from './picture-output.ts';

const line = (ticks: number, index: number): string =>
  `frame:${index}    pts:${ticks}    pts_time:${ticks / 1000}\nt=1\n`;

describe('raw pictures', () => {
  it('come out whole and with their times, however the two outputs are chopped and mixed', () => fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.array(
      fc.integer({ min: 1, max: 40 }), { minLength: 1 },
    ), fc.array(fc.boolean(), { minLength: 1 }), (bytes, cuts, turns) => {
      const reader = new PictureReader(12);
      const count = Math.floor(bytes.byteLength / 12);
      const text = Buffer.from(Array.from({ length: count }, (_, n) => line(n * 512, n)).join(''));
      const seen: RawPicture[] = [];
      const left = { pixels: bytes, times: new Uint8Array(text) };
      for (let turn = 0; left.pixels.byteLength + left.times.byteLength > 0; turn++) {
        const wanted = turns[turn % turns.length] === true ? 'pixels' : 'times';
        const which = left[wanted].byteLength > 0 ? wanted : wanted === 'pixels' ? 'times' : 'pixels';
        const cut = cuts[turn % cuts.length] ?? 1;
        seen.push(...reader[which](left[which].slice(0, cut)));
        left[which] = left[which].subarray(cut);
      }
      assert.deepEqual(
        seen, Array.from({ length: count }, (_, n) => ({ ticks: n * 512, pixels: bytes.slice(n * 12, n * 12 + 12) })),
      );
    }),
  ));

  it('are not copied where they come in a piece of their own', () => {
    const reader = new PictureReader(12);
    const piece = new Uint8Array(12).fill(7);
    reader.times(Buffer.from(line(512, 0)));
    const [picture] = reader.pixels(piece);
    assert.deepEqual(picture, { ticks: 512, pixels: new Uint8Array(12).fill(7) });
    assert.equal(picture?.pixels.buffer, piece.buffer);
  });
});
