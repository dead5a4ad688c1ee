import { useEffect, useState } from 'preact/hooks';
import { inWords } from '../../../../ui/server.ts';
import { server } from '../server.ts';
import { mergeEvents, type PageEvent } from './merge-events.ts';

export interface EventFeed {
  readonly events: readonly PageEvent[];
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: string;
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly loadOlder: () => void;
  /** Asks for the newest again. */
  readonly refresh: () => void;
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

/** The device's events, as far back as was asked for. */
export function useEvents(): EventFeed {
  const [known, setKnown] = useState<Known>({ events: [], next: null, status: 'loading', error: '' });
  const load = async (before: string | undefined): Promise<void> => {
    setKnown((now) => ({ ...now, status: 'loading' }));
    try {
      const { events, next } = await server.events(before);
      setKnown((now) => ({
        events: mergeEvents(now.events, events), status: 'ready', error: '',
        // A refresh that meets what is known already leaves the far end where it was.
        next: before === undefined && now.events.some(({ id }) => id === events.at(-1)?.id) ? now.next : next,
      }));
    } catch (refused) {
      setKnown((now) => ({ ...now, status: 'failed', error: inWords(refused) }));
    }
  };
  useEffect(() => void load(undefined), []);
  return {
    events: known.events, status: known.status, error: known.error, more: known.next !== null,
    loadOlder: () => { if (known.next !== null && known.status !== 'loading') void load(known.next); },
    refresh: () => void load(undefined),
    put: (event) => setKnown((now) => ({ ...now, events: mergeEvents(now.events, [event]) })),
    forget: (id) => setKnown((now) => ({ ...now, events: now.events.filter((event) => event.id !== id) })),
  };
}
