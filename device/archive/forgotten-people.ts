/** Forgets a person's name in what the catalogue holds. */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { TytoEvent } from '../contract/event.ts';
import type { Archive } from './archive.ts';

/** Who is to vanish from the events before `at` (Unix milliseconds), until `done` says that nothing is left. */
export interface ForgottenSource {
  /** @param onUnreadable - Told of each that cannot be read now and stays. */
  list(
    onUnreadable: (error: Error) => void,
  ): Promise<readonly { readonly id: string; readonly name: string; readonly at: number }[]>;
  done(id: string): Promise<void>;
}

/** The event as if nobody of that name had been known; the very same object where it does not name the person. */
export type WithoutPerson = (event: TytoEvent, name: string) => TytoEvent;

const PAGE = 100;

export class ForgottenPeople {
  readonly #archive: Archive;
  readonly #without: WithoutPerson;
  readonly #source: ForgottenSource;
  /** Who was forgotten while this process runs, and when (Unix seconds). */
  readonly #forgotten: { readonly name: string; readonly at: number }[] = [];

  constructor(archive: Archive, without: WithoutPerson, source: ForgottenSource) {
    this.#archive = archive;
    this.#without = without;
    this.#source = source;
  }

  /** `event` as it may be written: one that was under way when somebody was forgotten does not bring the name back. */
  clean(event: TytoEvent): TytoEvent {
    return this.#forgotten.filter(({ at }) => event.start_time < at).reduce(
      (clean, { name }) => this.#without(clean, name), event,
    );
  }

  /**
   * Takes all names that are to vanish out of the events; those that have ended are told anew
   * to whoever follows the catalogue.
   * @throws {Error} When one of them cannot be read, once the others have vanished.
   */
  async forgetAll(): Promise<void> {
    const unreadable: Error[] = [];
    for (const { id, name, at } of await this.#source.list((error) => unreadable.push(error))) {
      await this.#forget(name, at / 1000);
      await this.#source.done(id);
    }
    if (unreadable[0] !== undefined) throw unreadable[0];
  }

  async #forget(name: string, at: number): Promise<void> {
    this.#forgotten.push({ name, at });
    for (let before: string | null | undefined; before !== null;) {
      const { events, next } = this.#archive.view.page({
        limit: PAGE, kind: 'face', ...(before === undefined ? {} : { before }),
      });
      this.#archive.transaction(() => { for (const { id } of events) this.#forgetIn(id, { name, at }); });
      before = next;
      await otherWork(); // recordings are written between pages
    }
  }

  #forgetIn(id: string, { name, at }: { readonly name: string; readonly at: number }): void {
    const event = this.#archive.view.get(id);
    const clean = event && event.start_time < at ? this.#without(event, name) : event;
    if (clean !== undefined && clean !== event) this.#archive.putEvent(clean);
  }
}
