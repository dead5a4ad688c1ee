/** A fleet's index with as many rows as years leave behind, and how long its lists take. */
import { statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TytoEvent } from '../../device/contract/event.ts';
import { hours, millis } from '../../device/core/units.ts';
import type { EventQuery, FleetIndex } from '../../fleet/index/port.ts';
import { SqliteIndex } from '../../fleet/index/sqlite-index.ts';
import { eventOf } from '../fleet/index-suite.ts';

const DAY = hours(24);
/** Of a device on a day: three of four are pieces of continuous recording. */
const ROWS_A_DAY = 300;
const FIRST_DAY = millis(Date.UTC(2026, 0, 1));

export interface IndexSize { readonly rows: number; readonly devices: number }
/** Milliseconds; `found`: rows of a list, in the mean. */
export interface ListTimes {
  readonly what: string;
  readonly found: number;
  readonly median: number;
  readonly worst: number;
}
export interface IndexMeasure {
  readonly rows: number;
  readonly gigabytes: number;
  readonly buildSeconds: number;
  /** Whether the system's cache of the disk could be emptied: only root may. */
  readonly wasCold: boolean;
  readonly lists: readonly ListTimes[];
}

/** @param samples - Lists of each sort, of devices and days drawn by `random`. */
export async function measureIndex(
  { rows, devices }: IndexSize, samples: number, random: () => number,
): Promise<IndexMeasure> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-bench-index-'));
  try {
    const file = path.join(folder, 'index.db');
    const started = performance.now();
    buildIndex(file, { rows, devices });
    const buildSeconds = (performance.now() - started) / 1000;
    const wasCold = emptyDiskCache();
    using index = SqliteIndex.open(file);
    const lists: ListTimes[] = [];
    for (const [what, query, pages = Infinity] of listsOf({ rows, devices }, samples, random)) {
      lists.push({ what, ...await timesOf(index, query, { pages, samples }) });
    }
    return { rows, gigabytes: statSync(file).size / 1e9, buildSeconds, wasCold, lists };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `query`: of each sample, by its number. */
function listsOf(
  { rows, devices }: IndexSize, samples: number, random: () => number,
): readonly (readonly [what: string, query: (sample: number) => Omit<EventQuery, 'limit'>, pages?: number])[] {
  const days = Math.max(1, Math.floor(rows / devices / ROWS_A_DAY));
  const device = () => ({ device: nameOf(Math.floor(random() * devices)) });
  const day = () => {
    const from = millis(FIRST_DAY + Math.floor(random() * days) * DAY);
    return { from, to: millis(from + DAY) };
  };
  const drawn = Array.from({ length: samples }, () => ({ ...device(), ...day() }));
  return [
    ['a device\'s day: its first page', (sample) => ({ ...drawn[sample] }), 1],
    ['the same ones once more', (sample) => ({ ...drawn[sample] }), 1],
    ['all pages of others', () => ({ ...device(), ...day() })],
    ['with its continuous recording', () => ({ ...device(), ...day(), continuous: true })],
    ['a kind on a device\'s day', () => ({ ...device(), ...day(), kind: 'person' })],
    ['a person on a device, ever', () => ({ ...device(), person: 'Ada' })],
    ['the first page of all there is', () => ({}), 1],
  ];
}

async function timesOf(
  index: FleetIndex, query: (sample: number) => Omit<EventQuery, 'limit'>,
  { pages, samples }: { readonly pages: number; readonly samples: number },
): Promise<Omit<ListTimes, 'what'>> {
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < samples; i++) {
    const asked = query(i);
    const started = performance.now();
    let before: string | undefined;
    for (let page = 0; page < pages; page++) {
      const { rows, next } = await index.events({ ...asked, limit: 48, ...(before === undefined ? {} : { before }) });
      found += rows.length;
      if (next === undefined) break;
      before = next;
    }
    times.push(performance.now() - started);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { found: Math.round(found / samples), median: sorted[sorted.length >> 1] ?? NaN, worst: sorted.at(-1) ?? NaN };
}

const nameOf = (n: number): string => `camera-${String(n).padStart(4, '0')}`;

/**
 * Fills a new index in one go, rows in the order of their time, its indexes built
 * afterwards: what years do, in minutes.
 */
function buildIndex(file: string, { rows, devices }: IndexSize): void {
  SqliteIndex.open(file)[Symbol.dispose]();
  using database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = FILE',
  );
  const indexes = database.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
    .all();
  for (const { name } of indexes) database.exec(`DROP INDEX ${String(name)}`);
  const step = (DAY / ROWS_A_DAY) * 1000; // microseconds
  database.exec(`
    BEGIN;
    WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < ${rows}),
      placed AS (
        SELECT printf('camera-%04d', n % ${devices}) AS device, (n / ${devices}) AS turn,
          ${FIRST_DAY * 1000} + (n / ${devices}) * ${step} + n % ${devices} AS micros FROM counted),
      named AS (SELECT *, printf('%010d.%06d-aaaaaa', micros / 1000000, micros % 1000000) AS id, turn % 4 <> 0 AS continuous FROM placed)
    INSERT INTO events (id, device, event, folder, ingested_at, bytes, continuous, motion, clip)
      SELECT id, device, replace(replace(CASE WHEN continuous THEN '${template('continuous')}'
          WHEN turn % 8 = 0 THEN '${template('person')}'
          ELSE '${template('motion')}' END, '@device', device), '@id', id),
        device || '/2026/01/01/', micros / 1000, 2000000, continuous, turn % 8 = 4, 1
      FROM named;
    INSERT INTO labels (device, label, id, account) SELECT device, 'person', id, 'default' FROM events
      WHERE NOT continuous AND NOT motion ORDER BY device, id;
    INSERT INTO labels (device, label, id, account) SELECT device, 'person:Ada', id, 'default' FROM events
      WHERE NOT continuous AND NOT motion AND rowid % 50 = 1;
    INSERT INTO devices SELECT 'default', device, 0, 0, count(*), sum(bytes), 0 FROM events GROUP BY device;
    COMMIT;`);
  for (const { sql } of indexes) database.exec(String(sql));
}

/** An event as long as devices send them, as text for SQL. */
function template(kind: 'continuous' | 'motion' | 'person'): string {
  const plain = eventOf({
    at: FIRST_DAY, kinds: [kind], clipBytes: 2_000_000, ...(kind === 'person' ? { person: 'Ada' } : {}),
  });
  const name = '20260101T000000.000Z_@device_camera_@id';
  const file = (ending: string) => ({ name: `${name}.${ending}`, bytes: 20_000, sha256: 'a'.repeat(64) });
  const event: TytoEvent = {
    ...plain, id: '@id', device: '@device', has_snapshot: true, snapshot: file('jpg'),
    thumbnail: file('thumb.jpg'), preview: file('preview.mp4'),
    clip: plain.clip && { ...plain.clip, name: `${name}.mp4` },
    tracks: kind === 'continuous' ? [] : [{
      id: 1, start_time: 1, end_time: 2,
      path: Array.from({ length: 8 }, (_, i) => [0.123 + i / 100, 0.456] as const), direction: 'left', zones: [],
    }],
  };
  return JSON.stringify(event).replaceAll("'", "''");
}

/** What was just written lies in memory; years later it does not. @returns False where this process may not. */
function emptyDiskCache(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '1');
    return true;
  } catch {
    return false;
  }
}

