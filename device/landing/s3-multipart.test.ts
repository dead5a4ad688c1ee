import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { deliveryOf, KeptToken } from '../../test/landing-suite.ts';
import { deviceBucket } from '../../test/servers/device-bucket.ts';
import { radosgwMissing, sharedRadosGateway, type AccessKey, type RadosGateway } from '../../test/servers/radosgw.ts';
import type { Delivery } from './port.ts';
import { S3Landing } from './s3-landing.ts';

const never = new AbortController().signal;

describe('an upload in parts to a bucket', () => {
  let rgw: RadosGateway;
  let owner: AccessKey;
  let yard: AccessKey;
  let admin: S3Client;
  let folder: string;
  const bucket = 'parts';
  const as = (key: AccessKey): S3Landing =>
    new S3Landing({ endpoint: rgw.endpoint, region: '', bucket, prefix: '', ...key });

  before(async function () {
    const missing = radosgwMissing();
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-s3-parts-'));
    rgw = await sharedRadosGateway();
    ({ owner, device: yard } = await deviceBucket(rgw, bucket, 'yard'));
    admin = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner });
  });
  after(async () => {
    admin?.destroy();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it('begins anew where an upload is gone, and gives up what other content had begun', async () => {
    const clip = async (name: string): Promise<Delivery> => {
      const data = randomBytes(9 * 1024 * 1024);
      await writeFile(path.join(folder, name), data);
      return { ...deliveryOf(data), content: { file: path.join(folder, name) } };
    };
    const begun = async (): Promise<readonly string[]> =>
      ((await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).map(({ UploadId = '' }) =>
        UploadId);
    const [first, second] = [await clip('first.mp4'), await clip('second.mp4')];
    const kept = new KeptToken();
    const cutAt = (limit: number) => {
      const stop = new AbortController();
      return { signal: stop.signal, onBytes: (sent: number) => { if (sent > limit) stop.abort(new Error('enough')); } };
    };
    const put = (
      delivery: Delivery, { signal, onBytes }: { signal: AbortSignal; onBytes?: (sent: number) => void },
    ): Promise<void> =>
      as(yard).put(
        'yard/parts.mp4',
        delivery, signal, { checkpoint: kept.checkpoint, ...(onBytes === undefined ? {} : { onBytes }) },
      );
    await assert.rejects(put(first, cutAt(8.2 * 1024 * 1024)), /enough/);
    const [id] = await begun();
    assert.ok(id !== undefined && kept.token?.includes(id));
    await assert.rejects(put(second, cutAt(1024 * 1024)), /enough/);
    const now = await begun();
    assert.ok(now.length === 1 && now[0] !== id, 'the first is given up');
    await admin.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: 'yard/parts.mp4', UploadId: now[0] }));
    await put(second, { signal: never });
    assert.deepEqual([kept.token, await begun()], [undefined, []]);
    const object = await as(owner).open('yard/parts.mp4', never);
    assert.equal(
      createHash('sha256').update(object === undefined ? '' : await buffer(object.body)).digest('hex'), second.sha256,
    );
  });

  it('is asked for before it goes on, whatever its key may do: a server hangs up on parts of what is gone', async () => {
    const data = randomBytes(17 * 1024 * 1024);
    for (const [name, key] of [['device', yard], ['owner', owner]] as const) {
      const place = `yard/gone-${name}.mp4`;
      const kept = new KeptToken();
      const stop = new AbortController();
      const onBytes = (sent: number): void => { if (sent > 8.2 * 1024 * 1024) stop.abort(new Error('enough')); };
      await assert.rejects(
        as(key).put(place, deliveryOf(data), stop.signal, { checkpoint: kept.checkpoint, onBytes }), /enough/,
      );
      const { Uploads: [{ UploadId } = {}] = [] } = await admin.send(
        new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: place }),
      );
      await admin.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: place, UploadId }));
      let sent = 0;
      const pace = async (bytes: number): Promise<void> => { sent += bytes; };
      await as(key).put(place, deliveryOf(data), never, { checkpoint: kept.checkpoint, pace });
      assert.deepEqual([kept.token, sent], [undefined, data.byteLength], name);
      assert.equal((await as(owner).open(place, never))?.bytes, data.byteLength, name);
    }
  });

  it('knows an upload whose last answer was lost, and sends nothing again', async () => {
    const delivery = deliveryOf(randomBytes(9 * 1024 * 1024));
    for (const [name, key] of [['device', yard], ['owner', owner]] as const) {
      const place = `yard/lost-answer-${name}.mp4`;
      const tokens: (string | undefined)[] = [];
      await as(key).put(
        place, delivery, never, { checkpoint: { token: undefined, save: (token) => { tokens.push(token); } } },
      );
      const sent: number[] = [];
      const token = tokens.at(-2); // as it was right before the end
      await as(key).put(
        place, delivery, never, { checkpoint: { token, save: () => {} }, pace: async (bytes) => void sent.push(bytes) },
      );
      assert.deepEqual(sent, [], name);
    }
  });
});
