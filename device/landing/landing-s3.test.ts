import { CutLine } from '../../test/fixtures/cut-line.ts';
import { describeLanding } from '../../test/landing-suite.ts';
import { deviceBucket } from '../../test/servers/device-bucket.ts';
import { radosgwMissing, sharedRadosGateway, type AccessKey } from '../../test/servers/radosgw.ts';
import { S3Landing } from './s3-landing.ts';
import { S3_PARTS } from './s3-multipart.ts';

const BUCKET = 'suite';

describeLanding('a landing in a bucket, as any landing', async () => {
  const missing = radosgwMissing();
  if (missing !== undefined) return missing;
  const rgw = await sharedRadosGateway();
  const { owner, device } = await deviceBucket(rgw, BUCKET, 'yard');
  const line = await CutLine.to(rgw.endpoint);
  const opened: S3Landing[] = [];
  const as = (endpoint: string, key: AccessKey): S3Landing => {
    const landing = new S3Landing({ endpoint, region: '', bucket: BUCKET, prefix: '', ...key });
    opened.push(landing);
    return landing;
  };
  return {
    device: () => as(line.by(rgw.endpoint), device),
    fleet: () => as(rgw.endpoint, owner),
    line, againBytes: S3_PARTS.bytes,
    forgotten: (token) => token.replace(/"id":"[^"]+"/, '"id":"2~nothing"'), deviceReplaces: true,
    forbiddenKeys: ['garage/a.jpg', 'yardstick/a.jpg', 'yard/answers/b.taken', 'yard/requests/c.eyJ9'],
    stranger: { client: as(rgw.endpoint, { ...device, secretAccessKey: 'hush-hush' }), secret: 'hush-hush' },
    async [Symbol.asyncDispose]() {
      for (const landing of opened) landing[Symbol.dispose]();
      await line[Symbol.asyncDispose]();
    },
  };
});
