import { useEffect, useRef, useState } from 'preact/hooks';
import { inWords } from '../../../../ui/server.ts';
import { server } from '../server.ts';
import { isAskedFor, queryOf, readFilter, type EventFilter } from './event-filter.ts';
import { mergeEvents, type PageEvent } from './merge-events.ts';

export interface EventFeed {
  /** Which events these are. */
  readonly filter: EventFilter;
  readonly events: readonly PageEvent[];
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: string;
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly loadOlder: () => void;
  /** Asks for the newest again. */
  readonly refresh: () => void;
  /** Asks for all again: any of them may have changed. They are shown as they were until then. */
  readonly renew: () => void;
  readonly put: (event: PageEvent) => void;
  /** The event is no more. */
  readonly forget: (id: string) => void;
}

interface Known {
  readonly events: readonly PageEvent[];
  readonly next: string | null;
  readonly status: EventFeed['status'];
  readonly error: string;
}

const NOTHING: Known = { events: [], next: null, status: 'loading', error: '' };

/**
 * The device's events, as far back as was asked for.
 * @param search - Which of them, as the address says it.
 */
export function useEvents(search: string): EventFeed {
  const filter = readFilter(search);
  const [known, setKnown] = useState<Known>(NOTHING);
  /** An answer to what is no longer asked for comes too late. */
  const asked = useRef(search);
  asked.current = search;
  /** How often all were asked for again: an answer to what was asked before that has them as they were. */
  const renewals = useRef(0);
  const load = async (before: string | undefined, keeps = true): Promise<void> => {
    if (!keeps) renewals.current += 1;
    const renewal = renewals.current;
    const take = (change: (now: Known) => Known): void => {
      if (asked.current === search && renewals.current === renewal) setKnown(change);
    };
    take((now) => ({ ...now, status: 'loading' }));
    try {
      const { events, next } = await server.events(queryOf(filter, before));
      take((now) => {
        const kept = keeps ? now.events : [];
        return {
          events: mergeEvents(kept, events), status: 'ready', error: '',
          // A refresh that meets what is known already leaves the far end where it was.
          next: before === undefined && kept.some(({ id }) => id === events.at(-1)?.id) ? now.next : next,
        };
      });
    } catch (refused) {
      take((now) => ({ ...now, status: 'failed', error: inWords(refused) }));
    }
  };
  useEffect(() => {
    setKnown(NOTHING);
    void load(undefined);
  }, [search]);
  return {
    filter, events: known.events, status: known.status, error: known.error, more: known.next !== null,
    loadOlder: () => { if (known.next !== null && known.status !== 'loading') void load(known.next); },
    refresh: () => void load(undefined),
    renew: () => void load(undefined, false),
    put: (event) => setKnown((now) => {
      const isKnown = now.events.some(({ id }) => id === event.id);
      return isKnown || isAskedFor(event, filter) ? { ...now, events: mergeEvents(now.events, [event]) } : now;
    }),
    forget: (id) => setKnown((now) => ({ ...now, events: now.events.filter((event) => event.id !== id) })),
  };
}
