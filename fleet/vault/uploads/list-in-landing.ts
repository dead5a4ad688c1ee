import { TytoError } from '../../../device/core/errors.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { LandingPage } from '../../../device/landing/port.ts';
import type { VaultLanding } from '../ports.ts';

/**
 * A page of what lies in the landing.
 * @throws {HttpError} 503 `landing.unavailable` when it cannot be listed just now.
 */
export async function listInLanding(
  landing: VaultLanding, prefix: string, cursor: string | undefined, signal: AbortSignal,
): Promise<LandingPage> {
  try {
    return await landing.list(prefix, cursor, signal);
  } catch (cause) {
    if (!(cause instanceof TytoError)) throw cause;
    const told = 'the landing cannot be listed just now; try again';
    throw new HttpError(503, 'landing.unavailable', told, { cause, retryAfter: 30 });
  }
}
