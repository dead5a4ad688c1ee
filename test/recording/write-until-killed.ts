/**
 * A process for the crash tests: writes clip after clip to the folder in its first argument, from the
 * video in its second, as fast as the disk takes it, and prints `<file> <milliseconds that are durable>`
 * as it goes. It ends by being killed.
 */
import { readFile } from 'node:fs/promises';
import { FragmentReader, type Mp4Part } from '../../device/contract/mp4-fragment.ts';
import { eventId, mediaFileName } from '../../device/contract/names.ts';
import { mebibytes, millis } from '../../device/core/units.ts';
import { ClipWriter } from '../../device/recorder/clip-writer.ts';
import { Sealer } from '../../device/evidence/sealer.ts';
import { testKey } from './key.ts';

const [folder = '', video = ''] = process.argv.slice(2);
const [head, ...rest]: Mp4Part[] = new FragmentReader().push(await readFile(video));
if (head?.type !== 'init') throw new Error(`${video} is no video`);

for (let clip = 0; ; clip++) {
  const startedAt = millis(Date.UTC(2026, 10, 21) + clip * 60_000);
  const name = mediaFileName({
    at: startedAt, device: 'barn', camera: 'camera', eventId: eventId(startedAt, 0.5), extension: 'mp4',
  });
  const writer = new ClipWriter({
    folder, name, init: head.init, startedAt, queue: mebibytes(64), guard: async () => {}, onOpened: () => {},
    sealer: new Sealer(testKey, { device: 'barn', camera: 'camera', name }),
  });
  const run = writer.run();
  for (const part of rest) {
    if (part.type !== 'fragment') continue;
    writer.write(part.fragment);
    await new Promise(setImmediate);
    process.stdout.write(`${name} ${writer.durable}\n`);
  }
  writer.close();
  const { clip: facts } = await run;
  process.stdout.write(`${name} ${(facts?.duration ?? 0) * 1000}\n`);
}
