import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fingerprint } from './fingerprint.js';

describe('the fingerprint of sources', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tyto-fingerprint-'));
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const now = (): string => fingerprint(folder, ['src', 'lock.json'], (name) => !name.endsWith('.test.ts'));

  before(() => mkdirSync(path.join(folder, 'src', 'deep'), { recursive: true }));
  beforeEach(() => { write('src/deep/a.ts', 'a'); write('lock.json', '{}'); });
  after(() => rmSync(folder, { recursive: true }));

  it('stays the same whatever the times of the files', () => {
    const before = now();
    utimesSync(path.join(folder, 'src/deep/a.ts'), 1, 1);
    assert.equal(now(), before);
  });
  it('changes with content, with names, and with what is added or gone', () => {
    const seen = [now()];
    write('src/deep/a.ts', 'b');
    seen.push(now());
    renameSync(path.join(folder, 'src/deep/a.ts'), path.join(folder, 'src/deep/b.ts'));
    seen.push(now());
    write('src/c.ts', '');
    seen.push(now());
    rmSync(path.join(folder, 'lock.json'));
    seen.push(now());
    assert.equal(new Set(seen).size, seen.length);
  });
  it('leaves out what does not count', () => {
    const before = now();
    write('src/deep/a.test.ts', 'it');
    assert.equal(now(), before);
  });
  it('is that of nothing where nothing is', () => assert.equal(fingerprint(folder, ['none']), fingerprint(folder, [])));
});
