import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { asNobody } from '../../test/as-nobody.ts';
import { BugError, ConfigError, DeviceError } from '../core/errors.ts';
import { StopRequest } from '../runtime/shutdown.ts';
import { DirectoryLanding } from './directory-landing.ts';
import type { Delivery, LandingLister } from './port.ts';

const never = new AbortController().signal;

const deliveryOf = (text: string): Delivery => ({
  content: { data: Buffer.from(text) }, bytes: Buffer.byteLength(text), contentType: 'application/json',
  sha256: createHash('sha256').update(text).digest('hex'),
});

async function allKeys(landing: LandingLister, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await landing.list(prefix, cursor, never);
    keys.push(...page.entries.map(({ key }) => key));
    cursor = page.next;
  } while (cursor !== undefined);
  return keys;
}

describe('landing store in a folder', () => {
  let home: string;
  let root: string;
  let landing: DirectoryLanding;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tyto-landing-'));
    root = path.join(home, 'landing');
    landing = new DirectoryLanding(root, { create: true });
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function clipOf(content: Uint8Array): Promise<{ file: string; delivery: Delivery }> {
    const file = path.join(home, 'clip.mp4');
    await writeFile(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { file, delivery: { content: { file }, bytes: content.byteLength, sha256, contentType: 'video/mp4' } };
  }
  const read = async (key: string): Promise<string | undefined> => {
    const object = await landing.open(key, never);
    return object === undefined ? undefined : (await buffer(object.body)).toString();
  };

  it('is empty before anything was put', async () => assert.deepEqual(await allKeys(landing), []));

  it('stores a file under its key, as a copy that outlives changes of the original', async () => {
    const { file, delivery } = await clipOf(Buffer.alloc(20 * 1024 * 1024, 'frame'));
    await landing.put('yard/2026/11/21/a.mp4', delivery, never);
    await appendFile(file, 'more');
    assert.deepEqual(await allKeys(landing), ['yard/2026/11/21/a.mp4']);
    assert.equal((await landing.open('yard/2026/11/21/a.mp4', never))?.bytes, delivery.bytes);
    const stored = await readFile(path.join(root, 'yard/2026/11/21/a.mp4'));
    assert.equal(createHash('sha256').update(stored).digest('hex'), delivery.sha256);
  });

  describe('that may hold recordings under a second name', () => {
    const key = 'yard/2026/11/21/a.mp4';
    beforeEach(() => { landing = new DirectoryLanding(root, { create: true, link: true }); });
    const inodes = async (file: string) =>
      Promise.all([file, path.join(root, key)].map(async (name) => (await stat(name)).ino));

    it('takes no room for a recording, which stays when the object is taken away', async () => {
      const { file, delivery } = await clipOf(Buffer.from('recorded'));
      await landing.put(key, delivery, never);
      const [ours, theirs] = await inodes(file);
      assert.equal(ours, theirs);
      await landing.remove(key, never);
      assert.equal(await readFile(file, 'utf8'), 'recorded');
      await landing.put(key, delivery, never);
      await rm(file);
      assert.equal(await read(key), 'recorded');
    });

    it('replaces what is under the same key, also by itself, and leaves nothing beside it', async () => {
      const { delivery } = await clipOf(Buffer.from('recorded'));
      await landing.put(key, deliveryOf('older'), never);
      for (let time = 0; time < 2; time++) await landing.put(key, delivery, never);
      assert.deepEqual([await read(key), await readdir(path.join(root, path.dirname(key)))], ['recorded', ['a.mp4']]);
    });

    it('keeps what was put when another file takes the recording\'s name', async () => {
      const { file, delivery } = await clipOf(Buffer.from('recorded'));
      await landing.put(key, delivery, never);
      await writeFile(`${file}.new`, 'another');
      await rename(`${file}.new`, file);
      assert.equal(await read(key), 'recorded');
    });

    it('refuses a file that was changed or went missing, and stores nothing', async () => {
      const { file, delivery } = await clipOf(Buffer.from('recorded'));
      await writeFile(file, 'recorder');
      await assert.rejects(landing.put(key, delivery, never), {
        code: 'landing.source-changed', message: new RegExp(`^${file} `),
      });
      await rm(file);
      await assert.rejects(landing.put(key, delivery, never), { code: 'landing.source-missing' });
      assert.deepEqual(await readdir(path.join(root, path.dirname(key))), []);
    });

    it('says when an object came, however old the recording is', async () => {
      const { file, delivery } = await clipOf(Buffer.from('recorded'));
      await utimes(file, new Date('2020-01-01'), new Date('2020-01-01'));
      await landing.put(key, delivery, never);
      const [entry] = (await landing.list('', undefined, never)).entries;
      assert.ok(Date.now() - (entry?.modifiedAt ?? 0) < 60_000);
    });

    it('copies what a second name cannot be given to: what lies on another file system, or is a link itself', async function () {
      const { file, delivery } = await clipOf(Buffer.from('recorded'));
      await rename(file, `${file}.moved`);
      await symlink(`${file}.moved`, file);
      await landing.put(key, delivery, never);
      assert.equal(await read(key), 'recorded');
      if (!existsSync('/dev/shm')) return this.skip();
      const elsewhere = await mkdtemp('/dev/shm/tyto-landing-');
      try {
        await writeFile(path.join(elsewhere, 'clip.mp4'), 'recorded');
        await landing.put('yard/b.mp4', { ...delivery, content: { file: path.join(elsewhere, 'clip.mp4') } }, never);
        assert.equal(await read('yard/b.mp4'), 'recorded');
      } finally {
        await rm(elsewhere, { recursive: true });
      }
    });
  });

  it('replaces what is under the same key, and leaves nothing beside it', async () => {
    await landing.put('yard/a.json', deliveryOf('one'), never);
    await landing.put('yard/a.json', deliveryOf('two'), never);
    assert.equal(await read('yard/a.json'), 'two');
    assert.deepEqual(await readdir(path.join(root, 'yard')), ['a.json']);
  });

  it('refuses a file that was changed, grew, shrank or went missing, and stores nothing', async () => {
    const { file, delivery } = await clipOf(Buffer.from('recorded'));
    const put = () => landing.put('yard/a.mp4', delivery, never);
    for (const content of ['recorder', 'recorded!', 'record']) {
      await writeFile(file, content);
      await assert.rejects(put, { name: 'DeviceError', code: 'landing.source-changed' });
    }
    await rm(file);
    await assert.rejects(put, { code: 'landing.source-missing' });
    assert.deepEqual(await readdir(path.join(root, 'yard')), []);
  });

  it('stores nothing when it is told to stop', async () => {
    const stop = new AbortController();
    const { delivery } = await clipOf(Buffer.alloc(8 * 1024 * 1024));
    const put = landing.put('yard/a.mp4', delivery, stop.signal);
    const reason = new StopRequest('enough');
    stop.abort(reason);
    await assert.rejects(put, (error) => error === reason);
    assert.deepEqual(await allKeys(landing), []);
  });

  it('takes only keys of our own form', async () => {
    for (const key of [
      '', '/a', 'a/', 'a//b', '../a', 'a/../b', 'a/.b', '.a', 'a b', 'a\\b', 'a\0', 'ü', 'a.part',
      `a/${'x'.repeat(201)}`,
    ]) {
      await assert.rejects(landing.put(key, deliveryOf('x'), never), BugError, key);
    }
  });

  it('reads nothing from outside its folder, whatever the key and whatever lies there', async () => {
    await writeFile(path.join(home, 'secret'), 'secret');
    await mkdir(path.join(root, 'yard'), { recursive: true });
    await symlink(path.join(home, 'secret'), path.join(root, 'yard/link'));
    await symlink(home, path.join(root, 'away'));
    for (const key of [
      '../secret', 'yard/../../secret', 'yard/link', 'away/secret', `${home}/secret`, '/etc/hostname', 'yard',
      'yard/link\0',
    ]) {
      assert.equal(await landing.open(key, never), undefined, key);
      await landing.remove(key, never).catch(() => {});
    }
    assert.equal(await readFile(path.join(home, 'secret'), 'utf8'), 'secret');
    assert.deepEqual(await allKeys(landing), []);
  });

  it('does not show drafts and hidden files', async () => {
    await mkdir(path.join(root, 'yard/.hidden'), { recursive: true });
    for (const name of ['.a.mp4.1.part', 'b.mp4.part', '.hidden/c', 'd.mp4'])
      await writeFile(path.join(root, 'yard', name), 'x');
    assert.deepEqual(await allKeys(landing), ['yard/d.mp4']);
  });

  it('removes the drafts that a killed run left in a folder, once it writes there again', async () => {
    await landing.put('yard/a.json', deliveryOf('a'), never);
    await writeFile(path.join(root, 'yard/.b.mp4.3f1c2d04-86a5-4f3e-9d7e-aa00bb11cc22.part'), 'half');
    await new DirectoryLanding(root, { create: true }).put('yard/b.json', deliveryOf('b'), never);
    assert.deepEqual((await readdir(path.join(root, 'yard'))).sort(), ['a.json', 'b.json']);
  });

  it('removes an object and the folders that it leaves empty, and puts there again', async () => {
    await landing.put('yard/2026/11/21/a.json', deliveryOf('a'), never);
    await landing.remove('yard/2026/11/21/a.json', never);
    await landing.remove('yard/2026/11/21/a.json', never);
    assert.deepEqual(await readdir(root), []);
    await landing.put('yard/2026/11/21/a.json', deliveryOf('a'), never);
    assert.equal(await read('yard/2026/11/21/a.json'), 'a');
  });

  it('lists any set of keys completely, in order, from any cursor on and below any prefix', async () => {
    const segment = fc.constantFrom('a', 'a-b', 'a.b', 'b', 'a_', 'A', 'a0');
    const someKeys = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}.x`), { maxLength: 12 },
    );
    await fc.assert(fc.asyncProperty(someKeys, fc.constantFrom(
      '', 'a', 'a/', 'a-', 'a/a', 'b.x',
    ), fc.nat(12), async (keys, prefix, skip) => {
      const folder = await mkdtemp(path.join(home, 'any-'));
      for (const key of keys) {
        await mkdir(path.dirname(path.join(folder, key)), { recursive: true });
        await writeFile(path.join(folder, key), '');
      }
      const expected = keys.filter((key) => key.startsWith(prefix)).sort();
      const cursor = expected[skip - 1];
      const { entries } = await new DirectoryLanding(folder, { create: true }).list(prefix, cursor, never);
      assert.deepEqual(entries.map(({ key }) => key), cursor === undefined ? expected : expected.slice(skip));
    }), { numRuns: 40 });
  });

  it('passes over a folder that may not be read, says so, and lists it once it may', async () => {
    const { delivery } = await clipOf(Buffer.from('clip'));
    const keys = ['attic/a.mp4', 'barn/2026/a.mp4', 'yard/a.mp4'];
    for (const key of keys) await landing.put(key, delivery, never);
    const seen = async () => {
      const { entries, unreadable } = await landing.list('', undefined, never);
      return [entries.map(({ key }) => key), unreadable];
    };
    const open = async (): Promise<void> => {
      for (const folder of [home, root, ...['attic', 'barn', 'barn/2026', 'yard'].map((name) => path.join(root, name))])
        await chmod(folder, 0o755);
    };
    await open();
    await chmod(path.join(root, 'barn/2026'), 0o000);
    assert.deepEqual(await asNobody(seen), [['attic/a.mp4', 'yard/a.mp4'], ['barn/2026/']]);
    await chmod(path.join(root, 'attic'), 0o744); // its names, and no more
    assert.deepEqual(await asNobody(seen), [['yard/a.mp4'], ['attic/', 'barn/2026/']]);
    await chmod(root, 0o700);
    await assert.rejects(asNobody(seen), { code: 'landing.folder-refused' });
    await open();
    assert.deepEqual(await asNobody(seen), [keys, []]);
  });

  it('lists long folders in pages of a thousand', async () => {
    await mkdir(path.join(root, 'yard'), { recursive: true });
    const names = Array.from({ length: 1200 }, (_, n) => `yard/${String(n).padStart(5, '0')}.x`);
    await Promise.all(names.map((name) => writeFile(path.join(root, name), '')));
    const first = await landing.list('yard/', undefined, never);
    assert.deepEqual([first.entries.length, first.next], [1000, 'yard/00999.x']);
    assert.deepEqual(await allKeys(landing), names);
  });

  it('writes nothing beneath a mount point whose disk is not there, and works once it is', async () => {
    const share = new DirectoryLanding(root, { create: false });
    await assert.rejects(share.put('yard/a.json', deliveryOf('a'), never), { code: 'landing.folder-missing' });
    await assert.rejects(share.list('', undefined, never), DeviceError);
    await mkdir(root);
    await share.put('yard/a.json', deliveryOf('a'), never);
    await rename(root, `${root}-unmounted`);
    await assert.rejects(share.put('yard/b.json', deliveryOf('b'), never), { code: 'landing.folder-missing' });
    await assert.rejects(stat(root), { code: 'ENOENT' });
  });

  it('says so when a file stands where a folder is needed', async () => {
    await mkdir(root);
    await writeFile(path.join(root, 'yard'), '');
    await assert.rejects(landing.put('yard/a.json', deliveryOf('a'), never), (error) =>
      error instanceof ConfigError && error.message.includes(root));
  });
});
