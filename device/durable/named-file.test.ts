import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { faultOfNamed } from './named-file.ts';

describe('a file that a setting names', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-named-'));
    file = path.join(folder, 'authority.pem');
    await writeFile(file, 'any');
  });
  after(() => rm(folder, { recursive: true }));

  it('has no fault where it can be read, and is of the kind that is wanted', async () => {
    assert.equal(await faultOfNamed(file), undefined);
    assert.equal(await faultOfNamed(folder, 'folder'), undefined);
    assert.equal(await faultOfNamed(folder), `${folder} is a folder and no file`);
    assert.equal(await faultOfNamed(file, 'folder'), `${file} is a file and no folder`);
    assert.equal(await faultOfNamed('/nothere.pem'), 'there is no /nothere.pem (ENOENT)');
  });

  it('is not shown where the setting\'s value is not: a key may stand there in the place of a name', async () => {
    const what = (length: number): string => `what was given (${length} characters, not shown)`;
    const secret = 'MC4CAQAwBQYDK2VwBCIEIGsecret';
    assert.equal(await faultOfNamed(secret, 'file', 'hidden'), `${what(28)} names no file that is there (ENOENT)`);
    assert.equal(await faultOfNamed(secret, 'folder', 'hidden'), `${what(28)} names no folder that is there (ENOENT)`);
    assert.equal(await faultOfNamed(folder, 'file', 'hidden'), `${what(folder.length)} is a folder and no file`);
    const within = `${file}/x`;
    assert.equal(await faultOfNamed(within, 'file', 'hidden'), `${what(within.length)} cannot be read (ENOTDIR)`);
    assert.equal(await faultOfNamed(file, 'file', 'hidden'), undefined);
  });

  it('is not shown where it is no name at all: a key that was pasted in a form of its own is a secret', async () => {
    const fault = await faultOfNamed(Buffer.from('private key'.repeat(50)).toString('base64'));
    assert.equal(fault, 'what was given (736 characters, not shown) is too long for the name of a file');
  });
});
