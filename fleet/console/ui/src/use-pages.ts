import { useEffect, useRef, useState } from 'preact/hooks';
import { inWords } from '../../../../device/ui/server.ts';
import { withNewest, withOlder, type Known, type Merge, type PageOf } from './known-pages.ts';

export interface Pages<T> {
  readonly rows: readonly T[];
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: string;
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly loadOlder: () => void;
  readonly again: () => void;
}

interface Held<T> extends Known<T> {
  readonly of: string;
  readonly status: Pages<T>['status'];
  readonly error: string;
}

export interface PageSource<T> {
  /** Names the list: another one begins from nothing. */
  readonly of: string;
  /** Newest first; those before a cursor. */
  readonly load: (before: string | undefined) => Promise<PageOf<T>>;
  readonly merge: Merge<T>;
  /** How many rows a page has that found enough; where a search never stops before that, it need not be said. */
  readonly full?: number;
  /** The newest are asked for again whenever this changes. */
  readonly revision: string | undefined;
}

/** A list that grows at both ends: new rows by themselves, older ones when asked for. */
export function usePages<T>({ of, load, merge, full = 0, revision }: PageSource<T>): Pages<T> {
  const empty: Held<T> = { of, rows: [], next: null, newestAt: -Infinity, status: 'loading', error: '' };
  const [stored, setKnown] = useState<Held<T>>(empty);
  const known = stored.of === of ? stored : empty;
  const wanted = useRef(of);
  wanted.current = of;
  const fetchPage = async (before: string | undefined): Promise<void> => {
    setKnown((now) => (now.of === of ? { ...now, status: 'loading' } : empty));
    try {
      const page = await load(before);
      if (wanted.current !== of) return;
      setKnown((now) => {
        const held = now.of === of ? now : empty;
        const next = before === undefined ? withNewest(held, { ...page, full, at: Date.now() }, merge)
          : withOlder(held, page, merge);
        return { ...next, of, status: 'ready', error: '' };
      });
    } catch (refused) {
      if (wanted.current === of)
        setKnown((now) => ({ ...(now.of === of ? now : empty), status: 'failed', error: inWords(refused) }));
    }
  };
  useEffect(() => { if (revision !== undefined) void fetchPage(undefined); }, [of, revision]);
  return {
    rows: known.rows, status: known.status, error: known.error, more: known.next !== null,
    loadOlder: () => { if (known.next !== null && known.status !== 'loading') void fetchPage(known.next); },
    again: () => void fetchPage(undefined),
  };
}
