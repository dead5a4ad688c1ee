/** Continuous recording as the page goes through it: pure. Times in Unix seconds. */
import type { LedgerEntry, SegmentView } from '../../../../contract/device-api.ts';

export interface Span { readonly from: number; readonly to: number }
export interface Stretch extends Span {
  readonly look: 'kept' | 'gone' | 'lost';
  /** Why it is missing; empty of what is not, or where nobody knows. */
  readonly reason: string;
}

const LOOKS: Readonly<Partial<Record<LedgerEntry['state'], Stretch['look']>>> = {
  recorded: 'kept', uploaded: 'kept', deleted: 'gone', lost: 'lost',
};
/** Between two pieces of one recording lies at most this: a picture's length. */
const SEAM_S = 1;

/** What became of a day, as few stretches as tell it; where nothing was to be recorded there is none. */
export function stretchesOf(entries: readonly LedgerEntry[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, to, state, reason: told } of entries) {
    const reason = state === 'lost' ? told : '';
    const look = LOOKS[state];
    const last = stretches.at(-1);
    if (look === undefined) continue;
    if (last !== undefined && last.look === look && last.reason === reason && from - last.to <= SEAM_S)
      stretches[stretches.length - 1] = { ...last, to };
    else stretches.push({ from, to, look, reason });
  }
  return stretches;
}

/**
 * The piece that shows `at`, or else the first one after it. One that is still being written is left until it is whole.
 */
export const pieceAt = (pieces: readonly SegmentView[], at: number): SegmentView | undefined =>
  pieces.find(({ to }) => to !== null && to > at);

export const pieceAfter = (pieces: readonly SegmentView[], piece: SegmentView): SegmentView | undefined =>
  pieces.find(({ from, to }) => to !== null && from > piece.from);

export const isWithin = (at: number, { from, to }: Span): boolean => at >= from && at < to;

/** Where `at` lies in `span`, from 0 to 100. */
export const percentOf = (at: number, { from, to }: Span): number =>
  100 * Math.min(1, Math.max(0, (at - from) / (to - from)));
