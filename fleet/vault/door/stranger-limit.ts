import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../../device/access/login-limit.ts';
import { HttpError } from '../../../device/http/http-error.ts';

/** Of a hundred agents behind one router that tell every ten seconds, and have uploaded nothing yet. */
const A_MINUTE = 600;

/** Who shows no key and is nobody that is known is heard so often from one network, and no more. */
export class StrangerLimit {
  readonly #limiter = new RateLimiterMemory({ points: A_MINUTE, duration: 60 });

  /** @throws {HttpError} 429 when it was one too many. */
  async heard(address: string): Promise<void> {
    try {
      await this.#limiter.consume(networkOf(address));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new HttpError(
        429, 'vault.too-many-strangers',
        'too many devices that nobody knows here tell from there that they live; a device is known once it has uploaded something',
        { retryAfter: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) },
      );
    }
  }
}
