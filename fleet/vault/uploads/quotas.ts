import { HttpError } from '../../../device/http/http-error.ts';
import type { VaultIndex } from '../ports.ts';
import type { Arrivals } from '../registry/arrivals.ts';
import type { Account } from '../registry/registry.ts';

export interface Usage {
  /** In the library. */
  readonly filedBytes: number;
  /** Promised, or in the landing. */
  readonly pendingBytes: number;
}

/** How much an account holds, and whether more fits. */
export class Quotas {
  readonly #arrivals: Arrivals;
  readonly #index: Pick<VaultIndex, 'usage'>;
  constructor(arrivals: Arrivals, index: Pick<VaultIndex, 'usage'>) { this.#arrivals = arrivals; this.#index = index; }

  async usage({ name }: Account): Promise<Usage> {
    const { bytes: filedBytes } = await this.#index.usage(name);
    return { filedBytes, pendingBytes: this.#arrivals.pendingBytes(name) };
  }

  /**
   * Calls `note`, which writes down that `bytes` more are to come, if they fit. Between the last look
   * and the note nothing else happens.
   * @returns What `note` returns.
   * @throws {HttpError} 413 when they never will, 507 when they do not just now.
   */
  async reserve<T>(account: Account, bytes: number, note: () => T): Promise<T> {
    const { quota } = account;
    if (quota !== null && bytes > quota) {
      throw new HttpError(
        413, 'vault.larger-than-quota', `this has ${bytes} bytes, and the account may hold ${quota} in all`,
      );
    }
    if (quota !== null) {
      const { bytes: filed } = await this.#index.usage(account.name);
      // after the wait, or many at once would all find the same room
      const held = filed + this.#arrivals.pendingBytes(account.name);
      if (held + bytes > quota) {
        throw new HttpError(
          507, 'vault.quota',
          `the account may hold ${quota} bytes, and ${bytes} more do not fit beside the ${held} that it holds; the oldest make room within minutes`,
          { retryAfter: 60 },
        );
      }
    }
    return note();
  }
}
