import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient, type Message,
} from '@aws-sdk/client-sqs';
import { mailFolderOf, parseAnswerKey } from '../device/contract/mail.ts';
import { silentLog } from '../device/core/log.ts';
import { S3Landing } from '../device/landing/s3-landing.ts';
import { systemClock } from '../device/runtime/clock.ts';
import { Keyring } from '../device/vault/wrapped-key.ts';
import { fileFacts, makeClip, makePicture, sealed } from '../test/fleet/footage.ts';
import { notified, wrappedBySns } from '../test/fleet/s3-notification.ts';
import { uploadOf } from '../test/fleet/uploads.ts';
import { deviceBucket } from '../test/servers/device-bucket.ts';
import { DynamoServer } from '../test/servers/dynalite.ts';
import { radosgwMissing, sharedRadosGateway } from '../test/servers/radosgw.ts';
import { REGION, startSqs } from '../test/servers/sqs.ts';
import { DynamoConnection } from './index/dynamodb/connection.ts';
import { DynamoIndex } from './index/dynamodb/dynamodb-index.ts';
import { filingRegister } from './filing-register.ts';
import { CloudHandlers } from './ingest/cloud/handlers.ts';
import { DEFAULT_LIMITS } from './ingest/limits.ts';
import { Signers } from './ingest/signers.ts';
import { S3Store } from './storage/s3-store.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const never = new AbortController().signal;
const minute = { getRemainingTimeInMillis: () => 60_000 };

describe('ingest in Lambda', () => {
  it('brings what a queue tells of from one bucket to the other and into the tables, once, with an answer', async function () {
    const missing = radosgwMissing();
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      return this.skip();
    }
    const rgw = await sharedRadosGateway();
    await using dynamo = await DynamoServer.start();
    await using sqs = await startSqs();
    const scratch = await mkdtemp(path.join(tmpdir(), 'tyto-lambda-'));
    try {
      const { owner, device } = await deviceBucket(rgw, 'lambda-landing', 'yard');
      const at = { endpoint: rgw.endpoint, region: 'us-east-1', prefix: '' };
      const admin = new S3Client({
        endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner,
      });
      await admin.send(new CreateBucketCommand({ Bucket: 'lambda-library' }));
      using uploader = new S3Landing({ ...at, bucket: 'lambda-landing', ...device });
      using landing = new S3Landing({ ...at, bucket: 'lambda-landing', ...owner });
      using library = new S3Store({ ...at, bucket: 'lambda-library', ...owner }, never);
      using quarantine = new S3Store({ ...at, bucket: 'lambda-library', prefix: '_quarantine/', ...owner }, never);
      using signers = new S3Store({ ...at, bucket: 'lambda-library', prefix: '_signers/', ...owner }, never);
      const connection = new DynamoConnection(await dynamo.freshTables());
      using index = await DynamoIndex.open(connection, { now: () => systemClock.now(), shards: 1 });
      const handlers = new CloudHandlers({
        parts: {
          landing, library, quarantine, signers: new Signers(signers),
          register: filingRegister(index, (event) => index.owners.ownerOf(event)),
          keys: new Keyring([]), clock: systemClock, limits: DEFAULT_LIMITS,
        },
        bucket: 'lambda-landing', prefix: '', scratch, log: silentLog,
      });

      await index.owners.give('yard', 'farm');
      const good = uploadOf(
        { clip: sealed(await makeClip(1, '64x48')), picture: await makePicture('64x48') }, { at: NOON },
      );
      const bad = uploadOf({ picture: Buffer.from('<script>') }, { at: NOON + 60_000 });
      const client = new SQSClient({
        endpoint: `http://127.0.0.1:${sqs.port}`, region: REGION,
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      });
      const QueueUrl = sqs.queue('ingest');
      for (const [key, data] of [...good.objects, ...bad.objects]) {
        const { bytes, sha256 } = fileFacts('', data);
        await uploader.put(key, { content: { data }, bytes, sha256, contentType: 'application/octet-stream' }, never);
        const told = notified('lambda-landing', [key], 'ObjectCreated:Put', new Date().toISOString());
        for (const MessageBody of [told, wrappedBySns(told)])
          await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      }
      for (let messages = await receive(); messages.length > 0; messages = await receive()) {
        const { batchItemFailures } = await handlers.batch(
          { Records: messages.map(({ MessageId = '', Body = '' }) => ({ messageId: MessageId, body: Body })) }, minute,
        );
        assert.deepEqual(batchItemFailures, []);
        for (const { ReceiptHandle } of messages)
          await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      async function receive(): Promise<readonly Message[]> {
        return (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];
      }

      const { rows } = await index.events({ limit: 9 });
      assert.deepEqual(rows.map(({ event, account }) => [event, account]), [[good.event, 'farm']]);
      assert.deepEqual((await index.rejected({ limit: 9 })).rows.map(({ code }) => code), ['picture.not-jpeg']);
      const kept =
        (await admin.send(new ListObjectsV2Command({ Bucket: 'lambda-library' }))).Contents?.map(({ Key = '' }) =>
          Key) ?? [];
      assert.deepEqual(kept.filter((key) => !key.startsWith('_')), [...good.objects.keys()].sort());
      assert.deepEqual(kept.filter((key) => key.startsWith('_signers')), ['_signers/yard.json']);
      const left = (await uploader.list('yard/', undefined, never)).entries.map(({ key }) => key);
      assert.ok(left.every((key) => mailFolderOf(key) === 'answers'), left.join());
      assert.deepEqual(left.map((key) => parseAnswerKey(key))
        .map((answer) => [answer?.event, answer?.verdict]), [[good.event.id, 'taken'], [bad.event.id, 'refused']]);
      assert.equal((await handlers.sweep(minute)).whole, true);
      admin.destroy();
      client.destroy();
    } finally {
      await rm(scratch, { recursive: true });
    }
  });

  it('says which setting is missing, at every call until it is there', () => {
    const script = `
      const { handler } = await import(${JSON.stringify(fileURLToPath(new URL('lambda.ts', import.meta.url)))});
      const call = () => handler({ Records: [] }, { getRemainingTimeInMillis: () => 60000 }).then(JSON.stringify, (error) => error.message.slice(0, 60));
      console.log(await call());
      process.env.TYTO_FLEET_LANDING = 's3://landing';
      console.log(await call());`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8', env: { PATH: process.env['PATH'] },
    });
    assert.deepEqual(
      stdout.trim().split('\n').map((line) => line.split(' must')[0]), ['TYTO_FLEET_LANDING', 'TYTO_FLEET_INDEX'],
    );
  });
});
