import type { Middleware } from 'koa';
import { describeError, systemCode, TytoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

/** What a request is answered with when it cannot be done: whoever sent it must act. */
export class HttpError extends TytoError {
  readonly status: number;
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number | undefined;
  constructor(
    status: number, code: string, message: string, options: ErrorOptions & { readonly retryAfter?: number } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.retryAfter = options.retryAfter;
  }
}

/** What every failed request under `/api` answers. */
export interface ErrorBody { readonly error: { readonly code: string; readonly message: string } }

export const errorBody = (code: string, message: string): ErrorBody => ({ error: { code, message } });

/**
 * Turns what the routes throw into JSON. What is our fault is logged and told as `internal`: no stack trace and no file
 * name leaves the machine.
 */
export function jsonErrors(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = asHttpError(thrown);
      if (error.status >= 500) logFault(log, ctx, thrown, error);
      ctx.status = error.status;
      ctx.set('Cache-Control', 'no-store');
      // of what was about to be sent
      for (const header of ['ETag', 'Content-Disposition', 'Content-Type']) ctx.remove(header);
      if (error.retryAfter !== undefined) ctx.set('Retry-After', String(error.retryAfter));
      ctx.body = errorBody(error.code, error.message);
    }
  };
}

/** What is refused on purpose (no picture now), or by the disk, is no fault of ours: without a stack trace. */
function logFault(
  log: Log, { method, path }: { readonly method: string; readonly path: string }, thrown: unknown, told: HttpError,
): void {
  if (thrown instanceof HttpError) return log.debug('a request was refused', { method, path, code: thrown.code });
  if (told.code !== 'internal')
    return log.warn('a request failed', { method, path, code: told.code, reason: describeError(thrown) });
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  log.error('a request failed', { method, path, reason: describeError(thrown), stack });
}

function asHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  const refusal = refusalOfDisk(thrown);
  if (refusal !== undefined) return new HttpError(507, refusal.code, refusal.message, { cause: thrown });
  const status = statusOf(thrown);
  if (status === 413)
    return new HttpError(413, 'http.too-large', 'the request holds more than is ever needed here', { cause: thrown });
  if (status === 415)
    return new HttpError(415, 'http.not-json', 'send JSON, with Content-Type: application/json', { cause: thrown });
  if (status !== undefined && status >= 400 && status < 500) {
    return new HttpError(
      status, 'http.bad-request', 'the request cannot be read; is its body sound JSON?', { cause: thrown },
    );
  }
  return new HttpError(500, 'internal', 'something went wrong on the device; its log tells what', { cause: thrown });
}

interface Refusal { readonly code: string; readonly message: string }
const FULL: Refusal = {
  code: 'disk.full',
  message: 'the disk is full, so this was not kept; free some space there or use a larger disk, then try again',
};
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: {
    code: 'disk.read-only',
    message:
      'the disk is read-only, so this was not kept; a failing one often turns itself so: see what dmesg says, then replace it or mount it writable',
  },
};

/** What whoever asked can mend, where it was the disk that would not keep what was sent, or its quota. */
function refusalOfDisk(thrown: unknown): Refusal | undefined {
  return thrown instanceof Error ? REFUSALS[systemCode(thrown) ?? ''] ?? refusalOfDisk(thrown.cause) : undefined;
}

/** What Koa and its body parser put on the errors they throw. */
function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  return typeof thrown.status === 'number' ? thrown.status : undefined;
}

/** Waits for `work`. An error whose code `statuses` names is an answer of that status; every other stays what it is. */
export async function answering<T>(statuses: Readonly<Record<string, number>>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const status = error instanceof TytoError ? statuses[error.code] : undefined;
    throw status === undefined || !(error instanceof TytoError) ? error
      : new HttpError(status, error.code, error.message, { cause: error });
  }
}
