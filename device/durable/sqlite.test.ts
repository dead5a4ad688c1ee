import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BugError, DeviceError } from '../core/errors.ts';
import { millis, type Millis } from '../core/units.ts';
import { openOrBeginAnew } from './put-aside.ts';
import { damagedFault, isCorrupt, sqliteFault, type SqliteTerms } from './sqlite-fault.ts';
import { Sqlite } from './sqlite.ts';

const terms: SqliteTerms = {
  code: (trouble) => `shop.${trouble}`, what: 'the ledger',
  meanwhile: 'nothing is sold until then', mend: 'begin a new one',
};
const dawn = millis(Date.UTC(2026, 10, 21, 6, 0, 0));

describe('an SQLite file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-sqlite-'));
    file = path.join(folder, 'shop.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const openWriter = (busyTimeout: Millis = millis(50)): Sqlite => Sqlite.openWriter(file, { busyTimeout, terms });
  function filled(): Sqlite {
    const database = openWriter();
    database.exec('CREATE TABLE sale (id INTEGER PRIMARY KEY, price REAL NOT NULL) STRICT; PRAGMA user_version = 3');
    return database;
  }

  it('takes values by place or by name, and gives rows back', () => {
    using database = filled();
    database.run('INSERT INTO sale (price) VALUES (?)', 2.5);
    database.run('INSERT INTO sale (price) VALUES (:price)', { price: 4 });
    assert.equal(database.get('SELECT price FROM sale WHERE id = ?', 1)?.['price'], 2.5);
    assert.deepEqual(database.all('SELECT price FROM sale WHERE price > :least', { least: 3 })
      .map((row) => row['price']), [4]);
    assert.equal(database.get('SELECT price FROM sale WHERE id = 9'), undefined);
    assert.equal(database.version, 3);
  });

  it('lets the text of its tables be edited by what alters them, and by nothing else', () => {
    using database = filled();
    const edit = `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', ''); PRAGMA writable_schema = RESET`;
    const insert = (): void => database.run('INSERT INTO sale (price) VALUES (NULL)');
    assert.throws(() => database.exec(edit));
    assert.throws(insert);
    database.alter(edit);
    assert.doesNotThrow(insert);
    assert.throws(() => database.exec(edit));
    database.check();
  });

  it('leaves nothing of what an earlier version deleted, either', async () => {
    const older = new DatabaseSync(file);
    older.exec('PRAGMA journal_mode = WAL; PRAGMA secure_delete = FAST; CREATE TABLE buyer (name TEXT)');
    for (let n = 0; n < 20; n++) older.prepare('INSERT INTO buyer VALUES (?)').run('Adelheid '.repeat(1500));
    older.exec('DELETE FROM buyer; PRAGMA user_version = 3');
    older.close();
    assert.ok((await readFile(file)).includes('Adelheid'));
    using database = openWriter();
    assert.equal(database.version, 3);
    database.overwriteFreed();
    database.check();
    database[Symbol.dispose]();
    assert.ok(!(await readFile(file)).includes('Adelheid'));
  });

  it('leaves nothing of what was deleted in its files once it is closed, also while somebody reads it', async () => {
    const database = filled();
    using reader = Sqlite.openReader(file, { busyTimeout: millis(50), terms });
    database.exec('CREATE TABLE buyer (name TEXT)');
    database.run('INSERT INTO buyer VALUES (?)', 'Adelheid '.repeat(5000));
    assert.equal(reader.get('SELECT count(*) AS n FROM buyer')?.['n'], 1);
    database.run('DELETE FROM buyer');
    database[Symbol.dispose]();
    for (const name of await readdir(folder))
      assert.equal((await readFile(path.join(folder, name))).includes('Adelheid'), false, name);
    assert.equal(reader.get('SELECT count(*) AS n FROM buyer')?.['n'], 0);
  });

  it('makes every commit durable', () => {
    using database = filled();
    assert.deepEqual(
      [database.get('PRAGMA journal_mode')?.['journal_mode'], database.get('PRAGMA synchronous')?.['synchronous']],
      ['wal', 2],
    );
  });

  it('writes what belongs together whole or not at all', () => {
    using database = filled();
    const sell = (price: number): void => database.run('INSERT INTO sale (price) VALUES (?)', price);
    database.transaction(() => { sell(1); database.transaction(() => sell(2)); });
    assert.throws(() => database.transaction(() => { sell(3); throw new Error('half way'); }), /half way/);
    assert.throws(
      () => database.transaction(() => { sell(4); database.run('INSERT INTO sale (price) VALUES (NULL)'); }), BugError,
    );
    assert.deepEqual(database.all('SELECT price FROM sale').map((row) => row['price']), [1, 2]);
  });

  it('waits no longer than it was told for another program that holds the file, and works again afterwards', () => {
    using holder = filled();
    using database = openWriter(millis(30));
    const began = performance.now();
    holder.transaction(() => assert.throws(() => database.run('INSERT INTO sale (price) VALUES (1)'),
      {
        name: 'DeviceError', code: 'shop.busy',
        message: `${file}: another program holds the ledger; see which one uses the file, and stop it`,
      }));
    assert.ok(performance.now() - began < 4000, 'not the seconds that others wait');
    database.run('INSERT INTO sale (price) VALUES (1)');
  });

  it('lets a reader see what was committed, and write nothing', () => {
    using database = filled();
    database.run('INSERT INTO sale (price) VALUES (1)');
    using reader = Sqlite.openReader(file, { busyTimeout: millis(50), terms });
    database.transaction(() => {
      database.run('INSERT INTO sale (price) VALUES (2)');
      assert.equal(reader.all('SELECT * FROM sale').length, 1);
    });
    assert.equal(reader.all('SELECT * FROM sale').length, 2);
    assert.throws(() => reader.run('DELETE FROM sale'), { code: 'shop.read-only' });
  });

  it('says what to do by what went wrong, with stable codes, and keeps the cause', () => {
    const fault = (errcode: number): Error => sqliteFault(Object.assign(new Error('raw'), { errcode }), file, terms);
    assert.match(fault(4874).message, /the disk is full/, 'no room for what a WAL shares is no failing disk');
    const codes = [5, 6, 15, 8, 10, 266, 11, 26, 13, 3, 14].map(fault)
      .map((error) => error instanceof DeviceError && error.code);
    assert.deepEqual(codes.map((code) => String(code).replace('shop.', '')), [
      'busy', 'busy', 'busy', 'read-only', 'disk-error', 'disk-error', 'corrupt', 'corrupt',
      'disk-full', 'cannot-open', 'cannot-open',
    ]);
    assert.match(fault(13).message, /free some space; nothing is sold until then/);
    assert.ok(fault(1) instanceof BugError && (fault(1).cause as Error).message === 'raw');
    const foreign = new Error('not of SQLite');
    assert.equal(sqliteFault(foreign, file, terms), foreign);
    assert.throws(() => Sqlite.openWriter(path.join(folder, 'nowhere', 'shop.db'), { busyTimeout: millis(0), terms }), {
      code: 'shop.cannot-open',
    });
  });

  it('finds damage, also as the cause of another error', async () => {
    using database = filled();
    database.check();
    database.exec(
      'INSERT INTO sale (price) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT 1 FROM n',
    );
    database[Symbol.dispose]();
    await using handle = await open(file, 'r+');
    await handle.write(new Uint8Array(8192).fill(0x5a), 0, undefined, 8192);
    using damaged = openWriter();
    assert.throws(() => damaged.check(), (error) =>
      isCorrupt(error) && isCorrupt(new Error('around it', { cause: error })));
    assert.equal(isCorrupt(sqliteFault(Object.assign(new Error('raw'), { errcode: 5 }), file, terms)), false);
  });

  it('puts a damaged one aside, whole, and begins anew', async () => {
    await writeFile(file, 'this is a text'.repeat(1000));
    const { size } = await stat(file);
    const places: string[] = [];
    using database = openOrBeginAnew(
      file, dawn, filled, ({ place, why }) => { places.push(place); assert.ok(isCorrupt(why)); },
    );
    database.run('INSERT INTO sale (price) VALUES (1)');
    assert.deepEqual(places, [`${file}.broken-20261121T060000.000Z`]);
    assert.equal((await stat(places[0] ?? '')).size, size);
  });

  it('puts its log aside with it: a new one must not take it for its own', async () => {
    for (const part of ['', '-wal', '-shm']) await writeFile(`${file}${part}`, 'x');
    let asked = 0;
    openOrBeginAnew(file, dawn, () => { if (asked++ === 0) throw damagedFault('unsound', file, terms); }, () => {});
    const broken = 'shop.db.broken-20261121T060000.000Z';
    assert.deepEqual((await readdir(folder)).sort(), [broken, `${broken}-shm`, `${broken}-wal`]);
  });

  it('puts nothing aside for any other reason, nor twice', async () => {
    const never = (): void => assert.fail('it was put aside');
    assert.throws(() => openOrBeginAnew(file, dawn, () => { throw new DeviceError('shop.busy', 'held'); }, never), {
      code: 'shop.busy',
    });
    let asked = 0;
    assert.throws(
      () => openOrBeginAnew(file, dawn, () => { asked++; throw damagedFault('still', file, terms); }, () => {}),
      { code: 'shop.corrupt' },
    );
    assert.equal(asked, 2);
  });
});
