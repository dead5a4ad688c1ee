import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { isIPv6 } from 'node:net';
import { inSeconds, minutes, type Millis } from '../core/units.ts';

export interface LoginLimits {
  /** Wrong passwords from one address, and from all together, within `within`. */
  readonly perAddress: number;
  readonly altogether: number;
  readonly within: Millis;
}

export const DEFAULT_LIMITS: LoginLimits = { perAddress: 10, altogether: 100, within: minutes(10) };

const ALL = 'all';

/** Counts wrong passwords. Every try is counted before it is judged, so that many at once gain nothing. */
export class LoginLimit {
  readonly #perAddress: RateLimiterMemory;
  readonly #altogether: RateLimiterMemory;

  constructor({ perAddress, altogether, within }: LoginLimits = DEFAULT_LIMITS) {
    this.#perAddress = new RateLimiterMemory({ points: perAddress, duration: inSeconds(within) });
    this.#altogether = new RateLimiterMemory({ points: altogether, duration: inSeconds(within) });
  }

  /**
   * Counts one try from `address`.
   * @returns Seconds to wait when it may not be made; undefined when it may.
   */
  async take(address: string): Promise<number | undefined> {
    const network = networkOf(address);
    // An address that is blocked must not use up everybody's tries, and a flood of addresses must not fill the memory.
    const blocked = await this.#perAddress.get(network);
    if (blocked !== null && blocked.remainingPoints <= 0) return secondsOf(blocked);
    return await consume(this.#altogether, ALL) ?? await consume(this.#perAddress, network);
  }

  /** The try was right: the address starts afresh, and the try is given back to all. */
  async forgive(address: string): Promise<void> {
    await this.#perAddress.delete(networkOf(address));
    await this.#altogether.reward(ALL, 1);
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return secondsOf(refused);
    throw refused;
  }
}

const secondsOf = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1000));

/** An IPv4 address as it is; of an IPv6 address the /64 that one subscriber has to itself. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16)).join(':');
}
