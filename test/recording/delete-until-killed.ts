/**
 * A process for the crash tests: records 40 events in the folder of its first argument, every fifth of them starred,
 * says `ready`, and then deletes to make room until little is left: as many steps as the numbers on its input allow. It
 * says after each how far it is, and ends by being killed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openArchive } from '../../device/archive/open-archive.ts';
import { pathOf } from '../../device/archive/index-file.ts';
import { Retention } from '../../device/archive/retention/retention.ts';
import { Stars } from '../../device/archive/stars.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import { dawn, eventAt, idAt, recordingAt } from './events.ts';

const [folder = ''] = process.argv.slice(2);
const mediaFolder = path.join(folder, 'media');
const archive = openArchive(path.join(folder, 'archive.db'), dawn, silentLog);
const stars = new Stars(archive, mediaFolder);

for (let second = 0; second < 40; second++) {
  const { clip, ...recording } = recordingAt(second);
  const file = pathOf(mediaFolder, recording.name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, Buffer.alloc(clip.bytes), { flush: true });
  archive.closeRecording({ ...recording, clip });
  archive.putEvent(eventAt(second, { lasted: 1, clip }));
  if (second % 5 === 0) await stars.set(idAt(second), true);
}
process.stdout.write('ready\n');
const allowed = createInterface(process.stdin)[Symbol.asyncIterator]();
let steps = 0;
for (let most = 39_000; most >= 9000; most -= 1000) {
  while (steps === 0) steps += Number((await allowed.next()).value);
  steps--;
  const age = { event: millis(0), continuous: millis(0), timelapse: millis(0) };
  const retention = new Retention({
    archive, mediaFolder, dataFolder: mediaFolder, uploads: undefined, landing: undefined,
    log: silentLog, mayJudgeAge: () => true, now: () => dawn, rate: () => 0,
    rules: { maxBytes: most, reserve: millis(0), minimumFree: 0, age, pending: 'keep' },
  });
  await retention.makeRoom();
  process.stdout.write(`${most}\n`);
}
process.stdout.write('done\n');
