import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { openTarget, type TargetName } from './open-target.ts';

const s3 = { endpoint: '', region: '', bucket: '', prefix: '', accessKeyId: '', secretAccessKey: '' };
const others = {
  azure: { endpoint: '', container: '', prefix: '', sas: '' },
  gcs: { endpoint: '', bucket: '', prefix: '', key: '' },
  vault: { url: '', key: '', ca: '' },
  kerberos: { url: '', accessKey: '', secretAccessKey: '', provider: '', directory: '', region: '', ca: '' },
};

describe('the store that the settings name', () => {
  let home: string;
  beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'tyto-target-')); });
  afterEach(() => rm(home, { recursive: true }));

  /** Whether a recording that was put into the folder shares its room with the object. */
  async function sharesRoom(create: boolean): Promise<boolean> {
    const [clip, landing] = [path.join(home, 'a.mp4'), path.join(home, 'landing')];
    await writeFile(clip, 'recorded');
    await mkdir(landing);
    const store = openTarget({ target: 'directory', directory: { path: landing, create }, s3, ...others });
    const sha256 = createHash('sha256').update('recorded').digest('hex');
    await store?.landing.put('yard/a.mp4', {
      content: { file: clip }, bytes: 8, sha256, contentType: 'video/mp4',
    }, new AbortController().signal);
    return (await stat(clip)).ino === (await stat(path.join(landing, 'yard/a.mp4'))).ino;
  }

  it('takes no room for recordings in the default folder, which is ours', async () =>
    assert.equal(await sharesRoom(true), true));
  it('copies into a folder that somebody named, whose readers may do with it as they like', async () =>
    assert.equal(await sharesRoom(false), false));
  it('is none when uploading is off', () =>
    assert.equal(openTarget({ target: 'none', directory: { path: home, create: true }, s3, ...others }), undefined));

  it('says of every target what it lacks', () => {
    for (const target of ['s3', 'azure', 'gcs', 'vault', 'kerberos-vault', 'kerberos-hub'] satisfies TargetName[]) {
      assert.throws(() => openTarget({ target, directory: { path: home, create: true }, s3, ...others }), (error) =>
        error instanceof ConfigError, target);
    }
  });

  it('names each place without its keys, and says of a Kerberos Vault that nobody answers there', () => {
    const open = (target: TargetName) => openTarget({
      target, directory: { path: home, create: true }, s3,
      azure: { endpoint: 'https://a.blob.core.windows.net', container: 'c', prefix: 'p', sas: 'sig=hush' },
      gcs: others.gcs,
      vault: { url: 'https://fleet', key: 'hush', ca: '' },
      kerberos: {
        url: 'https://vault', accessKey: 'hush', secretAccessKey: 'hush', provider: 'minio', directory: 'farm',
        region: '', ca: '',
      },
    });
    assert.deepEqual(([
      'azure', 'vault', 'kerberos-vault',
    ] as const).map((target) => [open(target)?.name, open(target)?.answers]), [
      ['azure https://a.blob.core.windows.net c p', undefined],
      ['vault https://fleet', undefined], ['kerberos-vault https://vault minio farm', false],
    ]);
  });

  it('believes the authority that is named, and says when it cannot be read', () => {
    const open = (ca: string) => openTarget({
      target: 'vault', directory: { path: home, create: true }, s3, ...others,
      vault: { url: 'https://fleet', key: 'k', ca },
    });
    assert.throws(() => open(path.join(home, 'none.pem')), {
      name: 'ConfigError', code: 'upload.ca-invalid', message: /upload\.vault\.ca.*none\.pem/,
    });
  });
});
