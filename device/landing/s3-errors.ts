/** What the S3 SDK throws, in our terms: this is the only place that knows its names. */
import { ConfigError, DeviceError, RemoteError, systemCode, TytoError } from '../core/errors.ts';

/** The SDK's message for an answer that had none. */
const WORDLESS = 'UnknownError';

export interface S3Context {
  /** For people: `put yard/2026/11/21/x.jpg`. */
  readonly action: string;
  readonly bucket: string;
  /** Address of the server, for people. */
  readonly server: string;
}

const CREDENTIALS = new Set([
  'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken', 'InvalidSecurity', 'UserSuspended', 'NotSignedUp',
]);
const WRONG_REGION = new Set([
  'PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException',
]);
const BROKEN_ON_THE_WAY = new Set(['IncompleteBody', 'RequestTimeout', 'XAmzContentSHA256Mismatch', 'BadDigest']);
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'EntityTooLargeForQuota']);

/** Ours and aborts pass as they are. */
export function s3Error(cause: unknown, context: S3Context): unknown {
  if (cause instanceof TytoError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  const status = httpStatus(cause);
  if (status === undefined) return unanswered(cause, context);
  return refused({ cause, name: cause instanceof Error ? cause.name : '', status }, context);
}

interface Answer { readonly cause: unknown; readonly name: string; readonly status: number }

/** The server answered: what it said, by name where it has one, else by status. */
function refused({ cause: answer, name, status }: Answer, { action, bucket, server }: S3Context): TytoError {
  const cause = answer instanceof Error && answer.message !== WORDLESS ? answer : undefined;
  const config = (code: string, message: string): ConfigError => new ConfigError(code, message, { cause });
  const remote = (code: string, message: string): RemoteError => new RemoteError(code, message, { cause });
  if (CREDENTIALS.has(name) || status === 401) {
    return config('s3.credentials-refused',
      `${server} does not accept the access key or its secret; check both settings, or whether the key was withdrawn`);
  }
  if (name === 'RequestTimeTooSkewed') {
    return new DeviceError('s3.clock-wrong',
      `${server} refuses requests because this machine's clock is wrong; it works once the network has set the clock`, { cause });
  }
  if (name === 'NoSuchBucket') {
    return config('s3.bucket-missing', `${server} has no bucket "${bucket}"; create it or correct the setting`);
  }
  if (WRONG_REGION.has(name) || (status >= 300 && status < 400)) {
    return config('s3.region-wrong',
      `bucket "${bucket}" is in another region or at another address than ${server}; correct the settings`);
  }
  if (FULL.has(name) || status === 507) return remote('s3.full', `${server} has no space or quota left for bucket "${bucket}"`);
  if (status === 403) {
    return config('s3.access-denied',
      `${server} does not allow this access key to ${action} in bucket "${bucket}"; the bucket policy must allow it`);
  }
  if (BROKEN_ON_THE_WAY.has(name) || status === 408) return remote('s3.interrupted', `what was sent to ${server} did not arrive whole`);
  if (status >= 500 || status === 429) return remote('s3.failing', `${server} could not ${action} (HTTP ${status} ${name}); it is tried again`);
  if (status < 300) return notS3(server, cause);
  return remote('landing.object-refused', `${server} refused to ${action} (HTTP ${status} ${name})`);
}

/** No answer that could be understood: no network, no server, no trust, or no S3 server at all. */
function unanswered(cause: unknown, { action, server }: S3Context): TytoError {
  const code = chainOf(cause).map((error) => systemCode(error)).find((found) => found !== undefined) ?? '';
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'CredentialsProviderError') {
    return new ConfigError('s3.credentials-missing', 'no S3 access key is set, and the environment holds none either', { cause });
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/.test(code)) {
    return new ConfigError('s3.certificate-refused',
      `the TLS certificate of ${server} is not trusted (${code}); check the address, the certificate and the clock`, { cause });
  }
  if (code === 'EPROTO' || code.startsWith('HPE_') || name === 'SyntaxError') return notS3(server, cause);
  return new RemoteError('s3.unreachable', `${server} cannot be reached to ${action}`, { cause });
}

export const notS3 = (server: string, cause?: unknown): RemoteError => new RemoteError('s3.not-s3',
  `${server} answers, but not as an S3 server does; check the address, and whether a login page stands in between`, { cause });

function httpStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

function chainOf(error: unknown): readonly unknown[] {
  if (error instanceof AggregateError) return [error, ...error.errors.flatMap(chainOf)];
  return error instanceof Error && error.cause !== undefined ? [error, ...chainOf(error.cause)] : [error];
}
