/** What Azure's library throws, in our terms: this is the only place that knows its names. */
import { TytoError } from '../core/errors.ts';
import {
  clockDiffers, failureOfStatus, storeError, unanswered, type StoreContext, type StoreFailure,
} from './store-errors.ts';

export interface AzureAnswer {
  readonly status: number;
  /** Azure's own name: `BlobNotFound`; empty for none. */
  readonly code: string;
  readonly date: string | undefined;
}

const FAILURES: Readonly<Record<string, StoreFailure>> = {
  AuthenticationFailed: 'credentials-refused',
  InvalidAuthenticationInfo: 'credentials-refused', NoAuthenticationInformation: 'credentials-refused',
  AuthorizationFailure: 'credentials-refused',
  AccountIsDisabled: 'access-denied', AuthorizationPermissionMismatch: 'access-denied',
  ContainerNotFound: 'container-missing',
  ContainerDisabled: 'container-missing', ContainerBeingDeleted: 'container-missing',
  Md5Mismatch: 'interrupted', InvalidBlockList: 'interrupted', InvalidBlobOrBlock: 'interrupted',
};

/** What the server said; undefined when no answer came. */
export function azureAnswer(error: unknown): AzureAnswer | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  const response = 'response' in error
    ? error.response as { readonly headers?: { get(name: string): string | undefined } } | undefined
    : undefined;
  return {
    status: error.statusCode, code: 'code' in error && typeof error.code === 'string' ? error.code
      : response?.headers?.get('x-ms-error-code') ?? '',
    date: response?.headers?.get('date'),
  };
}

/**
 * Ours pass as they are. What Azure says at length holds the address of the request, and in it the token: it is left
 * out.
 */
export function azureError(cause: unknown, context: StoreContext): unknown {
  if (cause instanceof TytoError) return cause;
  const answer = azureAnswer(cause);
  if (answer === undefined) return unanswered(cause, context);
  const { status, code, date } = answer;
  const detail = `HTTP ${status}${code === '' ? '' : ` ${code}`}`;
  if (code === 'AuthenticationFailed' && clockDiffers(date)) return storeError('clock-wrong', context);
  return storeError(FAILURES[code] ?? failureOfStatus(status), context, undefined, detail);
}
