/** The people of a store as they are compared with: read again whenever the store changes, whoever changed it. */
import { seconds } from '../../core/units.ts';
import { similarity, type Descriptor } from './descriptor.ts';
import type { PeopleStore } from './people-store.ts';

export interface Likeness {
  readonly name: string;
  /** 0 to 1; see `similarity`. */
  readonly similarity: number;
}

interface Known { readonly name: string; readonly descriptors: readonly Descriptor[] }

/** How often the store is asked whether it changed. */
const LOOK_EVERY = seconds(2);
/** A person is as alike as the mean of the best of the pictures: one alone may be a bad one that is like everybody. */
const BEST = 2;

export class KnownPeople {
  readonly #store: PeopleStore;
  #people: readonly Known[] = [];
  #state = '';
  #askedAt = -Infinity;
  constructor(store: PeopleStore) { this.#store = store; }

  /** Takes over what changed. @returns How many people there are to compare with. */
  async refresh(): Promise<number> {
    if (performance.now() - this.#askedAt < LOOK_EVERY) return this.#people.length;
    this.#askedAt = performance.now();
    const state = await this.#store.state();
    if (state !== this.#state) {
      this.#people = (await this.#store.list()).map(({ name, samples }) => ({
        name, descriptors: samples.flatMap(({ descriptor }) => descriptor === undefined ? [] : [descriptor]),
      })).filter(({ descriptors }) => descriptors.length > 0);
      this.#state = state;
    }
    return this.#people.length;
  }

  /** Who is most like the face; undefined when nobody has been named. */
  nearest(face: Descriptor): Likeness | undefined {
    let best: Likeness | undefined;
    for (const { name, descriptors } of this.#people) {
      const alike = meanOfBest(descriptors.map((known) => similarity(known, face)));
      if (best === undefined || alike > best.similarity) best = { name, similarity: alike };
    }
    return best;
  }
}

function meanOfBest(values: readonly number[]): number {
  const best = values.toSorted((a, b) => b - a).slice(0, BEST);
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}
