/** What the S3 SDK throws, in our terms: this is the only place that knows its names. */
import { ConfigError, type RemoteError, systemCode, TytoError } from '../core/errors.ts';
import { failureOfStatus, storeError, unanswered, type StoreContext, type StoreFailure } from './store-errors.ts';

/** The SDK's message for an answer that had none. */
const WORDLESS = 'UnknownError';

export interface S3Context {
  /** For people: `put yard/2026/11/21/x.jpg`. */
  readonly action: string;
  readonly bucket: string;
  /** Address of the server, for people. */
  readonly server: string;
}

const FAILURES: Readonly<Record<string, StoreFailure>> = {
  InvalidAccessKeyId: 'credentials-refused',
  SignatureDoesNotMatch: 'credentials-refused', InvalidToken: 'credentials-refused',
  ExpiredToken: 'credentials-refused', InvalidSecurity: 'credentials-refused',
  UserSuspended: 'credentials-refused', NotSignedUp: 'credentials-refused',
  RequestTimeTooSkewed: 'clock-wrong',
  NoSuchBucket: 'bucket-missing',
  QuotaExceeded: 'full', InsufficientStorage: 'full', XMinioStorageFull: 'full', EntityTooLargeForQuota: 'full',
  IncompleteBody: 'interrupted', RequestTimeout: 'interrupted',
  XAmzContentSHA256Mismatch: 'interrupted', BadDigest: 'interrupted',
  // Their parts are no longer there: the upload begins anew.
  NoSuchUpload: 'interrupted', InvalidPart: 'interrupted', InvalidPartOrder: 'interrupted',
};
const WRONG_REGION = new Set([
  'PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException',
]);

/** Ours and aborts pass as they are. */
export function s3Error(cause: unknown, where: S3Context): unknown {
  if (cause instanceof TytoError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  const context = contextOf(where);
  const [status, name] = [httpStatus(cause), cause instanceof Error ? cause.name : ''];
  if (status === undefined) {
    if (name !== 'CredentialsProviderError') return unanswered(cause, context);
    return new ConfigError(
      's3.credentials-missing', 'no S3 access key is set, and the environment holds none either', { cause },
    );
  }
  if (WRONG_REGION.has(name) || (status >= 300 && status < 400)) {
    return new ConfigError('s3.region-wrong',
      `bucket "${where.bucket}" is in another region or at another address than ${where.server}; correct the settings`,
      { cause });
  }
  // The status came, and what was to say why did not.
  if (systemCode(cause) !== undefined) return storeError('interrupted', context, cause, `HTTP ${status}`);
  const words = cause instanceof Error && cause.message !== WORDLESS ? cause : undefined;
  return storeError(FAILURES[name] ?? failureOfStatus(status), context, words, `HTTP ${status} ${name}`);
}

export const notS3 = (server: string, cause?: unknown): RemoteError =>
  storeError('not-understood', contextOf({ action: '', bucket: '', server }), cause, 'this is no S3 server');

const contextOf = ({ action, bucket, server }: S3Context): StoreContext =>
  ({ store: 's3', action, server, place: `bucket "${bucket}"`, key: 'access key or its secret' });

function httpStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
