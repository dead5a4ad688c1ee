import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endedEvent, ListedEvents } from '../../test/fixtures/ended-events.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { openQueueFile } from './queue-file.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';

/** As the release before names were told again made it. */
const ITEMS_OF_VERSION_3 = `
  CREATE TABLE item (
    event_id TEXT PRIMARY KEY,
    event TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'refused', 'stored', 'acknowledged', 'dead')),
    class INTEGER NOT NULL, value REAL NOT NULL, asked INTEGER NOT NULL DEFAULT 0,
    stored TEXT NOT NULL DEFAULT '', told TEXT, faulty TEXT NOT NULL DEFAULT '', place INTEGER, manifest TEXT,
    retold INTEGER NOT NULL DEFAULT 0, refused_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0, strikes INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0,
    blame TEXT CHECK (blame IN ('event', 'store')), code TEXT, reason TEXT, died_at INTEGER
  ) STRICT, WITHOUT ROWID;
`;
const KEPT = `event_id, event, state, class, value, asked, stored, told, faulty, place, manifest, retold, refused_at,
  attempts, strikes, next_at, blame, code, reason, died_at`;
const TABLES = ['item', 'tally', 'cursor', 'store', 'meta', 'checkpoint', 'request', 'request_item'];

/** Takes the file back to version 3: the table of items as it was then, and what belongs to it, anew around it. */
function makeOfVersion3(db: DatabaseSync): void {
  const belongs = db.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'item' AND type <> 'table' AND sql <> ''")
    .all().map(({ sql }) => String(sql));
  db.exec(`CREATE TEMP TABLE kept AS SELECT ${KEPT} FROM item; DROP TABLE item; ${ITEMS_OF_VERSION_3}
    INSERT INTO item (${KEPT}) SELECT ${KEPT} FROM kept; DROP TABLE kept;
    ${belongs.join(';')}; PRAGMA user_version = 3`);
}

describe('the file of the upload queue', () => {
  it('of the version before is opened with all that it knew', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-file-'));
    const file = path.join(folder, 'uploads.db');
    const rows = (db: DatabaseSync): unknown =>
      TABLES.map((table) => [table, db.prepare(`SELECT ${table === 'item' ? KEPT : '*'} FROM ${table}`).all()]);
    try {
      const now = millis(1_795_000_000_000);
      {
        using queue = UploadQueue.open(file, uploadPolicy('events'), silentLog);
        queue.add('events', ListedEvents.upTo(4).rows, 'first');
        const [pending, stored, acknowledged, refused] = [1, 2, 3, 4].map((n) => endedEvent(n).id);
        const change = 'UPDATE item SET state = ?, stored = ?, told = ?, place = 0, manifest = ? WHERE event_id = ?';
        queue.db.run(change, 'pending', 'snapshot', 'snapshot', null, pending ?? '');
        queue.db.run(change, 'stored', 'snapshot,clip', 'snapshot,clip', 'a'.repeat(64), stored ?? '');
        queue.db.run(change, 'acknowledged', 'snapshot,clip', 'snapshot,clip', 'b'.repeat(64), acknowledged ?? '');
        queue.db.run(`UPDATE item SET state = 'refused', code = 'landing.occupied', reason = 'the first lies there',
          blame = 'event', attempts = 3, strikes = 2, next_at = ?, refused_at = ? WHERE event_id = ?`,
        now, now, refused ?? '');
      }
      using before = new DatabaseSync(file);
      makeOfVersion3(before);
      const known = rows(before);
      before.close();
      openQueueFile(file, { ...silentLog, warn: (words) => assert.fail(words) })[Symbol.dispose]();
      using after = new DatabaseSync(file);
      assert.deepEqual(rows(after), known);
      assert.deepEqual(after.prepare('SELECT DISTINCT revision, settled FROM item').all().map((row) => ({ ...row })),
        [{ revision: 0, settled: null }]);
      assert.deepEqual((await readdir(folder)).filter((name) => name.includes('broken')), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
