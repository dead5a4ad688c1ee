import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clipPackets } from '../simulated/clip-packets.ts';
import { PictureDecoder } from './picture-decoder.ts';

const ENCODERS = {
  'H.264': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '25'],
  // Its keyframes have pictures before them that are made from them: it writes no others unless told to.
  'H.265 with open groups': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=25:min-keyint=25'],
} as const;

describe('a decoder that is fed a part of a stream that lies before another', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-decoder-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, encoder] of Object.entries(ENCODERS)) {
    it(`gives the pictures of ${name} their own times`, async () => {
      const { init, reader, packets } = await clipPackets(path.join(folder, `${encoder[1]}.mp4`), 6, encoder);
      const seen: { readonly part: number; readonly at: number }[] = [];
      using decoder = new PictureDecoder(
        { init, origin: reader.origin, gray: { size: { width: 64, height: 48 }, framesPerSecond: 25 }, confinement: [] },
        { gray: ({ part, ticks }) => seen.push({ part, at: reader.timeOf(ticks) }), colour() {}, died: assert.fail },
      );
      // Keyframes with a few behind them, some of them later ones first.
      const groups = [100, 25, 75, 50, 125].map((key) => packets.slice(key, key + 20).filter(({ leading }) => !leading));
      for (const group of groups) for (const [index, packet] of group.entries()) decoder.feed(packet, index > 0);
      await decoder.finish();
      const shown = groups.map((_, index) => seen.filter(({ part }) => part === index + 1).map(({ at }) => at));
      assert.deepEqual(shown, groups.map((group) => group.map(({ at }) => at).toSorted((a, b) => a - b)));
    });
  }
});
