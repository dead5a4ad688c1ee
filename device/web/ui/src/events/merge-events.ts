import type { TytoEvent } from '../../../../contract/event.ts';

/** `known` with `news` put in or in the place of what they were; newest first. */
export function mergeEvents(known: readonly TytoEvent[], news: readonly TytoEvent[]): readonly TytoEvent[] {
  const all = new Map([...known, ...news].map((event) => [event.id, event]));
  return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}
