/** A bucket as the storage guide sets it up: its owner, and a device that may add and list below its own prefix. */
import { readFile } from 'node:fs/promises';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import type { AccessKey, RadosGateway } from './radosgw.ts';

export interface DeviceBucket {
  readonly owner: AccessKey;
  readonly device: AccessKey;
  /** The device's user on the server: `<bucket>-<device>`, so that several tests may share the server. */
  readonly deviceUser: string;
}

/** Makes `bucket` with both users, and the guide's bucket policy on it. */
export async function deviceBucket(rgw: RadosGateway, bucket: string, device: string): Promise<DeviceBucket> {
  const deviceUser = `${bucket}-${device}`;
  const [owner, key] = [await rgw.createUser(`${bucket}-owner`), await rgw.createUser(deviceUser)];
  const admin = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner });
  const [bucketPolicy = ''] = await guidePolicies();
  const Policy = bucketPolicy.replaceAll('iam::ACCOUNT:user/DEVICE', `iam:::user/${deviceUser}`)
    .replaceAll('BUCKET', bucket)
    .replaceAll('DEVICE', device);
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  await admin.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  admin.destroy();
  return { owner, device: key, deviceUser };
}

/** The JSON documents of the guide: the bucket policy, then that of a user. */
export async function guidePolicies(): Promise<readonly string[]> {
  const guide = await readFile(new URL('../../docs/guide/storage.md', import.meta.url), 'utf8');
  return [...guide.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
}
