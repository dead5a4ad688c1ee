import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadOptional } from './load-optional.ts';

const missing = 'a-package-that-nobody-installed';
const thrown = (error: unknown) => () => Promise.reject(error);

describe('loading an optional package', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-optional-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives the module where it is there', async () => {
    const loaded = await loadOptional('path', () => import('node:path'));
    assert.ok(loaded.ok && typeof loaded.module === 'object');
  });

  it('says that a package is not installed, however it is asked for', async () => {
    const require = createRequire(import.meta.url);
    for (const load of [
      () => import(missing) as Promise<unknown>, () => Promise.resolve().then(() => require(missing) as unknown),
    ]) {
      assert.deepEqual(await loadOptional(missing, load), { ok: false, reason: `${missing} is not installed` });
    }
  });

  it('says that a native part fits another machine', async () => {
    const addon = path.join(folder, 'addon.node');
    await writeFile(addon, 'no shared object');
    const require = createRequire(import.meta.url);
    const loaded = await loadOptional('addon', () => Promise.resolve().then(() => require(addon) as unknown));
    assert.match(
      loaded.ok ? '' : loaded.reason, /^addon was built for another Node\.js or machine; type: npm rebuild addon$/,
    );
  });

  it('says that a native part is missing', async () => {
    const loaded = await loadOptional(
      'rpio', thrown(Object.assign(new Error('Could not locate the bindings file. Tried:\n → a'), { tries: ['a'] })),
    );
    assert.deepEqual(loaded, {
      ok: false, reason: 'rpio is installed without its native part; type: npm rebuild rpio',
    });
  });

  it('gives the first line of whatever else goes wrong', async () => {
    const loaded = await loadOptional('odd', thrown(new Error('no hardware\nat somewhere')));
    assert.deepEqual(loaded, { ok: false, reason: 'odd does not load: no hardware' });
  });
});
