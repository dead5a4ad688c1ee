/** What is known of a list that grows at both ends: pure. */

export interface Known<T> {
  /** Newest first. */
  readonly rows: readonly T[];
  /** Leads to older ones; null when all are known. */
  readonly next: string | null;
  /** When the newest were last asked for, in milliseconds. */
  readonly newestAt: number;
}

export interface PageOf<T> { readonly rows: readonly T[]; readonly next: string | null }

export type Merge<T> = (known: readonly T[], news: readonly T[]) => readonly T[];

export const withOlder = <T>(known: Known<T>, { rows, next }: PageOf<T>, merge: Merge<T>): Known<T> =>
  ({ ...known, rows: merge(known.rows, rows), next });

/** @param full - How many rows a page has that found enough. */
export interface Newest<T> extends PageOf<T> { readonly full: number; readonly at: number }

/**
 * The newest page once more. Where it reaches what is known already, the far end stays where it was; otherwise there is
 * a gap, and the list begins anew.
 *
 * Where what is looked for is rare, the server stops after thousands that are something else: such a page does not
 * reach what was found further back, and between two looks so many do not come. It says only what is new.
 */
export function withNewest<T>(known: Known<T>, { rows, next, full, at }: Newest<T>, merge: Merge<T>): Known<T> {
  const both = merge(known.rows, rows);
  const meets = known.rows.length > 0 && both.length < known.rows.length + rows.length;
  const stopped = next !== null && rows.length < full && at - known.newestAt < LONGEST_BETWEEN_MS;
  return meets || stopped ? { rows: both, next: known.next, newestAt: at }
    : { rows: merge([], rows), next, newestAt: at };
}

/** The page looks every few seconds; one that slept for longer begins anew. */
const LONGEST_BETWEEN_MS = 60_000;
