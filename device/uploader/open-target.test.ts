import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { openTarget } from './open-target.ts';

const s3 = { endpoint: '', region: '', bucket: '', prefix: '', accessKeyId: '', secretAccessKey: '' };

describe('the store that the settings name', () => {
  let home: string;
  beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'tyto-target-')); });
  afterEach(() => rm(home, { recursive: true }));

  /** Whether a recording that was put into the folder shares its room with the object. */
  async function sharesRoom(create: boolean): Promise<boolean> {
    const [clip, landing] = [path.join(home, 'a.mp4'), path.join(home, 'landing')];
    await writeFile(clip, 'recorded');
    await mkdir(landing);
    const store = openTarget({ target: 'directory', directory: { path: landing, create }, s3 });
    const sha256 = createHash('sha256').update('recorded').digest('hex');
    await store?.landing.put('yard/a.mp4', { content: { file: clip }, bytes: 8, sha256, contentType: 'video/mp4' }, new AbortController().signal);
    return (await stat(clip)).ino === (await stat(path.join(landing, 'yard/a.mp4'))).ino;
  }

  it('takes no room for recordings in the default folder, which is ours', async () => assert.equal(await sharesRoom(true), true));
  it('copies into a folder that somebody named, whose readers may do with it as they like', async () => assert.equal(await sharesRoom(false), false));
  it('is none when uploading is off', () => assert.equal(openTarget({ target: 'none', directory: { path: home, create: true }, s3 }), undefined));
  it('wants a key for a bucket', () =>
    assert.throws(() => openTarget({ target: 's3', directory: { path: home, create: true }, s3 }), (error) => error instanceof ConfigError));
});
