import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../test/eventually.ts';
import { formattedDisk, mountedImage } from '../../test/recording/disk.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../test/recording/events.ts';
import { eventFolder, manifestKey } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import type { Archive } from './archive.ts';
import { bootScan } from './boot-scan.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';
import { Removal } from './removal.ts';

const PROGRAM = fileURLToPath(new URL('../../test/recording/delete-until-killed.ts', import.meta.url));

interface Shelf { readonly archive: Archive; readonly mediaFolder: string; readonly landing: string }

const withShelf = async (use: (shelf: Shelf) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
  await use({ archive, mediaFolder: path.join(folder.path, 'media'), landing: path.join(folder.path, 'landing') });
};

async function record({ archive, mediaFolder }: Shelf, second: number): Promise<void> {
  const recording = recordingAt(second);
  const file = pathOf(mediaFolder, recording.name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, Buffer.alloc(recording.clip.bytes));
  archive.closeRecording(recording);
  archive.putEvent(eventAt(second, { lasted: 1, clip: recording.clip }));
}

/** Starts anew on what a crash left in `folder`: every event is there with its file, or nothing of it is. */
async function startsWhole(folder: string): Promise<{ readonly kept: number }> {
  using archive = openArchive(path.join(folder, 'archive.db'), dawn, silentLog);
  const mediaFolder = path.join(folder, 'media');
  await new Removal({ archive, mediaFolder, landing: undefined }).finish();
  const recover = (): never => { throw new Error('nothing is to be recovered'); };
  const { report, later } = await bootScan({ archive, mediaFolder, recover, log: silentLog });
  assert.deepEqual(
    [report.lost, report.recovered, report.problems, later.compared.flatMap(({ unlisted }) => unlisted)],
    [0, 0, [], []],
  );
  const { events } = archive.view.page({ limit: 100 });
  for (const { clip } of events) assert.ok(existsSync(pathOf(mediaFolder, clip?.name ?? '')), clip?.name);
  const days = await readdir(mediaFolder);
  const files = (await Promise.all(days.map((day) => readdir(path.join(mediaFolder, day))))).flat()
    .filter((name) => name.endsWith('.mp4'));
  assert.equal(files.length, events.length);
  assert.equal(archive.usage().event, events.length * 1000);
  assert.deepEqual(events.filter(({ starred }) => starred)
    .map(({ id }) => id), [35, 30, 25, 20, 15, 10, 5, 0].map(idAt));
  const oldest = events.findLast(({ starred }) => !starred)?.start_time ?? Infinity;
  for (let second = 0; second < 40; second++) {
    const isKept = events.some(({ id }) => id === idAt(second));
    assert.equal(isKept, second % 5 === 0 || dawn / 1000 + second >= oldest, `the event of second ${second}`);
  }
  return { kept: events.length };
}

describe('deleting', () => {
  it('takes the files, the rows and the sums, and tells the ledger that it was on record', () => withShelf(async (
    shelf,
  ) => {
    const { archive } = shelf;
    for (const second of [0, 100]) await record(shelf, second);
    await new Removal(shelf).remove([{ subject: idAt(0), why: 'to make room', untaken: false }]);
    assert.deepEqual([archive.view.get(idAt(0)), archive.view.recording(recordingAt(0).name), archive.usage().event], [
      undefined, undefined, 1000,
    ]);
    assert.ok(!existsSync(pathOf(shelf.mediaFolder, recordingAt(0).name)));
    const { entries } = archive.view.ledger(
      { from: millis(dawn - 60_000), to: millis(dawn + 200_000) }, () => new Set(),
    );
    assert.deepEqual(entries.map(({ from, to, state, reason }) =>
      [from - dawn / 1000, to - dawn / 1000, state, reason]), [
      [-60, -5, 'unknown', ''], [-5, 5, 'deleted', 'to make room'], [5, 95, 'unknown', ''],
      [95, 105, 'recorded', ''], [105, 200, 'unknown', ''],
    ]);
    assert.equal(archive.view.whyGone(idAt(0)), undefined, 'nobody waits for it');
  }));

  it('joins in the ledger what was deleted piece by piece', () => withShelf(async (shelf) => {
    for (const second of [0, 10, 20, 30]) await record(shelf, second);
    const removal = new Removal(shelf);
    for (const second of [10, 0, 30, 20])
      await removal.remove([{ subject: idAt(second), why: 'to make room', untaken: false }]);
    assert.equal(shelf.archive.db.all('SELECT * FROM ledger').length, 1);
  }));

  it('takes the second name in our landing folder, its manifest first, where nobody has fetched it, and tells who waits', () =>
    withShelf(async (shelf) => {
      await record(shelf, 0);
      const event = eventAt(0);
      const names = [manifestKey(event), `${eventFolder(event)}${recordingAt(0).name}`].map((key) =>
        path.join(shelf.landing, key));
      for (const name of names) {
        await mkdir(path.dirname(name), { recursive: true });
        await writeFile(name, 'x');
      }
      await new Removal(shelf).remove([{ subject: idAt(0), why: 'to make room', untaken: true }]);
      assert.deepEqual(names.map((name) => existsSync(name)), [false, false]);
      assert.equal(shelf.archive.view.whyGone(idAt(0)), 'to make room');
    }));

  it('is taken up again at the start from wherever it was killed', async () => {
    const kept = new Set<number>();
    for (let round = 0; round < 4; round++) {
      await using folder = await temporaryFolder();
      const steps = 1 + round * 8;
      await deletingUntil(folder.path, steps, async (_child, done) => {
        await eventually('it is at its last step', () => done() >= steps - 1);
        await wait(round * 5); // anywhere in it, or behind it
      });
      kept.add((await startsWhole(folder.path)).kept);
    }
    assert.ok(kept.size > 1, 'it was killed at different points');
  });

  it('leaves a disk whole whose power fails at any moment', async function () {
    await using folder = await temporaryFolder();
    const image = path.join(folder.path, 'disk');
    await using disk = await formattedDisk(image);
    if (disk === undefined) return this.skip();
    const copies: string[] = [];
    await deletingUntil(disk.path, 100, async (child) => {
      for (let n = 0; n < 6; n++) {
        await wait(30);
        const copy = path.join(folder.path, `after-${n}`);
        child.kill('SIGSTOP'); // a copy takes a while, and must show one moment
        await wait(30);
        await copyFile(image, copy);
        child.kill('SIGCONT');
        copies.push(copy);
      }
    });
    for (const copy of copies) {
      await using after = await mountedImage(copy);
      if (after !== undefined) await startsWhole(after.path);
      await rm(copy);
    }
  });
});

/** Lets the program delete in `folder`, so many steps, and kills it when `moment` has come. */
async function deletingUntil(
  folder: string, steps: number, moment: (child: ChildProcess, done: () => number) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (text: Buffer) => { said += text.toString(); });
  await eventually('it has recorded', () => said.includes('ready'));
  child.stdin.write(`${steps}\n`);
  await moment(child, () => said.split('\n').length - 2);
  child.kill('SIGKILL');
  await exited;
}
