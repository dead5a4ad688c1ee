/** The people of a store as they are compared with: read again whenever the store changes, whoever changed it. */
import { ConfigError } from '../../core/errors.ts';
import { seconds } from '../../core/units.ts';
import { similarity, type Descriptor } from './descriptor.ts';
import type { PeopleStore } from './people-store.ts';
import type { Person, Sample } from './person.ts';

export interface Likeness {
  readonly name: string;
  /** 0 to 1; see `similarity`. */
  readonly similarity: number;
}

/** Describes the face in a stored crop; undefined where that cannot be done. */
export type CropDescriber = (crop: Uint8Array) => Promise<Descriptor | undefined>;

/** Somebody, and what each picture of them is known by; at least one. */
export interface Known { readonly name: string; readonly descriptors: readonly Descriptor[] }

/** How often the store is asked whether it changed. */
const LOOK_EVERY = seconds(2);
/** A person is as alike as the mean of the best of the pictures: one alone may be a bad one that is like everybody. */
const BEST = 2;
/** So many pictures that another network described are described anew at a time: a look must not take long. */
const ANEW_AT_ONCE = 8;

export class KnownPeople {
  readonly #store: PeopleStore;
  #people: readonly Known[] = [];
  #state = '';
  #askedAt = -Infinity;
  /** Pictures that cannot be described anew. */
  readonly #useless = new Set<string>();
  constructor(store: PeopleStore) { this.#store = store; }

  /**
   * Takes over what changed. What another network described is described anew from its crop, a few pictures at a time;
   * until then, and where that is not possible, it is not compared with.
   *
   * @returns How many people there are to compare with.
   */
  async refresh(describeCrop?: CropDescriber): Promise<number> {
    if (performance.now() - this.#askedAt < LOOK_EVERY) return this.#people.length;
    this.#askedAt = performance.now();
    const state = await this.#store.state();
    if (state !== this.#state) {
      let people = await this.#store.list();
      const changed = describeCrop !== undefined && await this.#describeAnew(people, describeCrop);
      if (changed) people = await this.#store.list();
      this.#people = people.map(({ name, samples }) => ({
        name, descriptors: samples.flatMap(({ descriptor }) => descriptor === undefined ? [] : [descriptor]),
      })).filter(({ descriptors }) => descriptors.length > 0);
      this.#state = changed ? '' : state; // there may be more of them
    }
    return this.#people.length;
  }

  /** Whether anything was to do. */
  async #describeAnew(people: readonly Person[], describeCrop: CropDescriber): Promise<boolean> {
    const stale = people.flatMap(({ id, samples }) => samples.map((sample): [string, Sample] => [id, sample]))
      .filter(([, { id, descriptor }]) => descriptor === undefined && !this.#useless.has(id)).slice(0, ANEW_AT_ONCE);
    for (const [person, sample] of stale) {
      const crop = await this.#store.crop(person, sample.id).catch(ifForgotten);
      const descriptor = crop === undefined ? undefined : await describeCrop(crop);
      if (descriptor === undefined) this.#useless.add(sample.id);
      else await this.#store.describeAnew(person, sample, descriptor);
    }
    return stale.length > 0;
  }

  /** Who is most like the face; undefined when nobody has been named. */
  nearest(face: Descriptor): Likeness | undefined { return nearestOf(this.#people, face); }
}

/** Who of `people` is most like the face; undefined when there are none. */
export function nearestOf(people: readonly Known[], face: Descriptor): Likeness | undefined {
  let best: Likeness | undefined;
  for (const { name, descriptors } of people) {
    const alike = meanOfBest(descriptors.map((known) => similarity(known, face)));
    if (best === undefined || alike > best.similarity) best = { name, similarity: alike };
  }
  return best;
}

/** No crop, nothing to describe. */
function ifForgotten(error: unknown): undefined {
  if (!(error instanceof ConfigError)) throw error;
}

function meanOfBest(values: readonly number[]): number {
  const best = values.toSorted((a, b) => b - a).slice(0, BEST);
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}
