/** A device's catalogue with as many events as years leave behind: how soon its lists are there, and a start. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { ArchiveReader } from '../../device/archive/archive-reader.ts';
import type { EventQuery } from '../../device/archive/archive-view.ts';
import { bootScan, scanLater } from '../../device/archive/boot-scan.ts';
import { openArchive } from '../../device/archive/open-archive.ts';
import { dayOfMediaFile } from '../../device/contract/media-path.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import { eventAt, recordingAt } from '../recording/events.ts';

/** Milliseconds; `found`: rows of a page, in the mean. */
export interface PageTimes {
  readonly what: string;
  readonly found: number;
  readonly median: number;
  readonly worst: number;
}

export interface CatalogueMeasure {
  readonly events: number;
  readonly megabytes: number;
  /** Milliseconds of the very first page of a process that has just opened the catalogue. */
  readonly firstPage: number;
  readonly pages: readonly PageTimes[];
  /** Seconds until a recording may begin: where no day was ever compared with the disk, and at the next start. */
  readonly starts: { readonly first: number; readonly next: number };
}

const DAYS = 360;
const FIRST_SECOND = Date.UTC(2025, 0, 1) / 1000;
const PAGE = 100;
/** A folder that changed this lately is looked at again at the next start. */
const SETTLED_AFTER = 11_000;

/** What is asked for, as the events page does. */
const QUERIES: readonly (readonly [what: string, query: Omit<EventQuery, 'limit'>])[] = [
  ['all', {}],
  ['a kind that is frequent', { kind: 'person' }],
  ['a kind that is rare', { kind: 'animal' }],
  ['a zone', { zone: 'drive' }],
  ['a kind in a zone', { kind: 'person', zone: 'drive' }],
  ['a rare kind in a zone', { kind: 'animal', zone: 'drive' }],
  ['with a clip', { clip: true }],
  ['starred', { starred: true }],
  ['a kind with a clip, starred', { kind: 'person', clip: true, starred: true }],
];

/** @param samples - Pages of each sort. @param random - In `[0, 1)`. */
export async function measureCatalogue(
  events: number, samples: number, random: () => number,
): Promise<CatalogueMeasure> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-bench-catalogue-'));
  try {
    const [file, media] = [path.join(folder, 'archive.db'), path.join(folder, 'media')];
    openArchive(file, millis(Date.now()), silentLog)[Symbol.dispose]();
    fill(file, events);
    makeFiles(file, media);
    await wait(SETTLED_AFTER);
    const first = await start(file, media, true);
    const next = await start(file, media, false);
    using reader = new ArchiveReader(file, silentLog);
    const began = performance.now();
    reader.view.page({ limit: PAGE });
    const firstPage = performance.now() - began;
    const pages = QUERIES.map(([what, query]) => ({ what, ...timesOf(reader, query, { events, samples, random }) }));
    return { events, megabytes: statSync(file).size / 1e6, firstPage, pages, starts: { first, next } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function timesOf(
  reader: ArchiveReader, query: Omit<EventQuery, 'limit'>,
  { events, samples, random }: { readonly events: number; readonly samples: number; readonly random: () => number },
): Omit<PageTimes, 'what'> {
  const times: number[] = [];
  let found = 0;
  for (let sample = 0; sample < samples; sample++) {
    // The newest page, the oldest, and others between them.
    const place = sample === 0 ? 1 : sample === 1 ? PAGE / events : random();
    const second = FIRST_SECOND + Math.ceil(place * DAYS * 86_400);
    const began = performance.now();
    found += reader.view.page({ ...query, limit: PAGE, before: `${second}.999999` }).events.length;
    times.push(performance.now() - began);
  }
  const sorted = times.toSorted((one, other) => one - other);
  return { found: Math.round(found / samples), median: sorted[sorted.length >> 1] ?? NaN, worst: sorted.at(-1) ?? NaN };
}

/** Seconds of a start until a recording may begin; with `wholly` the rest of it is done, too, but not counted. */
async function start(file: string, mediaFolder: string, wholly: boolean): Promise<number> {
  const began = performance.now();
  using archive = openArchive(file, millis(Date.now()), silentLog);
  const scan = {
    archive, mediaFolder, log: silentLog,
    recover: (clip: string) => Promise.reject(new Error(`${clip} needs no mending`)),
  };
  const { later } = await bootScan(scan);
  const took = (performance.now() - began) / 1000;
  if (wholly) await scanLater(scan, later, new AbortController().signal);
  return took;
}

/** What years do, in a minute: rows in one go, and what triggers would make of each, afterwards. */
function fill(file: string, events: number): void {
  using database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; BEGIN');
  const triggers = database.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`).all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  const { clip } = recordingAt(0);
  const placed = `
    WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < ${events}),
      timed AS (SELECT n, ${FIRST_SECOND} + n * ${DAYS * 86_400} / ${events} AS second FROM counted),
      named AS (SELECT n, second, printf('%010d.000000-aaaaaa', second) AS id FROM timed),
      placed AS (SELECT *, strftime('%Y%m%dT%H%M%S', second, 'unixepoch')
        || '.000Z_barn_yard_' || id || '.mp4' AS name FROM named)`;
  const event = JSON.stringify(eventAt(0, { lasted: 10, clip })).replaceAll("'", "''");
  database.exec(`${placed}
    INSERT INTO events (id, camera, start_time, end_time, state, kinds, score, clip, ended_seq, starred, event)
      SELECT id, 'yard', second, second + 10, 'ended', kind, 0.5, name, n + 1, n % 1000 = 0,
        json_set('${event}', '$.id', id, '$.start_time', second, '$.end_time', second + 10, '$.kinds', json_array(kind),
          '$.entered_zones', json(iif(n % 3 = 0, '["drive"]', '[]')), '$.clip.name', name)
      FROM (SELECT *,
        CASE WHEN n % 10001 = 6 THEN 'animal' WHEN n % 4 = 0 THEN 'person' ELSE 'motion' END AS kind FROM placed);`);
  database.exec(`${placed}
    INSERT INTO recordings
        (name, class, state, camera, event_id, start_time, end_time, bytes, sha256, codec, width, height)
      SELECT name, 'event', 'complete', 'yard', id, second, second + 10, 1000,
        '${clip.sha256}', '${clip.codec}', ${clip.width}, ${clip.height} FROM placed;
    INSERT INTO tags (name) SELECT DISTINCT name FROM tags_of_events;
    INSERT INTO event_tags (tag, event)
      SELECT DISTINCT tags.id, event FROM tags_of_events JOIN tags USING (name) ORDER BY 1, 2;
    UPDATE usage SET files = ${events}, bytes = ${events} * 1000 WHERE class = 'event';
    UPDATE meta SET value = '${events}' WHERE key = 'ended_seq'`);
  for (const { sql } of triggers) database.exec(String(sql));
  database.exec('COMMIT');
}

/** An empty file of each recording: a start compares names. */
function makeFiles(file: string, media: string): void {
  using database = new DatabaseSync(file, { readOnly: true });
  const made = new Set<string>();
  for (const row of database.prepare('SELECT name FROM recordings ORDER BY name').iterate()) {
    const name = String(row['name']);
    const day = path.join(media, dayOfMediaFile(name) ?? '');
    if (!made.has(day)) mkdirSync(day, { recursive: true });
    made.add(day);
    writeFileSync(path.join(day, name), '');
  }
}
