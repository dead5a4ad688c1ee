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
  return {
    ...recordingAt(0), name, class: 'timelapse' as const, eventId: null, startedAt,
    clip: { ...recordingAt(0).clip, name, start_time: startedAt / 1000 },
  };
};

const onShelf = async (play: (
  shelf: { readonly archive: Archive; readonly mediaFolder: string },
) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
  await play({ archive, mediaFolder: path.join(folder.path, 'media') });
};

async function write(mediaFolder: string, name: string): Promise<void> {
  await mkdir(path.dirname(pathOf(mediaFolder, name)), { recursive: true });
  await writeFile(pathOf(mediaFolder, name), Buffer.alloc(1000));
}

describe('films of days in the catalogue', () => {
  it('are a class of their own: listed, counted, and deleted as such', () => onShelf(async ({
    archive, mediaFolder,
  }) => {
    for (const day of [0, 1]) {
      await write(mediaFolder, filmOf(day).name);
      archive.closeRecording(filmOf(day));
    }
    assert.deepEqual(archive.view.recordings({ class: 'timelapse', limit: 9 })
      .map(({ name }) => name), [0, 1].map((day) => filmOf(day).name));
    assert.deepEqual(archive.view.recordings({ class: 'continuous', limit: 9 }), []);
    assert.deepEqual(archive.usage(), { event: 0, continuous: 0, timelapse: 2000, picture: 0 });
    const candidates = candidatesOf({
      archive, mediaFolder, uploads: undefined, landing: undefined, waitingMayGo: true,
    });
    assert.deepEqual([
      [...candidates('continuous')], [...candidates('timelapse')].map(({ subject, at, bytes }) => [subject, at, bytes]),
    ],
      [[], [0, 1].map((day) => [filmOf(day).name, dawn + day * DAY, 1000])]);
    await new Removal({
      archive, mediaFolder, landing: undefined,
    }).remove([{ subject: filmOf(0).name, why: 'it was kept as long as it may be', untaken: false }]);
    assert.deepEqual([archive.usage().timelapse, archive.view.recording(filmOf(0).name)], [1000, undefined]);
  }));

  it('and pieces are told whatever was lost among them, and with those that reach into the time asked for', () => onShelf(async (
    {
      archive,
    },
  ) => {
    const pieceOf = (minute: number) => {
      const startedAt = millis(dawn + minute * 60_000);
      const name = segmentFileName({ kind: 'continuous', at: startedAt, device: 'barn', camera: 'yard' });
      return {
        ...recordingAt(0), name, class: 'continuous' as const, eventId: null, startedAt,
        clip: { ...recordingAt(0).clip, name, start_time: startedAt / 1000, duration: 60 },
      };
    };
    for (const minute of [0, 1, 2, 3]) archive.closeRecording({
      ...pieceOf(minute), ...(minute === 1 ? { clip: null, fault: { message: 'the disk is full' } } : {}),
    });
    archive.openRecording(pieceOf(4));
    const told = (query: { readonly limit: number; readonly from: number; readonly reach?: number }): number[] =>
      archive.view.recordings({
        class: 'continuous', limit: query.limit, from: millis(dawn + query.from * 1000),
        ...(query.reach === undefined ? {} : { reach: seconds(query.reach) }),
      })
        .map(({ start_time: start }) => (start - dawn / 1000) / 60);
    assert.deepEqual(told({ from: 0, limit: 2 }), [0, 2], 'a lost one takes no place');
    assert.deepEqual(told({ from: 150, limit: 9 }), [3, 4]);
    assert.deepEqual(told({ from: 150, limit: 1, reach: 300 }), [2], 'those that ended before take no place');
    assert.deepEqual(told({ from: 180, limit: 9, reach: 300 }), [3, 4]);
    assert.deepEqual(told({ from: 400, limit: 9, reach: 300 }), [4], 'what is being written may reach as far as any');
  }));

  it('are mended by the next start, known before or not', () => onShelf(async ({ archive, mediaFolder }) => {
    for (const day of [0, 1]) await write(mediaFolder, filmOf(day).name);
    archive.openRecording(filmOf(0)); // a crash came while it was written
    const recover = () => Promise.resolve({
      playable: true as const, bytes: 900, sha256: 'd'.repeat(64), duration: seconds(3),
      codec: 'avc1.64001f', size: { width: 160, height: 120 }, encrypted: false, cutBytes: 100, savedTail: undefined,
    });
    const { report, later } = await bootScan({ archive, mediaFolder, recover, log: silentLog });
    assert.deepEqual([report.recovered, report.problems], [1, []]);
    assert.deepEqual(later.compared.flatMap(({ unlisted }) => unlisted), [filmOf(1).name]);
    assert.deepEqual(archive.view.recordings({ class: 'timelapse', limit: 9 })
      .map(({ state, event_id: id, bytes }) => [state, id, bytes]), [['recovered', null, 900]]);
  }));
});
