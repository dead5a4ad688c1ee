/**
 * Where devices upload to, and where ingest puts what it found. None is public, none speaks without TLS,
 * nothing in them is lost with the stack.
 */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, type BucketProps, type CfnBucket,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface Buckets { readonly landing: Bucket; readonly library: Bucket; readonly quarantine: Bucket }

/**
 * Longer than anything may wait in the landing while alarms ring: uploads that nobody took in,
 * answers to devices, requests, reports.
 */
const LANDING_KEPT = Duration.days(90);
const QUARANTINE_KEPT = Duration.days(180);
/**
 * A device goes on with an upload for that long after a line was cut; what is left of older ones is paid for and of no
 * use.
 */
const UNFINISHED_KEPT = Duration.days(7);

/** Known before the bucket is made: a queue has to let it in first. */
const bucketName = (prefix: string, what: keyof Buckets): string =>
  `${prefix}-${what}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
export const bucketArn = (prefix: string, what: keyof Buckets): string =>
  `arn:${Aws.PARTITION}:s3:::${bucketName(prefix, what)}`;

/** @param libraryKey - Who may not use it sees nothing of the library, whatever a bucket's policy comes to say. */
export function makeBuckets(scope: Construct, prefix: string, libraryKey: IKey): Buckets {
  const make = (what: keyof Buckets, more: BucketProps): Bucket => new Bucket(scope, `${what}-bucket`, {
    bucketName: bucketName(prefix, what),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL, objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true, minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN, encryption: BucketEncryption.S3_MANAGED, ...more,
  });
  return {
    landing: make('landing', {
      lifecycleRules: [
        { id: 'leftovers', abortIncompleteMultipartUploadAfter: UNFINISHED_KEPT, expiration: LANDING_KEPT },
      ],
      metrics: [{ id: WHOLE_BUCKET }],
    }),
    library: make('library', {
      encryption: BucketEncryption.KMS, encryptionKey: libraryKey, bucketKeyEnabled: true,
      lifecycleRules: [{ id: 'leftovers', abortIncompleteMultipartUploadAfter: UNFINISHED_KEPT }],
    }),
    quarantine: make('quarantine', {
      lifecycleRules: [
        { id: 'leftovers', abortIncompleteMultipartUploadAfter: UNFINISHED_KEPT, expiration: QUARANTINE_KEPT },
      ],
    }),
  };
}

/** Requests to the landing are counted under this name. */
export const WHOLE_BUCKET = 'whole-bucket';

/**
 * Tells `queueArn` of every manifest and report. Written into the bucket itself: the construct library would do it with
 * a function of its own that may change every bucket of the account.
 */
export function tellQueue(bucket: Bucket, queueArn: string): void {
  const raw = bucket.node.defaultChild as CfnBucket;
  raw.notificationConfiguration = {
    queueConfigurations: [{
      event: 's3:ObjectCreated:*', queue: queueArn, filter: { s3Key: { rules: [{ name: 'suffix', value: '.json' }] } },
    }],
  };
}
