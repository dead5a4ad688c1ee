import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLog } from '../../core/log.ts';
import { Outbox } from './outbox.ts';

describe('the outbox for the house\'s broker', () => {
  it('counts only what the disk has taken', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-outbox-'));
    const file = path.join(folder, 'house.db');
    const db = new DatabaseSync(file);
    // What is added goes wrong as late as on a full disk: when it is committed.
    db.exec(`CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload BLOB NOT NULL,
      late INTEGER DEFAULT 1 REFERENCES elsewhere (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE elsewhere (id INTEGER PRIMARY KEY); PRAGMA user_version = 1;`);
    db.close();
    {
      using outbox = Outbox.open(file, silentLog);
      assert.throws(() => outbox.add('events', Buffer.from('x')), { code: 'house.outbox-failed' });
      assert.deepEqual([outbox.waiting, outbox.next(10).length], [0, 0]);
    }
    await rm(folder, { recursive: true, force: true });
  });
});
