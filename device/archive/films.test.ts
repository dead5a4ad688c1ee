import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { segmentFileName } from '../contract/media-path.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { dawn, recordingAt, temporaryFolder } from '../../test/recording/events.ts';
import type { Archive } from './archive.ts';
import { bootScan } from './boot-scan.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';
import { Removal } from './removal.ts';
import { candidatesOf } from './retention/candidates.ts';

const DAY = 86_400_000;
const filmOf = (day: number) => {
  const startedAt = millis(dawn + day * DAY);
  const name = segmentFileName({ kind: 'timelapse', at: startedAt, device: 'barn', camera: 'yard' });
  return { ...recordingAt(0), name, class: 'timelapse' as const, eventId: null, startedAt, clip: { ...recordingAt(0).clip, name, start_time: startedAt / 1000 } };
};

const onShelf = async (play: (shelf: { readonly archive: Archive; readonly mediaFolder: string }) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
  await play({ archive, mediaFolder: path.join(folder.path, 'media') });
};

async function write(mediaFolder: string, name: string): Promise<void> {
  await mkdir(path.dirname(pathOf(mediaFolder, name)), { recursive: true });
  await writeFile(pathOf(mediaFolder, name), Buffer.alloc(1000));
}

describe('films of days in the catalogue', () => {
  it('are a class of their own: listed, counted, and deleted as such', () => onShelf(async ({ archive, mediaFolder }) => {
    for (const day of [0, 1]) {
      await write(mediaFolder, filmOf(day).name);
      archive.closeRecording(filmOf(day));
    }
    assert.deepEqual(archive.view.recordings({ class: 'timelapse', limit: 9 }).map(({ name }) => name), [0, 1].map((day) => filmOf(day).name));
    assert.deepEqual(archive.view.recordings({ class: 'continuous', limit: 9 }), []);
    assert.deepEqual(archive.usage(), { event: 0, continuous: 0, timelapse: 2000, picture: 0 });
    const candidates = candidatesOf({ archive, mediaFolder, uploads: undefined, landing: undefined, waitingMayGo: true });
    assert.deepEqual([[...candidates('continuous')], [...candidates('timelapse')].map(({ subject, at, bytes }) => [subject, at, bytes])],
      [[], [0, 1].map((day) => [filmOf(day).name, dawn + day * DAY, 1000])]);
    await new Removal({ archive, mediaFolder, landing: undefined }).remove([{ subject: filmOf(0).name, why: 'it was kept as long as it may be', untaken: false }]);
    assert.deepEqual([archive.usage().timelapse, archive.view.recording(filmOf(0).name)], [1000, undefined]);
  }));

  it('are mended by the next start, known before or not', () => onShelf(async ({ archive, mediaFolder }) => {
    for (const day of [0, 1]) await write(mediaFolder, filmOf(day).name);
    archive.openRecording(filmOf(0)); // a crash came while it was written
    const recover = () => Promise.resolve({
      playable: true as const, bytes: 900, sha256: 'd'.repeat(64), duration: seconds(3), codec: 'avc1.64001f', size: { width: 160, height: 120 }, encrypted: false, cutBytes: 100, savedTail: undefined,
    });
    const { report, later } = await bootScan({ archive, mediaFolder, recover, log: silentLog });
    assert.deepEqual([report.recovered, report.problems], [1, []]);
    assert.deepEqual(later.compared.flatMap(({ unlisted }) => unlisted), [filmOf(1).name]);
    assert.deepEqual(archive.view.recordings({ class: 'timelapse', limit: 9 }).map(({ state, event_id: id, bytes }) => [state, id, bytes]), [['recovered', null, 900]]);
  }));
});
