import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { millis, seconds } from '../../device/core/units.ts';
import { VirtualClock } from '../../device/runtime/virtual-clock.ts';
import { DirectoryLibrary } from './directory-library.ts';
import { loadLinkKey } from './link-key.ts';
import { LinkSigner } from './link-signer.ts';

const START = millis(1_795_252_530_123);
const KEY = 'yard/2026/11/21/a.mp4';

describe('library in a folder', () => {
  let home: string;
  let root: string;
  let library: DirectoryLibrary;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tyto-library-'));
    root = path.join(home, 'library');
    library = new DirectoryLibrary(root, new LinkSigner(Buffer.alloc(32, 7), () => START), '/media/');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function put(key: string, content: string): Promise<void> {
    const file = path.join(home, 'staged');
    await writeFile(file, content);
    await library.put(key, file);
  }
  async function read(key: string, range?: { start: number; end: number }): Promise<string | undefined> {
    const object = await library.open(key);
    return object && text(object.stream(range));
  }

  it('takes a file in, gives it back whole and in part, and forgets it', async () => {
    await put(KEY, 'hello owl');
    assert.deepEqual(await readdir(home), ['library']);
    assert.equal(await read(KEY), 'hello owl');
    assert.equal(await read(KEY, { start: 6, end: 8 }), 'owl');
    await library.remove(KEY);
    assert.equal(await read(KEY), undefined);
    await library.remove(KEY);
    assert.deepEqual(await readdir(root), [], 'empty days leave no folders');
  });

  it('replaces what was there, while a reader goes on with what it opened', async () => {
    await put(KEY, 'old one');
    await using before = await library.open(KEY);
    await put(KEY, 'new');
    assert.equal(before && await text(before.stream()), 'old one');
    assert.equal(await read(KEY), 'new');
  });

  it('lets nobody out of its folder', async () => {
    await writeFile(path.join(home, 'secret'), 'x');
    await mkdir(root);
    await symlink(path.join(home, 'secret'), path.join(root, 'link'));
    await mkdir(path.join(root, 'folder.mp4'));
    for (const key of [
      '../secret',
      'link',
      'folder.mp4',
      '/etc/passwd',
      '',
      '.',
      'a//b',
      './a',
      'a/../../secret',
      'a\0b',
      'a b',
      `a/${'x'.repeat(300)}`,
    ]) {
      assert.equal(await library.open(key), undefined, JSON.stringify(key));
    }
    await assert.rejects(library.put('../secret', path.join(home, 'secret')), { code: 'storage.key-invalid' });
    await assert.rejects(library.remove('../secret'), { code: 'storage.key-invalid' });
    assert.equal(await readFile(path.join(home, 'secret'), 'utf8'), 'x');
  });

  it('is not empty but away while the share that it is on is not mounted', async () => {
    const share = new DirectoryLibrary(
      root, new LinkSigner(Buffer.alloc(32, 7), () => START), '/media/', { create: false },
    );
    await put(KEY, 'hello owl');
    await rename(root, path.join(home, 'unmounted'));
    await assert.rejects(share.open(KEY), { code: 'storage.folder-missing' });
    await assert.rejects(
      share.remove(KEY), { code: 'storage.folder-missing' }, 'or its file would come back with the share',
    );
    await rename(path.join(home, 'unmounted'), root);
    await share.remove(KEY);
    await share.remove(KEY);
    assert.equal(await share.open(KEY), undefined);
  });

  it('writes links that need no escaping', async () => {
    const { href, expiresAt } = await library.signedLink(KEY, seconds(100));
    assert.match(href, /^\/media\/yard\/2026\/11\/21\/a\.mp4\?expires=1795252630\.123&signature=[A-Za-z0-9_-]{43}$/);
    assert.equal(expiresAt, START + 100_000);
  });
});

describe('signed links', () => {
  const key = Buffer.alloc(32, 7);
  const clock = new VirtualClock(START);
  const signer = new LinkSigner(key, () => clock.now());

  it('die after exactly their time', async () => {
    const claim = signer.sign(KEY, seconds(100));
    assert.equal(signer.check(KEY, claim), 'good');
    await clock.advance(millis(99_999));
    assert.equal(signer.check(KEY, claim), 'good');
    await clock.advance(millis(1));
    assert.equal(signer.check(KEY, claim), 'expired');
    await clock.advance(seconds(86_400));
    assert.equal(signer.check(KEY, claim), 'expired');
  });

  it('open no other object, for no longer, with no other key', () => {
    const claim = signer.sign(KEY, seconds(100));
    assert.equal(signer.check('yard/2026/11/21/b.mp4', claim), 'forged');
    assert.equal(signer.check(KEY, { ...claim, expires: String(Number(claim.expires) + 100) }), 'forged');
    assert.equal(signer.check(KEY, { ...claim, expires: `0${claim.expires}` }), 'forged');
    assert.equal(new LinkSigner(Buffer.alloc(32, 8), () => START).check(KEY, claim), 'forged');
  });

  it('refuse any made-up claim', () =>
    fc.assert(
      fc.property(
        fc.string(),
        fc.oneof(fc.string(), fc.constant('9999999999.000')),
        fc.oneof(fc.string(), fc.base64String({ minLength: 43, maxLength: 44 })),
        (object, expires, signature) => assert.equal(signer.check(object, { expires, signature }), 'forged'),
      ),
    ));
});

describe('key of the links', () => {
  let home: string;
  beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'tyto-key-')); });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is made once, for nobody else to read', async () => {
    const file = path.join(home, 'links.key');
    const key = await loadLinkKey(file);
    assert.equal(key.byteLength, 32);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await loadLinkKey(file), key);
  });

  it('is not replaced when it is damaged', async () => {
    const file = path.join(home, 'links.key');
    await writeFile(file, 'short');
    await assert.rejects(loadLinkKey(file), { code: 'storage.link-key' });
    assert.equal(await readFile(file, 'utf8'), 'short');
  });
});
