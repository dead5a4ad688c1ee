import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Settings } from './s3-settings.ts';

export interface S3Connection { readonly sdk: typeof Sdk; readonly client: Sdk.S3Client }

const CONNECT_TIMEOUT_MS = 10_000;
/** A slow line may take its time for a clip; one on which nothing moves for so long is given up. */
const IDLE_TIMEOUT_MS = 60_000;

/** The SDK is loaded only here: it takes tens of megabytes, which whoever stores elsewhere does not pay. */
export async function connectS3({ endpoint, region, accessKeyId, secretAccessKey }: S3Settings): Promise<S3Connection> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    region,
    ...(endpoint === '' ? {} : { endpoint, forcePathStyle: true }),
    ...(accessKeyId === '' ? {} : { credentials: { accessKeyId, secretAccessKey } }),
    maxAttempts: 1, // repetition is the queue's: a body that streams cannot be sent twice anyhow
    requestChecksumCalculation: 'WHEN_REQUIRED', // others than AWS do not know the newer checksums
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    logger: silent,
  });
  return { sdk, client };
}

/** The SDK's own lines would tell what ours tell. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
