import { DeviceError, TytoError } from '../../../device/core/errors.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { Delivery } from '../../../device/landing/port.ts';
import type { VaultLanding } from '../ports.ts';

/**
 * Whole and durable in the landing when it resolves.
 * @throws {HttpError} 422 `landing.wrong-hash` when the content is not what was announced;
 *   503 `landing.unavailable` when it cannot be put just now, whatever the reason: whoever uploads keeps it and
 *   tries again.
 */
export async function putIntoLanding(
  landing: VaultLanding, key: string, delivery: Delivery, signal: AbortSignal,
): Promise<void> {
  try {
    await landing.put(key, delivery, signal);
  } catch (cause) {
    if (cause instanceof DeviceError && cause.code === 'landing.source-changed') {
      throw new HttpError(
        422, 'landing.wrong-hash', 'what came is not what was announced: its size or its SHA-256 differs', { cause },
      );
    }
    if (!(cause instanceof TytoError) && !signal.aborted) throw cause;
    throw new HttpError(
      503, 'landing.unavailable', 'the landing cannot take it just now; try again', { cause, retryAfter: 30 },
    );
  }
}
