import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../../device/access/login-limit.ts';
import { inSeconds, minutes, type Millis } from '../../../device/core/units.ts';
import { HttpError } from '../../../device/http/http-error.ts';

export interface KeyLimits { readonly wrong: number; readonly within: Millis }
export const DEFAULT_KEY_LIMITS: KeyLimits = { wrong: 10, within: minutes(10) };

/**
 * Counts wrong secrets by the network they come from and by the key they were shown for: whoever
 * goes on with one is told to wait.
 */
export class KeyLimit {
  readonly #limiter: RateLimiterMemory;
  constructor({ wrong, within }: KeyLimits) {
    this.#limiter = new RateLimiterMemory({ points: wrong, duration: inSeconds(within) });
  }

  /** @param key - Undefined when it is none that exists. @throws {HttpError} 429 when it was one too many. */
  async wrong(address: string, key: string | undefined): Promise<void> {
    try {
      await this.#limiter.consume(nameOf(address, key));
    } catch (refused) {
      if (refused instanceof RateLimiterRes) throw tooMany(refused);
      throw refused;
    }
  }
}

const nameOf = (address: string, key: string | undefined): string => `${networkOf(address)} ${key ?? ''}`;

const tooMany = ({ msBeforeNext }: RateLimiterRes): HttpError => new HttpError(
  429, 'vault.too-many-tries', 'too many wrong keys came from there; correct the key and try again later',
  { retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1000)) },
);
