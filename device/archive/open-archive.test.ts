import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLog, type Log } from '../core/log.ts';
import { suspectMark } from './archive.ts';
import { openArchive } from './open-archive.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { dawn, eventAt, idAt, temporaryFolder } from '../../test/recording/events.ts';

describe('opening the catalogue', () => {
  const withFile = async (use: (file: string) => void | Promise<void>): Promise<void> => {
    await using folder = await temporaryFolder();
    await use(path.join(folder.path, 'data', 'archive.db'));
  };
  const filled = (file: string, events = 300): void => {
    using archive = openArchive(file, dawn, silentLog);
    archive.transaction(() => { for (let second = 0; second < events; second++) archive.putEvent(eventAt(second, { lasted: 1 })); });
  };

  const brokenOnes = async (file: string): Promise<string[]> => (await readdir(path.dirname(file))).filter((name) => name.includes('.broken-'));

  it('makes it, folder and all, and finds it again', () => withFile((file) => {
    filled(file);
    using archive = openArchive(file, dawn, silentLog);
    assert.equal(archive.view.get(idAt(3))?.id, idAt(3));
  }));

  it('puts a damaged one aside, says so loudly, and begins a new one', () => withFile(async (file) => {
    const damages: Record<string, () => Promise<void>> = {
      'no database at all': () => writeFile(file, 'this is a text'.repeat(1000)),
      'another database': async () => { await writeFile(file, ''); using db = new DatabaseSync(file); db.exec('CREATE TABLE x (y); PRAGMA user_version = 1'); },
      'overwritten pages': async () => {
        await using handle = await open(file, 'r+');
        await handle.write(new Uint8Array(40_000).fill(0x5a), 0, 40_000, 8192);
      },
    };
    for (const [what, damage] of Object.entries(damages)) {
      filled(file);
      await damage();
      const { size } = await stat(file);
      const said: string[] = [];
      const log: Log = { ...silentLog, error: (message) => { said.push(message); } };
      using archive = openArchive(file, dawn, log);
      const putAside = `${file}.broken-20261121T060000.000Z`;
      assert.ok(said[0]?.includes('damaged') && said[0].includes(putAside), what);
      assert.deepEqual(archive.view.list({ limit: 1 }), []);
      archive.putEvent(eventAt(0));
      assert.equal((await stat(putAside)).size, size, 'nothing of it is thrown away');
    }
  }));

  it('begins a new one where a crash left an empty file', () => withFile(async (file) => {
    await mkdir(path.dirname(file));
    await writeFile(file, '');
    using archive = openArchive(file, dawn, silentLog);
    archive.putEvent(eventAt(0));
    assert.deepEqual(await brokenOnes(file), []);
  }));

  it('marks one in which damage shows while it is used, so that the next start mends it', () => withFile(async (file) => {
    filled(file, 12_000); // more than SQLite holds in memory
    const archive = openArchive(file, dawn, silentLog);
    await using handle = await open(file, 'r+');
    await handle.write(new Uint8Array((await stat(file)).size - 8192).fill(0x5a), 0, undefined, 8192);
    assert.throws(() => archive.putEvent(eventAt(6000, { lasted: 2 })), { code: 'archive.corrupt', message: /restart Tyto/ });
    assert.ok(existsSync(suspectMark(file)));
    archive[Symbol.dispose]();
    using renewed = openArchive(file, dawn, silentLog);
    assert.deepEqual([renewed.view.list({ limit: 1 }), (await brokenOnes(file)).length > 0], [[], true]);
    assert.ok(!existsSync(suspectMark(file)));
  }));

  it('works with the catalogue of a newer Tyto and leaves its version alone', () => withFile((file) => {
    filled(file);
    using db = new DatabaseSync(file);
    db.exec(`ALTER TABLE events ADD COLUMN starred INTEGER; PRAGMA user_version = ${SCHEMA_VERSION + 5}`);
    using archive = openArchive(file, dawn, silentLog);
    archive.putEvent(eventAt(1, { lasted: 3 }));
    assert.equal(archive.view.get(idAt(1))?.end_time, dawn / 1000 + 4);
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], SCHEMA_VERSION + 5);
  }));

  it('does not keep its caller waiting for another program that holds it: that is asked again later', () => withFile((file) => {
    using archive = openArchive(file, dawn, silentLog);
    using holder = new DatabaseSync(file);
    holder.exec('BEGIN IMMEDIATE');
    const began = performance.now();
    assert.throws(() => archive.putEvent(eventAt(0)), { name: 'DeviceError', code: 'archive.busy' });
    assert.ok(performance.now() - began < 1000);
    holder.exec('ROLLBACK');
    archive.putEvent(eventAt(0));
    assert.equal(archive.view.get(idAt(0))?.id, idAt(0));
  }));

  it('says what to do when it cannot be opened', () => withFile(async (file) => {
    await mkdir(file, { recursive: true });
    assert.throws(() => openArchive(file, dawn, silentLog), { name: 'DeviceError', code: 'archive.cannot-open' });
    await writeFile(path.join(path.dirname(file), 'blocker'), '');
    assert.throws(() => openArchive(path.join(path.dirname(file), 'blocker', 'archive.db'), dawn, silentLog), { code: 'archive.cannot-open' });
    assert.deepEqual(await readdir(file), [], 'nothing was touched');
  }));
});
