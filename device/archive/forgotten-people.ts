/** Forgets a person's name in what the catalogue holds. */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { TytoEvent } from '../contract/event.ts';
import type { Archive } from './archive.ts';

/** The event as if nobody of that name had been known; the very same object where it does not name the person. */
export type WithoutPerson = (event: TytoEvent, name: string) => TytoEvent;

const PAGE = 100;

export class ForgottenPeople {
  readonly #archive: Archive;
  readonly #without: WithoutPerson;
  /** Who was forgotten while this process runs, and when (Unix seconds). */
  readonly #forgotten: { readonly name: string; readonly at: number }[] = [];

  constructor(archive: Archive, without: WithoutPerson) {
    this.#archive = archive;
    this.#without = without;
  }

  /** `event` as it may be written: one that was under way when somebody was forgotten does not bring the name back. */
  clean(event: TytoEvent): TytoEvent {
    return this.#forgotten.filter(({ at }) => event.start_time < at).reduce((clean, { name }) => this.#without(clean, name), event);
  }

  /** Takes the name out of every event; those that have ended are told anew to whoever follows the catalogue. */
  async forget(name: string, now: number): Promise<void> {
    this.#forgotten.push({ name, at: now });
    for (let before: string | null | undefined; before !== null;) {
      const { events, next } = this.#archive.view.page({ limit: PAGE, kind: 'face', ...(before === undefined ? {} : { before }) });
      this.#archive.transaction(() => { for (const { id } of events) this.#forgetIn(id, name); });
      before = next;
      await otherWork(); // recordings are written between pages
    }
  }

  #forgetIn(id: string, name: string): void {
    const event = this.#archive.view.get(id);
    const clean = event && this.#without(event, name);
    if (clean !== undefined && clean !== event) this.#archive.putEvent(clean);
  }
}
