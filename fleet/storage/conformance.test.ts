import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { millis, seconds } from '../../device/core/units.ts';
import { eventually } from '../../test/eventually.ts';
import { CLOUDS, type Cloud } from '../../test/fleet/clouds.ts';
import { DirectoryLibrary } from './directory-library.ts';
import { LinkSigner } from './link-signer.ts';
import type { LibraryStore } from './port.ts';

const KEY = 'yard/2026/11/21/a.mp4';
const NOWHERE = 'http://127.0.0.1:1';

describe('stores of the fleet', function () {
  let home: string;
  before(async () => { home = await mkdtemp(path.join(tmpdir(), 'tyto-stores-')); });
  after(() => rm(home, { recursive: true, force: true }));

  const stage = async (content: string | Buffer): Promise<string> => {
    const file = path.join(home, `staged-${randomBytes(4).toString('hex')}`);
    await writeFile(file, content);
    return file;
  };
  const put = async (store: LibraryStore, key: string, content: string | Buffer): Promise<void> =>
    store.put(key, await stage(content));
  const read = async (
    store: LibraryStore, key: string, range?: { start: number; end: number },
  ): Promise<Buffer | undefined> => {
    await using object = await store.open(key);
    return object && await buffer(object.stream(range));
  };
  const keysOf = async (store: LibraryStore, prefix: string, most?: number): Promise<string[][]> => {
    const pages: string[][] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await store.list(prefix, cursor, most);
      pages.push(page.entries.map(({ key }) => key));
      cursor = page.next;
    }
    return pages;
  };

  /** What every store does, wherever it is. */
  function keepsObjects(storeOf: () => LibraryStore): void {
    it('takes a file in, gives it back whole and in part, and forgets it', async () => {
      const store = storeOf();
      const file = await stage('hello owl');
      await store.put(KEY, file);
      assert.equal(existsSync(file), false);
      assert.equal((await read(store, KEY))?.toString(), 'hello owl');
      assert.equal((await read(store, KEY, { start: 6, end: 8 }))?.toString(), 'owl');
      await using object = await store.open(KEY);
      assert.equal(object?.bytes, 9);
      assert.equal(Buffer.from(await object?.read(6, 100) ?? []).toString(), 'owl');
      assert.equal((await object?.read(9, 4))?.byteLength, 0);
      await put(store, KEY, 'another');
      assert.equal((await read(store, KEY))?.toString(), 'another');
      await store.remove(KEY);
      assert.equal(await read(store, KEY), undefined);
      await store.remove(KEY);
    });

    it('keeps what is empty, and what is large, as it is', async () => {
      const store = storeOf();
      await put(store, 'yard/empty', '');
      assert.equal((await read(store, 'yard/empty'))?.byteLength, 0);
      const clip = randomBytes(20 * 1024 * 1024 + 7);
      await put(store, 'yard/large.mp4', clip);
      assert.ok(clip.equals(await read(store, 'yard/large.mp4') ?? Buffer.alloc(0)));
      assert.deepEqual(
        await read(store, 'yard/large.mp4', { start: 8_388_600, end: 8_388_615 }), clip.subarray(8_388_600, 8_388_616),
      );
      await store.remove('yard/large.mp4');
      await store.remove('yard/empty');
    });

    it('holds one of two that come under a key at once, and never some of both', async () => {
      const contents = [1, 2].map((fill) => Buffer.alloc(20 * 1024 * 1024, fill));
      const puts = await Promise.allSettled(contents.map((content) => put(storeOf(), 'yard/twice.mp4', content)));
      assert.ok(puts.some(({ status }) => status === 'fulfilled'), 'one may be refused, and comes again');
      const held = await read(storeOf(), 'yard/twice.mp4');
      assert.ok(contents.some((content) => held?.equals(content)));
      await storeOf().remove('yard/twice.mp4');
    });

    it('lists what begins with a prefix, in order, page by page', async () => {
      const store = storeOf();
      const keys = ['shed/1.jpg', 'shed/2.jpg', 'shed/2/a.jpg', 'shed/3.jpg', 'shed/4.jpg', 'shed2/1.jpg'];
      await Promise.all(keys.map((key) => put(store, key, key)));
      assert.deepEqual(await keysOf(store, 'shed/'), [keys.slice(0, 5)]);
      assert.deepEqual((await keysOf(store, 'shed', 4)).flat(), keys);
      assert.deepEqual((await keysOf(store, 'shed/2')).flat(), ['shed/2.jpg', 'shed/2/a.jpg']);
      assert.deepEqual((await keysOf(store, 'nobody/')).flat(), []);
      const [first] = (await store.list('shed/', undefined, 1)).entries;
      assert.deepEqual([first?.key, first?.bytes], ['shed/1.jpg', 10]);
      assert.ok(Math.abs((first?.modifiedAt ?? 0) - Date.now()) < 60_000);
      for (const key of keys) await store.remove(key);
    });

    it('takes no key that leads elsewhere', async () => {
      const store = storeOf();
      const file = await stage('x');
      for (const key of ['../x', '/x', '', 'a//b', 'a b', 'a/../../x']) {
        assert.equal(await store.open(key), undefined, key);
        await assert.rejects(store.put(key, file), { code: 'storage.key-invalid' });
        await assert.rejects(store.remove(key), { code: 'storage.key-invalid' });
        await assert.rejects(store.signedLink(key, seconds(100)), { code: 'storage.key-invalid' });
      }
      assert.ok(existsSync(file));
    });
  }

  describe('in a folder', () => {
    let library: DirectoryLibrary;
    before(() => {
      library = new DirectoryLibrary(
        path.join(home, 'library'), new LinkSigner(Buffer.alloc(32), () => millis(Date.now())), '/media/',
      );
    });
    keepsObjects(() => library);
  });

  for (const [where, start] of Object.entries(CLOUDS)) {
    describe(`in ${where}`, () => {
      let cloud: Cloud;
      let end = async (): Promise<void> => {};
      before(async function () {
        const started = await start();
        if (typeof started === 'string') {
          console.log(`    skipped: ${started}`);
          return this.skip();
        }
        ({ cloud, end } = started);
      });
      after(() => end());

      keepsObjects(() => cloud.store());

      it('keeps to its prefix', async () => {
        const shared = cloud.store({ prefix: 'tyto/library/' });
        await put(shared, KEY, 'below');
        assert.deepEqual((await shared.list('yard/')).entries.map(({ key }) => key), [KEY]);
        assert.equal((await read(cloud.store(), `tyto/library/${KEY}`))?.toString(), 'below');
        assert.equal(await read(cloud.store(), KEY), undefined);
        assert.equal((await fetch((await shared.signedLink(KEY, seconds(100))).href)).status, 200);
        await shared.remove(KEY);
      });

      it('gives out links that a browser can play from, for 100 seconds', async () => {
        const store = cloud.store();
        await put(store, KEY, 'hello owl');
        const { href, expiresAt } = await store.signedLink(KEY, seconds(100));
        const whole = await fetch(href);
        assert.deepEqual(
          [whole.status, whole.headers.get('content-type'), await whole.text()], [200, 'video/mp4', 'hello owl'],
        );
        const part = await fetch(href, { headers: { range: 'bytes=6-' } });
        assert.deepEqual(
          [part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 6-8/9', 'owl'],
        );
        const says = cloud.lasts(new URL(href));
        assert.ok(says > 40 && says <= 100, `${says}`);
        assert.ok(expiresAt <= Date.now() + 100_000);
      });

      it('refuses a link that is dead, was tampered with, or was never signed', async () => {
        const store = cloud.store();
        await put(store, KEY, 'hello owl');
        await put(store, 'yard/other.mp4', 'hush');
        const { href } = await store.signedLink(KEY, seconds(100));
        const refused = async (link: string | URL): Promise<boolean> => {
          const answer = await fetch(link);
          const text = await answer.text();
          return answer.status >= 400 && answer.status < 500 && !/owl|hush/.test(text);
        };
        assert.ok(await refused(href.replace('a.mp4', 'other.mp4')), 'another object');
        assert.ok(await refused(href.split('?')[0] ?? ''), 'unsigned');
        const longer = new URL(href);
        for (const name of ['X-Amz-Expires', 'X-Goog-Expires'])
          if (longer.searchParams.has(name)) longer.searchParams.set(name, '1000');
        if (longer.searchParams.has('se'))
          longer.searchParams.set('se', new Date(Date.now() + 1e6).toISOString().replace(/\.\d+/, ''));
        assert.ok(await refused(longer), 'a longer life');
        assert.ok(
          await refused((await cloud.store({ secret: cloud.secret }).signedLink(KEY, seconds(100))).href),
          'another key',
        );
        const dying = await store.signedLink(KEY, seconds(2));
        await eventually('its death', () => refused(dying.href));
        assert.ok(Date.now() >= dying.expiresAt - 1000, 'not before its time');
      });

      it('lets others put one object for it, and no other', async () => {
        const store = cloud.store();
        const body = Buffer.from('sent by a device');
        const upload = {
          bytes: body.byteLength, contentType: 'image/jpeg', sha256: createHash('sha256').update(body).digest('hex'),
        };
        const granted = await store.signPut('yard/granted.jpg', upload, seconds(100));
        const send = async (url: string, content: Buffer): Promise<number> => {
          const answer = await fetch(
            url, { method: granted.method, headers: granted.headers, body: new Uint8Array(content) },
          );
          await answer.arrayBuffer();
          return answer.status;
        };
        assert.ok(await send(granted.url.replace('granted', 'elsewhere'), body) >= 400, 'another object');
        if (cloud.bindsSize) assert.ok(await send(granted.url, Buffer.concat([body, body])) >= 400, 'another size');
        assert.equal(await read(store, 'yard/granted.jpg'), undefined);
        assert.ok(await send(granted.url, body) < 300);
        assert.deepEqual(await read(store, 'yard/granted.jpg'), body);
        const { status } = await fetch(granted.url);
        assert.ok(status >= 400, 'it is no leave to read');
        const dying = await store.signPut('yard/late.jpg', upload, seconds(1));
        await eventually('its death', async () => await send(dying.url, body) >= 400);
      });

      it('says what is wrong, in words and a code, and keeps the file', async () => {
        const file = await stage('x');
        const fails = (more: Parameters<Cloud['store']>[0], code: string): Promise<void> =>
          assert.rejects(cloud.store(more).put(KEY, file), { code: `${cloud.name}.${code}` });
        await fails({ secret: cloud.secret }, 'credentials-refused');
        await fails({ bucket: 'there-is-none' }, cloud.missing);
        await fails({ endpoint: NOWHERE }, 'unreachable');
        for (const work of [
          cloud.store({ endpoint: NOWHERE }).open(KEY), cloud.store({ endpoint: NOWHERE }).list(''),
          cloud.store({ endpoint: NOWHERE }).remove(KEY),
        ])
          await assert.rejects(work, { code: `${cloud.name}.unreachable` });
        assert.ok(existsSync(file));
      });

      it('stops at once when told to, with nothing of it to be seen', async () => {
        const stop = new AbortController();
        const store = cloud.store({}, stop.signal);
        const file = await stage(Buffer.alloc(32 * 1024 * 1024, 1));
        const under = store.put('yard/stopped.mp4', file);
        setTimeout(() => { stop.abort(new Error('enough')); }, 20);
        await assert.rejects(under, /enough/);
        await assert.rejects(store.list(''), /enough/);
        assert.equal(await read(cloud.store(), 'yard/stopped.mp4'), undefined);
        assert.ok(existsSync(file));
      });
    });
  }
});
