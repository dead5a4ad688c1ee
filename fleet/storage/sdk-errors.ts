/** What the SDKs of Google's and Azure's stores throw, in our terms: this is the only place that knows their names. */
import { ConfigError, DeviceError, systemCode, TytoError } from '../../device/core/errors.ts';
import { failureOfStatus, storeError, unanswered, type StoreContext, type StoreFailure } from '../../device/landing/store-errors.ts';

export interface SdkContext {
  /** For people: `put yard/2026/11/21/x.jpg`. */
  readonly action: string;
  /** Or container. */
  readonly bucket: string;
  /** Address of the server, for people. */
  readonly server: string;
}

const GCS_FAILURES: Readonly<Record<string, StoreFailure>> = {
  authError: 'credentials-refused', required: 'credentials-refused', invalid_grant: 'credentials-refused', invalid_client: 'credentials-refused',
  notFound: 'bucket-missing', quotaExceeded: 'full', invalid: 'interrupted',
};
const AZURE_FAILURES: Readonly<Record<string, StoreFailure>> = {
  AuthenticationFailed: 'credentials-refused', InvalidAuthenticationInfo: 'credentials-refused', NoAuthenticationInformation: 'credentials-refused',
  AccountIsDisabled: 'credentials-refused',
  ContainerNotFound: 'container-missing', ContainerBeingDeleted: 'container-missing', ContainerDisabled: 'container-missing',
  Md5Mismatch: 'interrupted', Crc64Mismatch: 'interrupted', OperationTimedOut: 'interrupted', InvalidBlockList: 'interrupted',
};

/** Of `@google-cloud/storage`. Ours and aborts pass as they are. */
export function gcsError(cause: unknown, { action, bucket, server }: SdkContext): unknown {
  const context: StoreContext = { store: 'gcs', action, server, place: `bucket "${bucket}"`, key: 'key of the service account' };
  return told(cause, context, gcsStatus(cause), isMissingObject(cause) ? 'gone' : gcsReason(cause), GCS_FAILURES);
}

/** Of `@azure/storage-blob`. Ours and aborts pass as they are. */
export function azureError(cause: unknown, { action, bucket, server }: SdkContext): unknown {
  const context: StoreContext = { store: 'azure', action, server, place: `container "${bucket}"`, key: 'key of the account' };
  return told(cause, context, numberIn(cause, 'statusCode'), textIn(cause, 'code'), AZURE_FAILURES);
}

/** Of `@google-cloud/storage`. A bucket that is missing is another matter; its answer has the same status and reason, and other words. */
export const isMissingObject = (cause: unknown): boolean => gcsStatus(cause) === 404 && cause instanceof Error && cause.message.includes('No such object');

/** Undefined when no server answered. */
const gcsStatus = (cause: unknown): number | undefined => numberIn(cause, 'code') ?? numberIn(cause, 'status');

function told(
  cause: unknown, context: StoreContext, status: number | undefined, reason: string, failures: Readonly<Record<string, StoreFailure>>,
): unknown {
  if (cause instanceof TytoError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  if (status !== undefined) return storeError(failures[reason] ?? failureOfStatus(status), context, cause, `HTTP ${status} ${reason}`.trim());
  const chain = chainOf(cause);
  const code = chain.map((error) => systemCode(error)).find((found) => found !== undefined) ?? '';
  if (/^(?:ENOENT|EACCES|EIO|EISDIR)$/.test(code)) return new DeviceError('storage.source-missing', `a file cannot be read to ${context.action}`, { cause });
  if (code.startsWith('ERR_OSSL'))
    return new ConfigError('gcs.credentials-refused', 'the private key cannot be read: it must be the PEM text of the key file, with its line breaks', { cause });
  if (chain.some((error) => error instanceof Error && error.message.startsWith('Could not load the default credentials')))
    return new ConfigError('gcs.credentials-missing', 'no key of a service account is set, and the machine has none of its own', { cause });
  return unanswered(cause, context);
}

function gcsReason(cause: unknown): string {
  const errors = fieldOf(cause, 'errors');
  const reason = textIn(Array.isArray(errors) ? errors[0] : undefined, 'reason');
  return reason === '' && cause instanceof Error ? /\binvalid_grant\b/.exec(cause.message)?.[0] ?? '' : reason;
}

function numberIn(value: unknown, name: string): number | undefined {
  const found = fieldOf(value, name);
  const number = typeof found === 'string' && /^\d{3}$/.test(found) ? Number(found) : found;
  return typeof number === 'number' ? number : undefined;
}

function textIn(value: unknown, name: string): string {
  const found = fieldOf(value, name);
  return typeof found === 'string' ? found : '';
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

function chainOf(error: unknown): readonly unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, ...chainOf(error.cause)] : [error];
}
