import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { eventFolder, eventId, manifestKey } from '../../device/contract/names.ts';
import { millis, type Millis } from '../../device/core/units.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { FleetIndex, Rejection } from './port.ts';
import { SCHEMA_STEPS } from './schema.ts';
import { SqliteIndex } from './sqlite-index.ts';

const NOON = 1_795_262_400_000;

function eventAt(at: number, device = 'yard', random = 0.5): TytoEvent {
  return {
    id: eventId(millis(at), random),
    device,
    camera: 'camera',
    kinds: ['motion'],
    label: 'motion',
    start_time: at / 1000,
    end_time: at / 1000 + 5,
    frame_time: at / 1000 + 1,
    score: 0.5,
    top_score: 0.8,
    box: null,
    boxes: [],
    current_zones: [],
    entered_zones: [], tracks: [], crossings: [], faces: [], objects: [],
    has_clip: false,
    has_snapshot: false,
    clock: 'synced',
    clip: null,
    snapshot: null,
  };
}
const add = (index: FleetIndex, event: TytoEvent, ingestedAt: Millis = millis(NOON)): Promise<void> =>
  index.accept({ event, folder: eventFolder(event), ingestedAt, damage: null, sealed: false }, [manifestKey(event)]);
const rejection = (key: string, more: Partial<Rejection> = {}): Rejection => ({
  key,
  device: 'yard',
  code: 'file.wrong-hash',
  message: 'not what was announced',
  rejectedAt: millis(NOON),
  folder: 'yard/x/',
  objects: [{ key, bytes: 5, kept: true }],
  delivery: 'abc',
  ...more,
});

describe('index of the fleet', () => {
  let folder: string;
  let index: SqliteIndex;
  const file = (): string => path.join(folder, 'index.db');
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-index-'));
    index = SqliteIndex.open(file());
  });
  afterEach(async () => {
    index[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('has one row for an event, however often it comes', async () => {
    const event = eventAt(NOON);
    await add(index, event);
    await add(index, event, millis(NOON + 5000));
    assert.deepEqual((await index.events({ limit: 10 })).rows, [
      { event, folder: 'yard/2026/11/21/', ingestedAt: NOON, damage: null, sealed: false },
    ]);
    assert.deepEqual(await index.devices(), [
      { device: 'yard', firstSeen: NOON, lastSeen: NOON, events: 1, lastEventAt: NOON },
    ]);
    assert.deepEqual(await index.accepted('yard', event.id), event);
    assert.equal(await index.accepted('shed', event.id), undefined);
    assert.deepEqual([(await index.event('yard', event.id))?.event, await index.event('shed', event.id)], [event, undefined]);
  });

  it('takes in more of an event that it has, where it stands', async () => {
    const event = eventAt(NOON);
    await add(index, event);
    await add(index, { ...event, top_score: 0.9 }, millis(NOON + 5000));
    assert.deepEqual((await index.events({ limit: 10 })).rows, [
      { event: { ...event, top_score: 0.9 }, folder: 'yard/2026/11/21/', ingestedAt: NOON, damage: null, sealed: false },
    ]);
    assert.equal((await index.devices())[0]?.events, 1);
  });

  it('keeps events of two devices apart, even with the same id', async () => {
    await add(index, eventAt(NOON, 'yard'));
    await add(index, eventAt(NOON, 'shed'));
    const first = await index.events({ limit: 1 });
    assert.deepEqual(first.rows.map(({ event }) => event.device), ['yard']);
    assert.deepEqual(
      (await index.events({ limit: 1, before: first.next ?? '' })).rows.map(({ event }) => event.device),
      ['shed'],
    );
  });

  it('gives every event exactly once, newest first, page by page, while new ones arrive', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (offsets, limit, filtered) => {
          using fresh = SqliteIndex.open(':memory:');
          for (const offset of offsets) await add(fresh, eventAt(NOON + offset, offset % 3 === 0 ? 'shed' : 'yard'));
          const expected = offsets
            .filter((offset) => !filtered || offset % 3 !== 0)
            .sort((a, b) => b - a)
            .map((offset) => (NOON + offset) / 1000);
          const got: number[] = [];
          let before: string | undefined;
          do {
            const { rows, next } = await fresh.events({
              limit,
              ...(filtered ? { device: 'yard' } : {}),
              ...(before === undefined ? {} : { before }),
            });
            got.push(...rows.map(({ event }) => event.start_time));
            before = next;
            await add(fresh, eventAt(NOON + 2e9 + got.length)); // newer than all
          } while (before !== undefined);
          assert.deepEqual(got, expected);
        },
      ),
      { numRuns: 30 },
    ));

  it('knows when a device was first and last heard of', async () => {
    await add(index, eventAt(NOON), millis(NOON));
    await add(index, eventAt(NOON - 60_000), millis(NOON + 9000));
    assert.deepEqual(await index.devices(), [
      { device: 'yard', firstSeen: NOON, lastSeen: NOON + 9000, events: 2, lastEventAt: NOON },
    ]);
  });

  it('keeps the latest rejection of a key, unfinished until the landing is empty', async () => {
    await index.reject(rejection('yard/a.json'));
    await index.reject(rejection('yard/b.json'));
    await index.reject(rejection('yard/a.json', { code: 'file.missing' }));
    assert.deepEqual(
      (await index.rejected({ limit: 10 })).rows.map(({ key, code }) => [key, code]),
      [
        ['yard/a.json', 'file.missing'],
        ['yard/b.json', 'file.wrong-hash'],
      ],
    );
    assert.deepEqual(await index.unfinishedRejection('yard/a.json'), rejection('yard/a.json', { code: 'file.missing' }));
    await index.finishRejection('yard/a.json');
    assert.equal(await index.unfinishedRejection('yard/a.json'), undefined);
    const first = await index.rejected({ limit: 1 });
    assert.deepEqual(
      (await index.rejected({ limit: 1, before: first.next ?? '' })).rows.map(({ key }) => key),
      ['yard/b.json'],
    );
  });

  it('forgets the rejection of what was delivered well later', async () => {
    const event = eventAt(NOON);
    await index.reject(rejection(manifestKey(event)));
    await add(index, event);
    assert.deepEqual((await index.rejected({ limit: 10 })).rows, []);
  });

  it('keeps everything over a restart, and tells of changes', async () => {
    const before = index.revision;
    await add(index, eventAt(NOON));
    assert.notEqual(index.revision, before);
    index[Symbol.dispose]();
    index = SqliteIndex.open(file());
    assert.equal((await index.events({ limit: 10 })).rows.length, 1);
  });

  it('keeps what it has when a newer Tyto opens it, and is ready for damage that is known of clips', async () => {
    const old = path.join(folder, 'old.db');
    const event = eventAt(NOON);
    const before = new DatabaseSync(old);
    before.exec(`${SCHEMA_STEPS[0]}; PRAGMA user_version = 1`);
    before.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)').run(event.id, 'yard', JSON.stringify(event), 'yard/x/', NOON);
    before.close();
    using opened = SqliteIndex.open(old);
    assert.deepEqual(await opened.event('yard', event.id), { event, folder: 'yard/x/', ingestedAt: NOON, damage: null, sealed: false });
    const damage = { reason: '5 of 10 pictures decode without fault', decoded_share: 0.5 };
    await opened.accept({ event, folder: 'yard/x/', ingestedAt: millis(NOON), damage, sealed: false }, []);
    await opened.accept({ event, folder: 'yard/x/', ingestedAt: millis(NOON), damage: null, sealed: false }, []);
    assert.deepEqual((await opened.event('yard', event.id))?.damage, damage);
  });

  it('refuses a file that is no database, or a newer one\'s, and leaves it as it is', async () => {
    const other = path.join(folder, 'other.db');
    await writeFile(other, 'not a database, but long enough to be looked at'.repeat(50));
    assert.throws(() => SqliteIndex.open(other), { name: 'ConfigError', code: 'index.damaged' });
    assert.match(await readFile(other, 'utf8'), /^not a database/);
    const newer = new DatabaseSync(path.join(folder, 'newer.db'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    assert.throws(() => SqliteIndex.open(path.join(folder, 'newer.db')), { name: 'ConfigError', code: 'index.newer' });
    assert.throws(() => SqliteIndex.open(path.join(folder, 'no', 'such.db')), {
      name: 'DeviceError',
      code: 'index.cannot-open',
    });
  });
});
