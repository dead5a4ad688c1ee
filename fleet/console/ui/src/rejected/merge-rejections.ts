import type { RejectedView } from '../../../../../device/contract/fleet-api.ts';

/** A key that is rejected once more stands on top anew. */
const idOf = ({ key, rejected_at: at }: RejectedView): string => `${at} ${key}`;

/**
 * `known` with an older page behind it; or with the newest page once more, which says what is new, and by what it
 * leaves out what was delivered well since. Pages that were loaded before stay.
 */
export function mergeRejections(
  known: readonly RejectedView[], news: readonly RejectedView[],
): readonly RejectedView[] {
  const told = new Set(news.map(idOf));
  const others = known.filter((row) => !told.has(idOf(row)));
  if (others.length === known.length) return [...known, ...news];
  const reach = news.at(-1)?.rejected_at ?? 0;
  return [...news, ...others.filter(({ rejected_at: at }) => at < reach)];
}
