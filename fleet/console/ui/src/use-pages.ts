import { useEffect, useRef, useState } from 'preact/hooks';
import { inWords } from '../../../../device/ui/server.ts';

export interface Pages<T> {
  readonly rows: readonly T[];
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: string;
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly loadOlder: () => void;
  readonly again: () => void;
}

interface Known<T> {
  readonly of: string;
  readonly rows: readonly T[];
  readonly next: string | null;
  readonly status: Pages<T>['status'];
  readonly error: string;
}

export interface PageSource<T> {
  /** Names the list: another one begins from nothing. */
  readonly of: string;
  /** Newest first; those before a cursor. */
  readonly load: (before: string | undefined) => Promise<{ readonly rows: readonly T[]; readonly next: string | null }>;
  readonly merge: (known: readonly T[], news: readonly T[]) => readonly T[];
  /** The newest are asked for again whenever this changes. */
  readonly revision: string | undefined;
}

/** A list that grows at both ends: new rows by themselves, older ones when asked for. */
export function usePages<T>({ of, load, merge, revision }: PageSource<T>): Pages<T> {
  const empty: Known<T> = { of, rows: [], next: null, status: 'loading', error: '' };
  const [stored, setKnown] = useState<Known<T>>(empty);
  const known = stored.of === of ? stored : empty;
  const wanted = useRef(of);
  wanted.current = of;
  const fetchPage = async (before: string | undefined): Promise<void> => {
    setKnown((now) => (now.of === of ? { ...now, status: 'loading' } : empty));
    try {
      const { rows, next } = await load(before);
      if (wanted.current !== of) return;
      setKnown((now) => {
        const held = now.of === of ? now.rows : [];
        // The newest page reaches what is known already: the far end stays where it was. Otherwise there is a gap:
        // begin anew.
        const meets = held.length > 0 && merge(held, rows).length < held.length + rows.length;
        if (before === undefined && !meets) return { of, rows: merge([], rows), next, status: 'ready', error: '' };
        return {
          of,
          rows: merge(held, rows),
          next: before === undefined ? now.next : next,
          status: 'ready',
          error: '',
        };
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
