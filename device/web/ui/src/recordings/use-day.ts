import { useEffect, useState } from 'preact/hooks';
import type { SegmentView } from '../../../../contract/device-api.ts';
import { inWords } from '../../../../ui/server.ts';
import { server } from '../server.ts';
import { stretchesOf, type Span, type Stretch } from './pieces.ts';

export interface Day {
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
  const [day, setDay] = useState<Day>({ stretches: [], events: [], error: '' });
  useEffect(() => {
    let isWanted = true;
    Promise.all([ledgerOf({ from, to }), eventsOf({ from, to })]).then(
      ([stretches, events]) => { if (isWanted) setDay({ stretches, events, error: '' }); },
      (refused: unknown) => { if (isWanted) setDay({ stretches: [], events: [], error: inWords(refused) }); },
    );
    return () => { isWanted = false; };
  }, [from, to, turn]);
  return day;
}

/** Of which time the pieces are. */
export interface Loaded { readonly pieces: readonly SegmentView[]; readonly span: Span }

/** The pieces of the hour around `at`; those of the hour before until they are known, none at first. */
export function usePieces(at: number, turn: number): Loaded {
  const hour = Math.floor(at / HOUR) * HOUR;
  const [loaded, setLoaded] = useState<Loaded>({ pieces: [], span: { from: 0, to: 0 } });
  useEffect(() => {
    let isWanted = true;
    const span = { from: hour - MARGIN, to: hour + HOUR + MARGIN };
    const take = (pieces: readonly SegmentView[]): void => { if (isWanted) setLoaded({ pieces, span }); };
    server.recordings(span.from, span.to).then(({ recordings }) => take(recordings), () => take([]));
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
