/** Changes a person's name in what the catalogue holds, or forgets it there. */
import { setImmediate as otherWork } from 'node:timers/promises';
import { revised, type TytoEvent } from '../contract/event.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import type { Archive } from './archive.ts';

/** Another name, or null for none, for whoever is called `name` in events that began before `at`. */
interface Change {
  readonly name: string;
  readonly to: string | null;
  /** Unix seconds. */
  readonly at: number;
}

/** Whose name is to change in the events before `at` (Unix milliseconds), until `done` says that nothing is left. */
export interface NameChangeSource {
  /** @param onUnreadable - Told of each that cannot be read now and stays. */
  list(
    onUnreadable: (error: Error) => void,
  ): Promise<readonly (Change & { readonly id: string })[]>;
  done(id: string): Promise<void>;
}

/** The event as the change has it; the very same object where it does not name the person. */
export type WithChangedName = (event: TytoEvent, change: Pick<Change, 'name' | 'to'>) => TytoEvent;

const PAGE = 100;
/** Seconds that the old one still comes: who looks at faces reads names every two, and a look takes some. */
const STILL_TOLD = 10;

export class ChangedNames {
  readonly #archive: Archive;
  readonly #changed: WithChangedName;
  readonly #source: NameChangeSource;
  /** Those of this process's time, in their order. */
  readonly #changes: Change[] = [];

  constructor(archive: Archive, changed: WithChangedName, source: NameChangeSource) {
    this.#archive = archive;
    this.#changed = changed;
    this.#source = source;
  }

  /** `event` as it may be written: one that was under way when a name changed does not bring the old one back. */
  clean(event: TytoEvent): TytoEvent {
    return this.#changes.filter(({ at }) => event.start_time < at).reduce(
      (clean, change) => this.#changed(clean, change), event,
    );
  }

  /**
   * Changes all names in the events that are to change, in their order; events that have ended are told anew to whoever
   * follows the catalogue. Who asks meanwhile waits: a change that came late would meet names that are others' by now.
   * @throws {Error} When one of the changes cannot be read, once the others are done.
   */
  readonly changeAll = oneAtATime(() => this.#changeAll());

  async #changeAll(): Promise<void> {
    const unreadable: Error[] = [];
    for (const { id, name, to, at } of await this.#source.list((error) => unreadable.push(error))) {
      await this.#change({ name, to, at: at / 1000 + STILL_TOLD });
      await this.#source.done(id);
    }
    if (unreadable[0] !== undefined) throw unreadable[0];
  }

  async #change(change: Change): Promise<void> {
    this.#changes.push(change);
    for (let before: string | null | undefined; before !== null;) {
      const { events, next } = this.#archive.view.page({
        limit: PAGE, kind: 'face', ...(before === undefined ? {} : { before }),
      });
      this.#archive.transaction(() => { for (const { id } of events) this.#changeIn(id, change); });
      before = next;
      await otherWork(); // recordings are written between pages
    }
  }

  #changeIn(id: string, change: Change): void {
    const event = this.#archive.view.get(id);
    const clean = event && event.start_time < change.at ? this.#changed(event, change) : event;
    if (clean === undefined || clean === event) return;
    this.#archive.putEvent(clean.end_time === null ? clean : revised(clean)); // nobody was told of one that goes on
  }
}
