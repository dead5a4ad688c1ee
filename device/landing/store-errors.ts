/**
 * What a store across the network may answer, as the few things that it means to a person: each adapter
 * sorts its own answers into these.
 */
import { ConfigError, DeviceError, RemoteError, systemCode, type TytoError } from '../core/errors.ts';

export interface StoreContext {
  /** What the codes begin with. */
  readonly store: 's3' | 'azure' | 'gcs' | 'vault' | 'kerberos';
  /** For people: `put yard/2026/11/21/x.jpg`. */
  readonly action: string;
  /** Address of the server, for people. */
  readonly server: string;
  /** For people: `bucket "uploads"`. */
  readonly place: string;
  /** What it is let in by, for people: `access key`. */
  readonly key: string;
}

/** Who must act is in the class of the error; `landing.object-refused` alone is about the one object. */
export type StoreFailure =
  | 'credentials-refused' | 'access-denied' | 'clock-wrong' | 'certificate-refused' | 'address-wrong'
  | 'bucket-missing' | 'container-missing'
  | 'unreachable' | 'interrupted' | 'failing' | 'full' | 'not-understood'
  | 'object-refused' | 'occupied';

/** @param detail - What the server said, in a few words: `HTTP 500 InternalError`. */
export function storeError(
  kind: StoreFailure, { store, action, server, place, key }: StoreContext, cause?: unknown, detail = '',
): TytoError {
  const said = detail === '' ? '' : ` (${detail})`;
  const config = (message: string): ConfigError => new ConfigError(`${store}.${kind}`, message, { cause });
  const remote = (message: string, code = `${store}.${kind}`): RemoteError => new RemoteError(code, message, { cause });
  switch (kind) {
    case 'credentials-refused':
      return config(`${server} does not accept the ${key}${said}; check the setting, or whether it was withdrawn or has run out`);
    case 'access-denied':
      return config(`${server} does not allow this ${key} to ${action} in ${place}; its rights must allow it`);
    case 'clock-wrong':
      return new DeviceError(`${store}.${kind}`,
        `${server} refuses requests because this machine's clock is wrong; it works once the network has set the clock`, {
          cause,
        });
    case 'certificate-refused':
      return config(`the TLS certificate of ${server} is not trusted${said}; check the address, the certificate and the clock`);
    case 'address-wrong': return config(`${place} is at another address than ${server}${said}; correct the settings`);
    case 'bucket-missing': case 'container-missing':
      return config(`${server} has no ${place}; create it or correct the setting`);
    case 'unreachable': return remote(`${server} cannot be reached to ${action}`);
    case 'interrupted': return remote(`what was sent to ${server} did not arrive whole${said}`);
    case 'failing': return remote(`${server} could not ${action}${said}; it is tried again`);
    case 'full': return remote(`${server} has no space or quota left for ${place}`);
    case 'not-understood':
      return remote(
        `${server} answers, but not as it should${said}; check the address, and whether a login page stands in between`,
        `${store}.not-${store}`,
      );
    case 'object-refused': return remote(`${server} refused to ${action}${said}`, 'landing.object-refused');
    case 'occupied':
      return remote(
        `${server} has another object where ${action} is to go, and this ${key} may not replace it; it goes once the fleet has taken that one, or once the rights of the ${key} also allow to delete manifests`,
        'landing.occupied',
      );
  }
}

/** No answer that could be understood: no network, no server, no trust, or no such server at all. */
export function unanswered(cause: unknown, context: StoreContext): TytoError {
  const code = chainOf(cause).map((error) => systemCode(error)).find((found) => found !== undefined) ?? '';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/.test(code))
    return storeError('certificate-refused', context, cause, code);
  const isOther = code === 'EPROTO'
    || code.startsWith('HPE_')
    || (cause instanceof Error && cause.name === 'SyntaxError');
  return storeError(isOther ? 'not-understood' : 'unreachable', context, cause);
}

/** What a status says where the server's own words say no more. */
export function failureOfStatus(status: number): StoreFailure {
  if (status < 300) return 'not-understood';
  if (status < 400) return 'address-wrong';
  switch (status) {
    case 401: return 'credentials-refused';
    case 403: return 'access-denied';
    case 408: return 'interrupted';
    case 429: return 'failing';
    case 507: return 'full';
    default: return status >= 500 ? 'failing' : 'object-refused';
  }
}

const CLOCK_MAY_DIFFER_MS = 5 * 60_000;

/**
 * By the `Date` of an answer: a token that is dated by this clock is refused for it, whatever the server calls that.
 */
export function clockDiffers(date: string | undefined): boolean {
  const theirs = Date.parse(date ?? '');
  return !Number.isNaN(theirs) && Math.abs(theirs - Date.now()) > CLOCK_MAY_DIFFER_MS;
}

/** An error and all that caused it. */
export function chainOf(error: unknown): readonly unknown[] {
  if (error instanceof AggregateError) return [error, ...error.errors.flatMap(chainOf)];
  return error instanceof Error && error.cause !== undefined ? [error, ...chainOf(error.cause)] : [error];
}
