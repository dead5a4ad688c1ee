import { useEffect, useState } from 'preact/hooks';
import type { SegmentView } from '../../../../contract/device-api.ts';
import { inWords } from '../../../../ui/server.ts';
import { server } from '../server.ts';
import { stretchesOf, type Span, type Stretch } from './pieces.ts';

export interface Day {
  /** Whether the rest is of the day that is asked for; until then it is of the day before. */
  readonly isKnown: boolean;
  readonly stretches: readonly Stretch[];
  readonly events: readonly (Span & { readonly id: string })[];
  readonly error: string;
}

const HOUR = 3600;
/** Loaded beyond an hour on both sides, so that nothing stops at its end. */
const MARGIN = 180;
/** As many events as fit side by side on a screen. */
const MOST_EVENTS = 300;

/** What became of the day from `from` to `to`. @param turn - Another one asks again. */
export function useDay({ from, to }: Span, turn: number): Day {
  const [day, setDay] = useState<Omit<Day, 'isKnown'> & { readonly of?: number }>(
    { stretches: [], events: [], error: '' },
  );
  useEffect(() => {
    let isWanted = true;
    Promise.all([ledgerOf({ from, to }), eventsOf({ from, to })]).then(
      ([stretches, events]) => { if (isWanted) setDay({ of: from, stretches, events, error: '' }); },
      (refused: unknown) => { if (isWanted) setDay({ of: from, stretches: [], events: [], error: inWords(refused) }); },
    );
    return () => { isWanted = false; };
  }, [from, to, turn]);
  return { ...day, isKnown: day.of === from };
}

/** Of which time the pieces are; `error` says why they are not known. */
export interface Loaded { readonly pieces: readonly SegmentView[]; readonly span: Span; readonly error: string }

/** The pieces of the hour around `at`; those of the hour before until they are known, none at first. */
export function usePieces(at: number, turn: number): Loaded {
  const hour = Math.floor(at / HOUR) * HOUR;
  const [loaded, setLoaded] = useState<Loaded>({ pieces: [], span: { from: 0, to: 0 }, error: '' });
  useEffect(() => {
    let isWanted = true;
    const span = { from: hour - MARGIN, to: hour + HOUR + MARGIN };
    const take = (pieces: readonly SegmentView[], error: string): void => {
      if (isWanted) setLoaded({ pieces, span, error });
    };
    server.recordings(span.from, span.to).then(
      ({ recordings }) => take(recordings, ''), (refused: unknown) => take([], inWords(refused)),
    );
    return () => { isWanted = false; };
  }, [hour, turn]);
  return loaded;
}

async function ledgerOf({ from, to }: Span): Promise<readonly Stretch[]> {
  const all: Stretch[] = [];
  for (let next: number | null = from; next !== null;) {
    const view = await server.ledger(next, to);
    all.push(...stretchesOf(view.entries));
    next = view.next;
  }
  return all;
}

async function eventsOf({ from, to }: Span): Promise<Day['events']> {
  const all: (Span & { readonly id: string })[] = [];
  for (let before: string | null = ''; before !== null && all.length < MOST_EVENTS;) {
    const { events, next } = await server.events(`?limit=100&from=${from}&to=${to}${before === '' ? ''
      : `&before=${before}`}`);
    all.push(...events.map(({ id, start_time: start, end_time: end }) => ({ id, from: start, to: end ?? start + 1 })));
    before = next;
  }
  return all;
}
