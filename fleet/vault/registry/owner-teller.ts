/** Tells those that file elsewhere whose what comes is, before it can come. */
import { TytoError } from '../../../device/core/errors.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { VaultOwners } from '../ports.ts';
import type { Registry } from './registry.ts';

export class OwnerTeller {
  readonly #owners: VaultOwners | undefined;
  /** What was told by this process: each device once. */
  readonly #told = new Map<string, string>();
  /** @param owners - Undefined where this process alone files. */
  constructor(owners: VaultOwners | undefined) { this.#owners = owners; }

  /** @throws {HttpError} 503 when it cannot be told just now: what comes would be filed as nobody's. */
  async given(device: string, account: string): Promise<void> {
    if (this.#told.get(device) === account) return;
    await this.#tell((owners) => owners.give(device, account));
    this.#told.set(device, account);
  }

  /** @throws {HttpError} 503 */
  brought(event: { readonly device: string; readonly id: string }, account: string): Promise<void> {
    return this.#tell((owners) => owners.bring(event, account));
  }

  /** What the owner gave by the command, while this process ran or before. @throws {HttpError} 503 */
  async all(registry: Registry): Promise<void> {
    if (this.#owners === undefined) return;
    for (const { device, account } of registry.givenDevices()) await this.given(device, account);
  }

  async #tell(work: (owners: VaultOwners) => Promise<void>): Promise<void> {
    if (this.#owners === undefined) return;
    try {
      await work(this.#owners);
    } catch (cause) {
      if (!(cause instanceof TytoError)) throw cause;
      throw new HttpError(
        503, 'vault.index-unavailable',
        'whose this is cannot be noted in the index just now; try again',
        { cause, retryAfter: 30 },
      );
    }
  }
}
