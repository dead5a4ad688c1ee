/**
 * Keeps accounts to their terms: what is too old, and what is too much, is deleted, the
 * oldest first, and noted in the audit.
 */
import { describeError } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { hours, inSeconds, millis, minutes, seconds, type Millis } from '../../device/core/units.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { removeEvent } from './api/api-handlers.ts';
import type { FiledEvent, VaultIndex, VaultLanding } from './ports.ts';
import type { Arrivals } from './registry/arrivals.ts';
import type { OwnerTeller } from './registry/owner-teller.ts';
import type { Account, Registry } from './registry/registry.ts';
import type { Quotas } from './uploads/quotas.ts';
import type { TusUploads } from './uploads/tus-uploads.ts';

export interface SweeperParts {
  readonly registry: Registry;
  readonly arrivals: Arrivals;
  readonly owners: OwnerTeller;
  readonly quotas: Quotas;
  readonly index: VaultIndex;
  readonly landing: VaultLanding;
  readonly tus: TusUploads;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY = minutes(1);
/** An account that is fuller than this makes room, down to the second, so that what comes next finds some. */
const FULL = 0.95;
const ROOMY = 0.9;
/**
 * Room that is made for what has not come yet, at most: whoever only promises to upload could have everything deleted.
 */
const MOST_PROMISED = 0.1;
const PAGE = 200;
const MOST_LOOKED_FOR = 1000;
const DAY = hours(24);

export class Sweeper {
  readonly #parts: SweeperParts;
  constructor(parts: SweeperParts) { this.#parts = parts; }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await this.sweep(signal).catch((error: unknown) => {
        if (!signal.aborted)
          log.warn(
            'accounts could not be kept to their terms just now; it is tried again', { reason: describeError(error) },
          );
      });
      await clock.wait(EVERY, signal).catch(() => {});
    }
  }

  /** Once through all accounts, and what they began to upload. */
  async sweep(signal: AbortSignal): Promise<void> {
    await this.#parts.owners.all(this.#parts.registry);
    await this.#parts.tus.expire();
    await this.#seeWhatArrived(signal);
    for (const account of this.#parts.registry.accounts()) {
      if (account.days !== null) await this.#removeAged(account, millis(account.days * DAY), signal);
      if (account.quota !== null) await this.#makeRoom(account, account.quota, signal);
    }
    await this.#parts.tus.landWhole(signal);
  }

  /** What is no longer in the landing was judged: it counts as what it is in the library now, or for nothing. */
  async #seeWhatArrived(signal: AbortSignal): Promise<void> {
    const { arrivals, landing, clock } = this.#parts;
    for (const arrival of arrivals.expectedBefore(clock.now(), MOST_LOOKED_FOR)) {
      const { entries } = await landing.list(arrival.key, undefined, signal);
      if (entries.some(({ key }) => key === arrival.key)) arrivals.later(arrival, millis(clock.now() + EVERY));
      else arrivals.arrived(arrival);
    }
  }

  async #removeAged({ name }: Account, keep: Millis, signal: AbortSignal): Promise<void> {
    const { index, clock } = this.#parts;
    for (;;) {
      const { rows } = await index.events({
        account: name, to: millis(clock.now() - keep), continuous: true, limit: PAGE,
      });
      if (rows.length === 0) return;
      for (const row of rows) await this.#remove(row, 'aged', signal);
    }
  }

  async #makeRoom(account: Account, quota: number, signal: AbortSignal): Promise<void> {
    const { quotas, index, clock } = this.#parts;
    const { filedBytes, pendingBytes } = await quotas.usage(account);
    const held = filedBytes + Math.min(pendingBytes, quota * MOST_PROMISED);
    if (held <= quota * FULL) return;
    let over = held - quota * ROOMY;
    while (over > 0) {
      const rows = await oldestOf(account.name, index, clock.now());
      if (rows.length === 0) return;
      for (const row of rows) {
        if (over <= 0) return;
        await this.#remove(row, 'quota', signal);
        over -= bytesOf(row);
      }
    }
  }

  async #remove(row: FiledEvent, why: 'aged' | 'quota', signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { registry, index, arrivals } = this.#parts;
    await removeEvent(row, { index, arrivals });
    registry.note('sweeper', `event.delete.${why}`, `${row.account} ${row.event.device} ${row.event.id}`);
  }
}

const bytesOf = ({ event: { clip, snapshot, thumbnail, preview } }: FiledEvent): number =>
  [clip, snapshot, thumbnail, preview].reduce((sum, file) => sum + (file?.bytes ?? 0), 0);

/** Lists lead from the newest on: halving the time finds the beginning, a page of it, the oldest first. */
async function oldestOf(account: string, index: VaultIndex, now: Millis): Promise<readonly FiledEvent[]> {
  let [from, to] = [0, Math.ceil(inSeconds(now)) + inSeconds(DAY) * 2]; // a clock may be a day ahead
  for (;;) {
    const { rows, next } = await index.events({ account, to: seconds(to), continuous: true, limit: PAGE });
    if ((next === undefined && (rows.length > 0 || from === 0)) || to - from <= 1) return [...rows].reverse();
    const middle = Math.floor((from + to) / 2);
    const { rows: earlier } = await index.events({ account, to: seconds(middle), continuous: true, limit: 1 });
    if (earlier.length > 0) to = middle;
    else from = middle;
  }
}
