/**
 * The ledger's intervals in the catalogue: they do not overlap within a layer, and
 * neighbours that say the same are one.
 */
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

  /** Adds what is not yet told of, and joins it to neighbours that say the same. */
  add(layer: LedgerLayer, camera: string, interval: Interval): void {
    const known = this.#around(layer, camera, interval);
    const merged = joined([...known, ...gaps(interval, known)].sort((a, b) => a.from - b.from));
    for (const { from } of known) {
      if (!merged.some((one) => one.from === from))
        this.#db.run('DELETE FROM ledger WHERE layer = ? AND camera = ? AND from_ms = ?', layer, camera, from);
    }
    for (const { from, to, state, reason } of merged) {
      if (known.some((one) => one.from === from && one.to === to)) continue;
      this.#db.run(
        'INSERT OR REPLACE INTO ledger (layer, camera, from_ms, to_ms, state, reason) VALUES (?, ?, ?, ?, ?, ?)',
        layer, camera, from, to, state, reason,
      );
    }
  }

  /** The newest of the layer. */
  last(layer: LedgerLayer, camera: string): Interval | undefined {
    return this.lastBefore(layer, camera, Number.MAX_SAFE_INTEGER);
  }

  /** The newest that began before `at`. */
  lastBefore(layer: LedgerLayer, camera: string, at: number): Interval | undefined {
    return this.#one('from_ms < ? ORDER BY from_ms DESC', layer, camera, at);
  }

  /** Takes out what began from `from` to `to`. */
  take(layer: LedgerLayer, camera: string, from: number, to: number): Interval[] {
    return this.#db.all(`DELETE FROM ledger WHERE layer = ? AND camera = ? AND from_ms >= ? AND from_ms <= ?
      RETURNING from_ms, to_ms, state, reason`, layer, camera, from, to).map((found) => row.parse(found));
  }

  /** What lies between `from` and `to`, or reaches into it, oldest first. */
  between(layer: LedgerLayer, from: number, to: number): (Interval & { readonly camera: string })[] {
    return this.#db.all(
      'SELECT * FROM ledger WHERE layer = ? AND from_ms < ? AND to_ms > ? ORDER BY from_ms', layer, to, from,
    )
      .map((found) => ({ ...row.parse(found), camera: String(found['camera']) }));
  }

  /** Forgets what ended before `before`. */
  forget(before: number): void { this.#db.run('DELETE FROM ledger WHERE to_ms < ?', before); }

  /** What overlaps `interval` or touches it, oldest first. */
  #around(layer: LedgerLayer, camera: string, { from, to }: Interval): Interval[] {
    const before = this.#one('from_ms <= ? ORDER BY from_ms DESC', layer, camera, from);
    const rows = this.#db.all(
      'SELECT from_ms, to_ms, state, reason FROM ledger WHERE layer = ? AND camera = ? AND from_ms > ? AND from_ms <= ? ORDER BY from_ms',
      layer, camera, from, to + TOUCHING_MS,
    );
    const isNear = before !== undefined && before.to >= from - TOUCHING_MS;
    return [...(isNear ? [before] : []), ...rows.map((found) => row.parse(found))];
  }

  #one(condition: string, layer: LedgerLayer, camera: string, at: number): Interval | undefined {
    const found = this.#db.get(
      `SELECT from_ms, to_ms, state, reason FROM ledger WHERE layer = ? AND camera = ? AND ${condition} LIMIT 1`,
      layer, camera, at,
    );
    return found && row.parse(found);
  }
}

/** The parts of `interval` that none of `known`, oldest first, tells of. */
function gaps(interval: Interval, known: readonly Interval[]): Interval[] {
  const parts: Interval[] = [];
  let { from } = interval;
  for (const one of known) {
    if (one.from > from) parts.push({ ...interval, from, to: Math.min(one.from, interval.to) });
    from = Math.max(from, one.to);
  }
  if (from < interval.to) parts.push({ ...interval, from });
  return parts.filter((part) => part.to > part.from);
}

function joined(intervals: readonly Interval[]): Interval[] {
  const all: Interval[] = [];
  for (const one of intervals) {
    const last = all.at(-1);
    const isSame = last?.state === one.state && last.reason === one.reason && one.from <= last.to + TOUCHING_MS;
    if (last !== undefined && isSame) all[all.length - 1] = { ...last, to: one.to };
    else all.push(one);
  }
  return all;
}
