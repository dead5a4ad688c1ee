import type { FleetEventView } from '../../../../../device/contract/fleet-api.ts';

/** One text for an event of one device: ids of two devices may be the same. */
export const keyOf = ({ event }: FleetEventView): string => `${event.id}_${event.device}`;

/**
 * `known` with those of `news` that are new, or have more than was known; newest first. The others keep their links, so
 * that no picture loads twice.
 */
export function mergeEvents(
  known: readonly FleetEventView[],
  news: readonly FleetEventView[],
): readonly FleetEventView[] {
  const all = new Map(known.map((view) => [keyOf(view), view]));
  for (const view of news) {
    const before = all.get(keyOf(view))?.event;
    if (before?.has_clip !== view.event.has_clip || before.has_snapshot !== view.event.has_snapshot)
      all.set(keyOf(view), view);
  }
  return [...all.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}
