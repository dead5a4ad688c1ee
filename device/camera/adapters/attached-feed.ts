/** Whatever camera is attached at the time it is opened: another one after a change of plugs. */
import type { AttachedLookup } from '../find-attached.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';

export type AttachedSource = Extract<AttachedLookup, { readonly found: true }>['source'];

export class AttachedFeed implements FeedSource {
  readonly label: string;
  readonly #look: (signal: AbortSignal) => Promise<AttachedLookup>;
  readonly #feedOf: (source: AttachedSource) => FeedSource;
  constructor(label: string, look: (
    signal: AbortSignal,
  ) => Promise<AttachedLookup>, feedOf: (source: AttachedSource) => FeedSource) {
    this.label = label;
    this.#look = look;
    this.#feedOf = feedOf;
  }

  async open(signal: AbortSignal): Promise<Feed> {
    const lookup = await this.#look(signal);
    if (!lookup.found) throw lookup.reason;
    const found = this.#feedOf(lookup.source);
    // It need not be the one of the session before: nothing seen then is relied upon.
    return { ...await found.open(signal, true), label: found.label };
  }
}
