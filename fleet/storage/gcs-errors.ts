/** What Google's SDK throws, in our terms: this is the only place that knows its names. */
import { ConfigError, DeviceError, systemCode, TytoError } from '../../device/core/errors.ts';
import {
  chainOf, failureOfStatus, storeError, unanswered, type StoreContext, type StoreFailure,
} from '../../device/landing/store-errors.ts';

export interface GcsContext {
  /** For people: `put yard/2026/11/21/x.jpg`. */
  readonly action: string;
  readonly bucket: string;
  /** Address of the server, for people. */
  readonly server: string;
}

const FAILURES: Readonly<Record<string, StoreFailure>> = {
  authError: 'credentials-refused', required: 'credentials-refused',
  invalid_grant: 'credentials-refused', invalid_client: 'credentials-refused',
  notFound: 'bucket-missing', quotaExceeded: 'full', invalid: 'interrupted',
};
/** Ours and aborts pass as they are. */
export function gcsError(cause: unknown, { action, bucket, server }: GcsContext): unknown {
  if (cause instanceof TytoError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  const context: StoreContext = {
    store: 'gcs', action, server, place: `bucket "${bucket}"`, key: 'key of the service account',
  };
  const status = gcsStatus(cause);
  if (status === undefined) return unansweredByGcs(cause, context);
  const reason = isMissingObject(cause) ? 'gone' : gcsReason(cause);
  return storeError(FAILURES[reason] ?? failureOfStatus(status), context, cause, `HTTP ${status} ${reason}`.trim());
}

/** A bucket that is missing is another matter; its answer has the same status and reason, and other words. */
export const isMissingObject = (cause: unknown): boolean =>
  gcsStatus(cause) === 404 && cause instanceof Error && cause.message.includes('No such object');

/** Undefined when no server answered. */
const gcsStatus = (cause: unknown): number | undefined => numberIn(cause, 'code') ?? numberIn(cause, 'status');

function unansweredByGcs(cause: unknown, context: StoreContext): unknown {
  const chain = chainOf(cause);
  const code = chain.map((error) => systemCode(error)).find((found) => found !== undefined) ?? '';
  if (/^(?:ENOENT|EACCES|EIO|EISDIR)$/.test(code))
    return new DeviceError('storage.source-missing', `a file cannot be read to ${context.action}`, { cause });
  if (chain.some((error) =>
    error instanceof Error && error.message.startsWith('Could not load the default credentials')))
    return new ConfigError(
      'gcs.credentials-missing', 'no key of a service account is set, and the machine has none of its own', { cause },
    );
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
  typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
