import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rmdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, describeError } from './errors.ts';

describe('what the system refused', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tyto-words-'));
    writeFileSync(path.join(folder, 'file'), '');
  });
  after(() => rmSync(folder, { recursive: true }));

  const said = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (cause) {
      return describeError(cause).replaceAll(folder, '');
    }
    return 'nothing';
  };
  const at = (...name: readonly string[]): string => path.join(folder, ...name);

  it('is said in words, with the code to look for', async () => {
    assert.deepEqual(await Promise.all([
      readFile(at('none')), mkdir(at('file')), readdir(at('file')), open(at('file', 'x'), 'w'), readFile(at()),
      rmdir(at()),
    ].map(said)), [
      'there is no /none (ENOENT)', 'something is at /file already (EEXIST)',
      '/file, or what it lies in, is a file and no folder (ENOTDIR)',
      '/file/x, or what it lies in, is a file and no folder (ENOTDIR)',
      'the file is a folder and no file (EISDIR)', ' is not empty (ENOTEMPTY)',
    ]);
  });

  it('names what is in the way, and both places where it may be either', async () => {
    writeFileSync(at('other'), '');
    await mkdir(at('folder'));
    assert.deepEqual(await Promise.all([
      link(at('file'), at('other')), rename(at('file'), at('folder')), rename(at('file'), at('none', 'x')),
      rename(at('file'), at('other', 'x')),
    ].map(said)), [
      'something is at /other already (EEXIST)', '/folder is a folder and no file (EISDIR)',
      'there is no /file, or no folder for /none/x (ENOENT)',
      '/file or /other/x, or what it lies in, is a file and no folder (ENOTDIR)',
    ]);
  });

  it('is said of networks, too, and behind what it was the cause of', async () => {
    const refused = new Promise<never>((_resolve, reject) => {
      connect(9, '127.0.0.9').once('error', (cause) =>
        reject(new ConfigError('x.y', 'the broker does not answer', { cause })));
    });
    assert.equal(await said(refused), 'the broker does not answer: nothing listens at 127.0.0.9:9 (ECONNREFUSED)');
  });

  it('leaves alone what no system said, and what it has no words for', () => {
    const strange = Object.assign(new Error('EOWL: hoo'), { code: 'EOWL', syscall: 'hoot' });
    const own = Object.assign(new Error('no owls'), { code: 'ENOENT' });
    assert.deepEqual([strange, own, 'text'].map(describeError), ['EOWL: hoo', 'no owls', 'text']);
  });
});
