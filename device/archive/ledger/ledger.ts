/** The ledger's intervals in the catalogue: they do not overlap within a layer, and neighbours that say the same are one. */
import { z } from 'zod';
import type { Sqlite } from '../../durable/sqlite.ts';

/** `watch`: how watching went, second by second. `deleted`: what was recorded and is kept no longer. */
export type LedgerLayer = 'watch' | 'deleted';

export interface Interval {
  /** Wall clock, Unix milliseconds: from `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  readonly state: string;
  /** For people; empty where there is nothing to say. */
  readonly reason: string;
}

/** What is this little apart counts as without a gap: clips are told in whole milliseconds. */
const TOUCHING_MS = 1000;

const row = z.object({ from_ms: z.number(), to_ms: z.number(), state: z.string(), reason: z.string() })
  .transform(({ from_ms: from, to_ms: to, state, reason }): Interval => ({ from, to, state, reason }));

/** Each method is part of the caller's transaction, or one of its own. */
export class Ledger {
  readonly #db: Sqlite;
  constructor(db: Sqlite) { this.#db = db; }

  /** Adds what is not yet told of, and joins it to a neighbour that says the same. */
  add(layer: LedgerLayer, camera: string, interval: Interval): void {
    const before = this.#one('from_ms <= ? ORDER BY from_ms DESC', layer, camera, interval.from);
    const after = this.#one('from_ms > ? ORDER BY from_ms', layer, camera, interval.from);
    let { from, to } = interval;
    const says = (other: Interval): boolean => other.state === interval.state && other.reason === interval.reason;
    if (before !== undefined && says(before) && before.to >= from - TOUCHING_MS) [from, to] = [before.from, Math.max(to, before.to)];
    else if (before !== undefined) from = Math.max(from, before.to);
    if (after !== undefined && says(after) && after.from <= to + TOUCHING_MS) {
      to = Math.max(to, after.to);
      this.#db.run('DELETE FROM ledger WHERE layer = ? AND camera = ? AND from_ms = ?', layer, camera, after.from);
    } else if (after !== undefined) to = Math.min(to, after.from);
    if (to <= from) return;
    this.#db.run('INSERT OR REPLACE INTO ledger (layer, camera, from_ms, to_ms, state, reason) VALUES (?, ?, ?, ?, ?, ?)',
      layer, camera, from, to, interval.state, interval.reason);
  }

  /** The newest of the layer. */
  last(layer: LedgerLayer, camera: string): Interval | undefined {
    return this.#one('from_ms < ? ORDER BY from_ms DESC', layer, camera, Number.MAX_SAFE_INTEGER);
  }

  /** What lies between `from` and `to`, or reaches into it, oldest first. */
  between(layer: LedgerLayer, from: number, to: number): (Interval & { readonly camera: string })[] {
    return this.#db.all('SELECT * FROM ledger WHERE layer = ? AND from_ms < ? AND to_ms > ? ORDER BY from_ms', layer, to, from)
      .map((found) => ({ ...row.parse(found), camera: String(found['camera']) }));
  }

  /** Forgets what ended before `before`. */
  forget(before: number): void { this.#db.run('DELETE FROM ledger WHERE to_ms < ?', before); }

  #one(condition: string, layer: LedgerLayer, camera: string, at: number): Interval | undefined {
    const found = this.#db.get(`SELECT from_ms, to_ms, state, reason FROM ledger WHERE layer = ? AND camera = ? AND ${condition} LIMIT 1`, layer, camera, at);
    return found && row.parse(found);
  }
}
