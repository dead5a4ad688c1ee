import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { HeadObjectCommand, PutObjectAclCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { deviceBucket, guidePolicies } from '../../test/servers/device-bucket.ts';
import { radosgwMissing, sharedRadosGateway, type AccessKey, type RadosGateway } from '../../test/servers/radosgw.ts';
import { describeError } from '../core/errors.ts';
import type { Delivery } from './port.ts';
import { S3Landing } from './s3-landing.ts';

const never = new AbortController().signal;
const settings = {
  endpoint: '', region: '', bucket: 'landing', prefix: '', accessKeyId: 'KEY', secretAccessKey: 'hush-hush',
};

const deliveryOf = (data: Uint8Array): Delivery => ({
  content: { data }, bytes: data.byteLength,
  contentType: 'image/jpeg', sha256: createHash('sha256').update(data).digest('hex'),
});
const small = deliveryOf(Buffer.from('picture'));

describe('landing store in a bucket', () => {
  const missing = radosgwMissing();
  let rgw: RadosGateway;
  let owner: AccessKey;
  let yard: AccessKey;
  let admin: S3Client;
  let rawYard: S3Client;
  let folder: string;
  const bucket = 'landing';
  const as = (key: AccessKey, more = {}): S3Landing =>
    new S3Landing({ ...settings, endpoint: rgw.endpoint, bucket, ...key, ...more });

  before(async function () {
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-s3-'));
    rgw = await sharedRadosGateway();
    ({ owner, device: yard } = await deviceBucket(rgw, bucket, 'yard'));
    admin = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner });
    rawYard = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: yard });
  });
  after(async () => {
    admin?.destroy();
    rawYard?.destroy();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it('lets a device add below its prefix and list it, with the policy of the guide', async () => {
    using device = as(yard);
    await device.put('yard/2026/11/21/a.jpg', small, never);
    const { entries, next } = await device.list('yard/', undefined, never);
    assert.deepEqual(entries.map(({ key, bytes }) => ({ key, bytes })), [{ key: 'yard/2026/11/21/a.jpg', bytes: 7 }]);
    assert.ok(Math.abs((entries[0]?.modifiedAt ?? 0) - Date.now()) < 60_000);
    assert.equal(next, undefined);
  });

  it('stores type and SHA-256 with an object, readable for the owner of the bucket', async () => {
    await as(yard).put('yard/facts.jpg', small, never);
    const head = await admin.send(new HeadObjectCommand({ Bucket: bucket, Key: 'yard/facts.jpg' }));
    assert.deepEqual([head.ContentType, head.Metadata], ['image/jpeg', { sha256: small.sha256 }]);
    const object = await as(owner).open('yard/facts.jpg', never);
    assert.equal(object?.bytes, 7);
    assert.equal(object === undefined ? '' : (await buffer(object.body)).toString(), 'picture');
  });

  it('lets a device do nothing else: not read, not delete, not look at or write to others', async () => {
    using device = as(yard);
    await device.put('yard/own.jpg', small, never);
    await as(owner).put('garage/other.jpg', small, never);
    const denied = { name: 'ConfigError', code: 's3.access-denied' };
    await assert.rejects(device.open('yard/own.jpg', never), denied);
    await assert.rejects(device.remove('yard/own.jpg', never), denied);
    await assert.rejects(device.list('', undefined, never), denied);
    await assert.rejects(device.list('garage/', undefined, never), denied);
    await assert.rejects(device.put('garage/mine.jpg', small, never), denied);
    await assert.rejects(device.put('yardstick/mine.jpg', small, never), denied);
    for (const mail of ['answers', 'requests'])
      await assert.rejects(device.put(`yard/${mail}/mine`, small, never), denied);
    for (const access of [
      { ACL: 'public-read' }, { GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' },
    ] as const) {
      await assert.rejects(rawYard.send(new PutObjectAclCommand({ Bucket: bucket, Key: 'yard/own.jpg', ...access })), {
        name: 'AccessDenied',
      });
    }
    assert.notEqual(await as(owner).open('yard/own.jpg', never), undefined);
  });

  it('streams a large clip from its file', async () => {
    const clip = randomBytes(12 * 1024 * 1024);
    const file = path.join(folder, 'clip.mp4');
    await writeFile(file, clip);
    await as(yard).put('yard/clip.mp4', { ...deliveryOf(clip), content: { file } }, never);
    const object = await as(owner).open('yard/clip.mp4', never);
    assert.ok(object !== undefined && clip.equals(await buffer(object.body)));
  });

  it('never stores a file that is not what was recorded', async () => {
    const file = path.join(folder, 'changed.mp4');
    await writeFile(file, 'changed');
    const changed = { name: 'DeviceError', code: 'landing.source-changed' };
    await assert.rejects(as(yard).put('yard/changed.mp4', { ...small, content: { file } }, never), changed);
    await assert.rejects(as(yard).put('yard/changed.mp4', { ...small, content: { file }, bytes: 6 }, never), changed);
    await assert.rejects(as(yard).put('yard/gone.mp4', { ...small, content: { file: `${file}.gone` } }, never), {
      code: 'landing.source-missing',
    });
    assert.equal(await as(owner).open('yard/changed.mp4', never), undefined);
  });

  it('stops an upload when told to, and stores nothing of it', async () => {
    const stop = new AbortController();
    const clip = deliveryOf(randomBytes(64 * 1024 * 1024));
    const put = as(yard).put('yard/stopped.mp4', clip, stop.signal);
    setTimeout(() => { stop.abort(new Error('enough')); }, 100);
    await assert.rejects(put, /enough/);
    assert.equal(await as(owner).open('yard/stopped.mp4', never), undefined);
  });

  it('keeps to its prefix in a shared bucket', async () => {
    const shared = as(owner, { prefix: 'cameras/' });
    await shared.put('yard/a.jpg', small, never);
    assert.deepEqual((await shared.list('yard/', undefined, never)).entries.map(({ key }) => key), ['yard/a.jpg']);
    assert.notEqual(await as(owner).open('cameras/yard/a.jpg', never), undefined);
    await shared.remove('yard/a.jpg', never);
    await shared.remove('yard/a.jpg', never);
    assert.equal(await shared.open('yard/a.jpg', never), undefined);
  });

  it('lists whatever characters others put into keys', async () => {
    const odd = ['odd/+plus', 'odd/\u0001control', 'odd/per%cent', 'odd/späce here', 'odd/<&>'];
    for (const Key of odd) await admin.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    const { entries } = await as(owner).list('odd/', undefined, never);
    assert.deepEqual(entries.map(({ key }) => key).sort(), [...odd].sort());
  });

  it('says which setting is wrong, and never the secret', async () => {
    const put = (more: object): Promise<void> => as(yard, more).put('yard/a.jpg', small, never);
    for (const [more, code] of [
      [{ secretAccessKey: 'hush-hush' }, 's3.credentials-refused'],
      [{ accessKeyId: 'NOBODY' }, 's3.credentials-refused'],
      [{ bucket: 'elsewhere' }, 's3.bucket-missing'],
    ] as const) {
      await assert.rejects(put(more), (error: Error) => {
        assert.equal((error as unknown as { code: string }).code, code);
        assert.doesNotMatch(describeError(error), new RegExp(`hush-hush|${yard.secretAccessKey}`));
        return error.name === 'ConfigError';
      });
    }
  });

  it('takes the policies of the guide from one another', async () => {
    const [bucketPolicy = '', userPolicy = ''] = await guidePolicies();
    const bare = (text: string): unknown =>
      (JSON.parse(text) as { Statement: { Action: string[]; Resource: string[]; Effect: string; Sid: string }[] })
        .Statement.filter(({ Sid }) => Sid !== 'ForTheOwnerAlone') // of access lists, which not all servers have
        .map(({ Sid, Effect, Action, Resource }) => ({ Sid, Effect, Action, Resource }));
    assert.deepEqual(bare(bucketPolicy), bare(userPolicy));
  });
});

describe('landing store in a bucket that is none', () => {
  async function served(listener: RequestListener, use: (landing: S3Landing) => Promise<void>): Promise<void> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const landing = new S3Landing({
      ...settings, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    try {
      await use(landing);
    } finally {
      landing[Symbol.dispose]();
      server.closeAllConnections();
      server.close();
    }
  }
  const page: RequestListener = (request, response) => {
    request.resume().on(
      'end', () => { response.setHeader('content-type', 'text/html').end('<html><body>Please log in</body></html>'); },
    );
  };

  it('does not take the login page of a network for a successful upload', () => served(page, async (landing) => {
    await assert.rejects(landing.put('yard/a.jpg', small, never), { name: 'RemoteError', code: 's3.not-s3' });
    await assert.rejects(landing.list('', undefined, never), { code: 's3.not-s3' });
  }));

  it('tells a server that fails, or is in haste, from one that refuses the object', async () => {
    for (const [status, code] of [
      [500, 's3.failing'], [503, 's3.failing'], [429, 's3.failing'], [413, 'landing.object-refused'],
      [507, 's3.full'], [301, 's3.region-wrong'],
    ] as const) {
      await served((request, response) => { request.resume().on('end', () => { response.writeHead(status).end(); }); },
        (landing) => assert.rejects(landing.put('yard/a.jpg', small, never), { code }));
    }
  });

  it('takes an answer that breaks off for no word about the object', async () => {
    for (const status of [400, 404, 413]) {
      await served((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(status, { 'content-length': 1000 }).write('<?xml', () => response.destroy());
        });
      }, (landing) => assert.rejects(landing.put('yard/a.jpg', small, never), { code: 's3.interrupted' }));
    }
  });

  it('reports a server that cannot be reached, or hangs up', async () => {
    await served((request) => { request.socket.destroy(); },
      (landing) =>
        assert.rejects(landing.put('yard/a.jpg', small, never), { name: 'RemoteError', code: 's3.unreachable' }));
    await assert.rejects(
      new S3Landing({ ...settings, endpoint: 'http://127.0.0.1:9' }).put('yard/a.jpg', small, never),
      { code: 's3.unreachable' },
    );
  });

  it('leaves a server that answers nothing as soon as it is told to stop', () => served(() => {}, async (landing) => {
    const stop = new AbortController();
    const put = landing.put('yard/a.mp4', deliveryOf(Buffer.alloc(4 * 1024 * 1024)), stop.signal);
    setTimeout(() => { stop.abort(new Error('enough')); }, 50);
    await assert.rejects(put, /enough/);
  }));

  it('refuses settings that cannot work together, all at once', () => {
    assert.throws(() => new S3Landing({ ...settings, bucket: '', endpoint: 'ftp://x', accessKeyId: '' }),
      { name: 'ConfigError', code: 's3.settings', message: /bucket.*http.*empty/ });
  });
});
