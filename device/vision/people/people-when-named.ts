/**
 * The people to compare with, read from the first one who is named on: until then
 * nothing of what reads them is in memory.
 */
import { stat } from 'node:fs/promises';
import type { Descriptor } from './descriptor.ts';
import type { CropDescriber, KnownPeople, Likeness } from './known-people.ts';

export class PeopleWhenNamed {
  readonly #folder: string;
  readonly #open: () => Promise<KnownPeople>;
  #known: KnownPeople | undefined;

  /**
   * @param folder - `<data>/people`, which is made when the first person is named.
   * @param open - Called once there is such a folder.
   */
  constructor(folder: string, open: () => Promise<KnownPeople>) {
    this.#folder = folder;
    this.#open = open;
  }

  /** As `KnownPeople.refresh`. */
  async refresh(describeCrop?: CropDescriber): Promise<number> {
    if (this.#known === undefined && !await stat(this.#folder).then(() => true, () => false)) return 0;
    this.#known ??= await this.#open();
    return await this.#known.refresh(describeCrop);
  }

  /** As `KnownPeople.nearest`. */
  nearest(face: Descriptor): Likeness | undefined { return this.#known?.nearest(face); }
}
