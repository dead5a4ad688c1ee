/** Why nothing continuous can be shown of a moment: pure. */
import type { SegmentView } from '../../../../contract/device-api.ts';
import { isWithin, type Span, type Stretch } from './pieces.ts';

export interface NothingWords {
  readonly title: string;
  readonly text: string;
  /** The event that was recorded then. */
  readonly event: string | undefined;
}

export interface KnownOfDay {
  readonly pieces: readonly SegmentView[];
  readonly stretches: readonly Stretch[];
  readonly events: readonly (Span & { readonly id: string })[];
}

/**
 * @param at - Of which no piece is whole, nor of soon after.
 * @param time - The same in words.
 */
export function nothingWords(at: number, time: string, { pieces, stretches, events }: KnownOfDay): NothingWords {
  if (pieces.some(({ from, to }) => to === null && from <= at))
    return { title: `${time} is being recorded`, text: 'It can be watched in a minute or two.', event: undefined };
  const stretch = stretches.find((one) => isWithin(at, one));
  switch (stretch?.look) {
    case 'kept': return {
      title: `At ${time} an event was recorded, and nothing besides`, text: MODES,
      event: events.filter(({ from, to }) => to > stretch.from && from < stretch.to)
        .toSorted((a, b) => distance(at, a) - distance(at, b))[0]?.id,
    };
    case 'gone': return {
      title: `What was recorded at ${time} is deleted since`,
      text: 'The oldest makes room for the newest, and what somebody deletes is gone.', event: undefined,
    };
    case 'lost': return {
      title: `Nothing was recorded at ${time}`,
      text: stretch.reason === '' ? 'It is not known why.' : `It is missing: ${stretch.reason}.`, event: undefined,
    };
    case undefined: return {
      title: `Nothing continuous was kept at ${time}, nor soon after`, text: `What moved is in the events. ${MODES}`,
      event: undefined,
    };
  }
}

const MODES = 'Everything is recorded when recording.mode is continuous or both.';

const distance = (at: number, { from, to }: Span): number => Math.max(0, from - at, at - to);
