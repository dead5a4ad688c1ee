import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hours, millis } from '../../device/core/units.ts';
import { add, eventOf, itIsAnIndex, listed, NOON } from '../../test/fleet/index-suite.ts';
import { SCHEMA_STEPS } from './schema.ts';
import { SqliteIndex } from './sqlite-index.ts';
import { SQL } from './sqlite-statements.ts';

describe('index in SQLite', () => {
  describe('is an index:', () => {
    const open: SqliteIndex[] = [];
    after(() => { for (const index of open.splice(0)) index[Symbol.dispose](); });
    itIsAnIndex(async () => {
      const index = SqliteIndex.open(':memory:');
      open.push(index);
      return index;
    }, 30);
  });

  describe('in a file', () => {
    let folder: string;
    const at = (name: string): string => path.join(folder, name);
    beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-index-')); });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('keeps everything over a restart', async () => {
      {
        using index = SqliteIndex.open(at('index.db'));
        await add(index, eventOf({ at: NOON }));
      }
      using again = SqliteIndex.open(at('index.db'));
      assert.equal((await again.events({ limit: 10 })).rows.length, 1);
    });

    for (const version of [1, 3]) {
      it(`keeps what it has when it was made by version ${version}, and finds it by what is asked for today`, async () => {
        const event = eventOf({ at: NOON, kinds: ['motion', 'person'], person: 'Ada', clipBytes: 9 });
        const before = new DatabaseSync(at('old.db'));
        before.exec(`${SCHEMA_STEPS.slice(0, version).join(';')}; PRAGMA user_version = ${version}`);
        before.prepare('INSERT INTO events (id, device, event, folder, ingested_at) VALUES (?, ?, ?, ?, ?)')
          .run(event.id, 'yard', JSON.stringify(event), 'yard/x/', NOON);
        before.prepare('INSERT INTO devices VALUES (?, ?, ?, ?, ?)').run('yard', NOON, NOON, 1, NOON);
        before.close();
        using index = SqliteIndex.open(at('old.db'));
        assert.deepEqual(await index.event('yard', event.id), {
          event, folder: 'yard/x/', ingestedAt: NOON, damage: null, sealed: false, account: 'default', held: [],
        });
        for (const query of [
          { kind: 'person' }, { person: 'Ada', account: 'default' }, { withClip: true, kind: 'motion' },
        ] as const) {
          assert.deepEqual(await listed(index, query), ['yard 0']);
        }
        assert.deepEqual(await index.usage('default'), { events: 1, bytes: 9 });
      });
    }

    it('refuses a file that is no database, or a newer one\'s, and leaves it as it is', async () => {
      await writeFile(at('other.db'), 'not a database, but long enough to be looked at'.repeat(50));
      assert.throws(() => SqliteIndex.open(at('other.db')), { name: 'ConfigError', code: 'index.damaged' });
      assert.match(await readFile(at('other.db'), 'utf8'), /^not a database/);
      const newer = new DatabaseSync(at('newer.db'));
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      assert.throws(() => SqliteIndex.open(at('newer.db')), { name: 'ConfigError', code: 'index.newer' });
      assert.throws(
        () => SqliteIndex.open(path.join(folder, 'no', 'such.db')), { name: 'DeviceError', code: 'index.cannot-open' },
      );
    });

    it('forgets a deleted event only after longer than a device may be offline with it', async () => {
      using index = SqliteIndex.open(at('index.db'));
      const [first, second] = [eventOf({ at: NOON }), eventOf({ at: NOON + 1000 })];
      await add(index, first);
      await add(index, second);
      await index.remove('yard', first.id, NOON);
      await index.remove('yard', second.id, millis(NOON + hours(24 * 401)));
      assert.deepEqual([await index.known('yard', first.id), await index.known('yard', second.id)], [
        { state: 'new' }, { state: 'deleted' },
      ]);
    });
  });

  it('reads each list from an index alone, in its order, whatever is asked for', () => {
    using database = new DatabaseSync(':memory:');
    database.exec(SCHEMA_STEPS.join(';'));
    const hints = [false, true].flatMap((clip) => [false, true].map((motion) => ({ clip, motion })));
    const statements = [
      ...hints.flatMap((hint) => [SQL.eventsOfDevice(hint), SQL.eventsOfAccount(hint)]), SQL.labelsOfDevice,
      SQL.labelsOfAccount, SQL.firstLabel,
    ];
    for (const statement of statements) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${statement}`).all().map(({ detail }) => String(detail));
      assert.equal(plan.length, 1, plan.join('; ')); // no sorting behind it
      assert.match(
        plan[0] ?? '',
        /^SEARCH (?:events USING COVERING INDEX|labels USING (?:COVERING INDEX|PRIMARY KEY)) .*(?:id|label>)/, statement,
      );
    }
  });
});
