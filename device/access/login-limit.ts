import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { isIPv6 } from 'node:net';
import { inSeconds, millis, minutes, type Millis } from '../core/units.ts';

export interface LoginLimits {
  /** Wrong passwords from one address, and from all together, within `within`. */
  readonly perAddress: number;
  readonly altogether: number;
  readonly within: Millis;
}

export const DEFAULT_LIMITS: LoginLimits = { perAddress: 10, altogether: 100, within: minutes(10) };

/** Who tries a password. */
export interface Visitor {
  /** The network address. */
  readonly address: string;
  /**
   * Tells browsers apart that were signed in here before, by something that nobody can make up; undefined for others.
   */
  readonly browser?: string | undefined;
}

const ALL = 'all';
/** More addresses than a household comes from; the oldest are forgotten. */
const MAX_KNOWN = 100;

/**
 * Counts wrong passwords. Every try is counted before it is judged, so that many at once gain nothing. Who was let in
 * before, from that address or with that browser, is not held up by what others try: only by tries of its own.
 */
export class LoginLimit {
  /** Of one address, and of one known browser. */
  readonly #own: RateLimiterMemory;
  readonly #altogether: RateLimiterMemory;
  /** Networks from which the owner was let in, the latest last. */
  readonly #known = new Set<string>();
  readonly #within: Millis;
  /** Monotonic time of the last try that has not proved right. */
  #triedAt: Millis | undefined;

  constructor({ perAddress, altogether, within }: LoginLimits = DEFAULT_LIMITS) {
    this.#within = within;
    this.#own = new RateLimiterMemory({ points: perAddress, duration: inSeconds(within) });
    this.#altogether = new RateLimiterMemory({ points: altogether, duration: inSeconds(within) });
  }

  /** Whether any wrong try still counts. */
  get remembers(): boolean { return this.#triedAt !== undefined && performance.now() - this.#triedAt < this.#within; }

  /**
   * Counts one try.
   * @returns Seconds to wait when it may not be made; undefined when it may.
   */
  async take(visitor: Visitor): Promise<number | undefined> {
    this.#triedAt = millis(performance.now());
    const network = networkOf(visitor.address);
    // An address that is blocked must not use up everybody's tries, and a flood of addresses must not fill the memory.
    const blocked = await this.#own.get(network);
    if (blocked !== null && blocked.remainingPoints <= 0) return secondsOf(blocked);
    return await this.#takeShared(visitor, network) ?? await consume(this.#own, network);
  }

  /** Notes that the owner was let in from `address`. */
  welcome(address: string): void {
    const network = networkOf(address);
    this.#known.delete(network);
    this.#known.add(network);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }

  /** The try was right: the visitor starts afresh, is known from now on, and the try is given back to all. */
  async forgive(visitor: Visitor): Promise<void> {
    const network = networkOf(visitor.address);
    await this.#own.delete(network);
    if (visitor.browser !== undefined) await this.#own.delete(keyOf(visitor.browser));
    else if (!this.#known.has(network)) await this.#altogether.reward(ALL, 1);
    this.welcome(visitor.address);
  }

  /**
   * What a try costs besides those of its address. A known browser pays from tries of its own, or a copy
   * of its cookie could try for ever.
   */
  async #takeShared({ browser }: Visitor, network: string): Promise<number | undefined> {
    if (browser !== undefined) return consume(this.#own, keyOf(browser));
    return this.#known.has(network) ? undefined : consume(this.#altogether, ALL);
  }
}

/** No address looks like this. */
const keyOf = (browser: string): string => `browser ${browser}`;

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
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16)).join(':');
}
