import assert from 'node:assert/strict';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mailFolderOf, parseAnswerKey } from '../../device/contract/mail.ts';
import { S3Landing } from '../../device/landing/s3-landing.ts';
import { millis } from '../../device/core/units.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { fileFacts, makeClip, makePicture } from '../../test/fleet/footage.ts';
import { uploadOf } from '../../test/fleet/uploads.ts';
import { deviceBucket } from '../../test/servers/device-bucket.ts';
import { radosgwMissing, sharedRadosGateway } from '../../test/servers/radosgw.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const never = new AbortController().signal;

describe('ingest from a bucket', function () {

  it('takes in what a device put with its own key, and is not led astray by any key', async function () {
    const missing = radosgwMissing();
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      return this.skip();
    }
    const rgw = await sharedRadosGateway();
    const bucket = 'fleet-ingest';
    const { owner, device } = await deviceBucket(rgw, bucket, 'yard');
    const settings = { endpoint: rgw.endpoint, region: 'us-east-1', bucket, prefix: '' };
    using uploader = new S3Landing({ ...settings, ...device });
    using landing = new S3Landing({ ...settings, ...owner });
    await using bench = await IngestBench.open({ limits: { orphansAfter: millis(1) } });

    const raw = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner });
    const hostile = [
      'yard/../shed/x',
      '../x',
      '/etc/passwd',
      'yard//x',
      'yard/.',
      'yard/ü\n%2f+ x',
      'yard/folder/',
      `yard/${'y'.repeat(1000)}`,
      'x.json',
      '.json',
      '..json',
    ];
    for (const Key of hostile) await raw.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    raw.destroy();
    const upload = uploadOf({ clip: await makeClip(1), picture: await makePicture() }, { at: NOON });
    for (const [key, data] of upload.objects) {
      const { bytes, sha256 } = fileFacts('', data);
      await uploader.put(key, { content: { data }, bytes, sha256, contentType: 'application/octet-stream' }, never);
    }

    const left = async (): Promise<readonly string[]> =>
      (await landing.list('', undefined, never)).entries.map(({ key }) => key);
    await bench.runUntil(async () => (await left()).every((key) => mailFolderOf(key) === 'answers'), { landing });
    const told = (await uploader.list('yard/answers/', undefined, never)).entries.map(({ key }) => parseAnswerKey(key));
    assert.deepEqual(
      told.map((answer) => [answer?.event, answer?.verdict]), [[upload.event.id, 'taken']], 'its device finds it',
    );
    assert.deepEqual(await bench.accepted, [`yard ${upload.event.id}`]);
    assert.deepEqual([...(await bench.rejected).keys()].sort(), [...hostile].sort());
    assert.deepEqual(await bench.files('library'), [...upload.objects.keys()].sort());
    assert.equal((await bench.files('quarantine')).length, 2 * hostile.length, 'each with its reason');
  });
});
