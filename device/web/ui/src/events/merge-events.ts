import type { TytoEvent } from '../../../../contract/event.ts';

/** An event as the page knows it: whether it is starred is told by the archive, not by the bus. */
export type PageEvent = TytoEvent & { readonly starred?: boolean };

/** `known` with `news` put in or in the place of what they were; newest first. */
export function mergeEvents(known: readonly PageEvent[], news: readonly PageEvent[]): readonly PageEvent[] {
  const all = new Map<string, PageEvent>(known.map((event) => [event.id, event]));
  for (const event of news) all.set(event.id, { ...all.get(event.id), ...event });
  return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}
