/**
 * The people whom a user has named, in a folder of their own each: `<id>/person.json`, `former.json` once the person
 * was called otherwise, and for each picture of the face `<sample>.json` (what it is known by) and `<sample>.jpg` (what
 * people recognise it by). To forget a person is to remove one folder; nothing else on the device holds a description
 * of a face.
 *
 * Several processes may use one store at a time: each file is put in place whole, and only a name is written twice.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compactTime } from '../../contract/names.ts';
import { ConfigError, describeError, systemCode } from '../../core/errors.ts';
import { oneAtATime } from '../../core/one-at-a-time.ts';
import { millis, type Millis } from '../../core/units.ts';
import { makeFolder } from '../../durable/make-folder.ts';
import { syncFolder, writeFileDurably } from '../../durable/write-file.ts';
import type { Descriptor } from './descriptor.ts';
import { NameChanges } from './name-changes.ts';
import type { NewSample, Person, Sample, SampleSource } from './person.ts';
import { personName, sameName } from './person-name.ts';
import {
  DESCRIBED_BY, formerSchema, packDescriptor, personSchema, sampleSchema, unpackDescriptor, type SampleFile,
} from './sample-file.ts';

/** What bounds the store, and the time that comparing takes. */
export const MOST_PEOPLE = 200;
export const MOST_SAMPLES = 20;

/** A file that is not what it should be was renamed to `place`. */
export interface DamagedFile { readonly place: string; readonly why: string }

interface FormerName {
  readonly name: string;
  /** Wall clock. */
  readonly until: Millis;
}

const ID = /^[0-9a-f]{16}$/;
const PERSON = 'person.json';
const FORMER = 'former.json';
const newId = (): string => randomBytes(8).toString('hex');

export class PeopleStore {
  readonly folder: string;
  readonly #onDamaged: (event: DamagedFile) => void;

  /** @param folder - `<data>/people`; made when the first person is named. */
  constructor(folder: string, onDamaged: (event: DamagedFile) => void) {
    this.folder = folder;
    this.#onDamaged = onDamaged;
  }

  /** Everybody, by name. A file that is damaged is put aside and told of; the rest counts. */
  async list(): Promise<Person[]> {
    const people: Person[] = [];
    for (const id of await this.#ids()) {
      const person = await this.#read(id);
      if (person !== undefined) people.push(person);
    }
    return people.toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.created - b.created);
  }

  /**
   * Adds a picture of the person with that name, who is made known by the first one. A picture that is there already
   * counts once: nothing changes.
   *
   * @throws {ConfigError} `people.name`, `people.too-many` (people, or pictures of this one)
   */
  async enrol(name: string, { descriptor, crop, source, taken }: NewSample): Promise<Person> {
    const proper = personName(name);
    const there = (await this.find(proper)).at(0);
    if (there?.samples.some((known) => isDeepStrictEqual(known.descriptor, descriptor)) === true) return there;
    const id = there?.id ?? await this.#create(proper, taken);
    const folder = this.#folderOf(id);
    const known = (await readdir(folder)).filter((file) => file.endsWith('.jpg')).length;
    if (known >= MOST_SAMPLES) {
      throw new ConfigError('people.too-many',
        `${proper} is known by ${known} pictures, which is the most; remove one that is not good first`);
    }
    const sample = newId();
    await writeFileDurably(path.join(folder, `${sample}.jpg`), crop);
    await this.#writeSample(id, { id: sample, taken, source, descriptor });
    const person = await this.#read(id);
    if (person !== undefined) return person;
    throw new ConfigError('people.unknown', `${proper} was forgotten at the same moment; nothing is kept`);
  }

  /** Who is called `name`, where this very face of an event is one of the pictures. */
  async knownFrom(name: string, source: SampleSource): Promise<Person | undefined> {
    return (await this.find(name)).find(({ samples }) =>
      samples.some((sample) => sample.source.kind === source.kind && sample.source.name === source.name));
  }

  /**
   * Removes one picture and its description; durable when it resolves. One after the other: of two that are removed at
   * once, each would count on the other to stay.
   * @throws {ConfigError} `people.unknown`; `people.last-picture`: nobody is known by nothing
   */
  readonly removePicture = oneAtATime(async (id: string, sample: string): Promise<void> => {
    await this.removable(id, sample);
    const folder = this.#folderOf(id);
    // its words last: where this is cut, it can be removed again
    for (const kind of ['jpg', 'json']) await rm(path.join(folder, `${sample}.${kind}`), { force: true });
    await syncFolder(folder);
  });

  /** The person, and the picture that may be removed. @throws {ConfigError} As `removePicture`. */
  async removable(id: string, sample: string): Promise<{ readonly person: Person; readonly picture: Sample }> {
    const person = await this.#known(id);
    const picture = person.samples.find((one) => one.id === sample);
    if (picture === undefined)
      throw new ConfigError('people.unknown', `there is no picture ${JSON.stringify(sample)} of ${person.name}`);
    if (person.samples.length > 1) return { person, picture };
    throw new ConfigError('people.last-picture',
      `this is the only picture of ${person.name}: take up a better one first, or forget ${person.name}`);
  }

  /** Gives a picture the description by the network that looks today; nothing when it was removed meanwhile. */
  async describeAnew(id: string, { id: sample, taken, source }: Sample, descriptor: Descriptor): Promise<void> {
    try {
      await stat(path.join(this.#folderOf(id), `${sample}.jpg`));
      await this.#writeSample(id, { id: sample, taken, source, descriptor });
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  /** Those with that name: none, or one; two only where two processes named the same person at the same moment. */
  async find(name: string): Promise<Person[]> {
    return (await this.list()).filter((person) => sameName(person.name, name));
  }

  /**
   * Durable when it resolves; recorded events are to follow, see `NameChanges`.
   *
   * @param now - Wall clock.
   * @throws {ConfigError} `people.name`, `people.unknown`, `people.taken`
   */
  async rename(id: string, name: string, now: Millis): Promise<void> {
    const proper = personName(name);
    const person = await this.#known(id);
    if ((await this.find(proper)).some((other) => other.id !== id)) {
      throw new ConfigError('people.taken', `another person is called ${proper}; choose a name that tells them apart`);
    }
    if (proper === person.name) return;
    // first of all, so that the old name is forgotten with the person wherever this is cut
    await this.#writeFormer(id, [...await this.#former(id), { name: person.name, until: now }]);
    await this.#writePerson(id, proper, person.created);
    await new NameChanges(this.folder).add({ name: person.name, to: proper, at: now });
  }

  /**
   * Removes all that is held of a person: descriptions, pictures, and what was put aside of them. Durable when it
   * resolves. What the person was ever called stays with `NameChanges`, until it has vanished from what was recorded.
   *
   * @param now - Wall clock.
   * @throws {ConfigError} `people.unknown`
   */
  async forget(id: string, now: Millis): Promise<void> {
    const { name } = await this.#known(id);
    const former = (await this.#former(id)).map((one) => ({ name: one.name, at: one.until }));
    const changes = new NameChanges(this.folder);
    for (const called of [...former, { name, at: now }]) await changes.add({ ...called, to: null });
    await rm(this.#folderOf(id), { recursive: true, force: true, maxRetries: 3 });
    await syncFolder(this.folder);
  }

  /** The JPEG of one picture. @throws {ConfigError} `people.unknown` */
  async crop(id: string, sample: string): Promise<Uint8Array> {
    if (!ID.test(sample)) throw new ConfigError('people.unknown', `there is no picture ${JSON.stringify(sample)}`);
    try {
      return await readFile(path.join(this.#folderOf(id), `${sample}.jpg`));
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT') throw cause;
      throw new ConfigError('people.unknown', `there is no picture ${sample} of that person`, { cause });
    }
  }

  /** Another text whenever somebody was named, renamed or forgotten, or a picture was added, by whatever process. */
  async state(): Promise<string> {
    const changed = async (id: string): Promise<string> => {
      const facts = await stat(this.#folderOf(id), { bigint: true }).catch(() => undefined);
      return `${id} ${String(facts?.mtimeNs)}`;
    };
    return (await Promise.all((await this.#ids()).map(changed))).join();
  }

  async #ids(): Promise<string[]> {
    return (await namesIn(this.folder) ?? []).filter((name) => ID.test(name)).slice(0, MOST_PEOPLE);
  }

  /** @throws {ConfigError} `people.unknown` for an id that is none, or not here. */
  #folderOf(id: string): string {
    if (!ID.test(id)) throw new ConfigError('people.unknown', `there is no person ${JSON.stringify(id)}`);
    return path.join(this.folder, id);
  }

  async #known(id: string): Promise<Person> {
    const person = await this.#read(id);
    if (person === undefined) throw new ConfigError('people.unknown', `there is no person ${id}`);
    return person;
  }

  async #create(name: string, now: Millis): Promise<string> {
    if ((await this.#ids()).length >= MOST_PEOPLE) {
      throw new ConfigError('people.too-many', `${MOST_PEOPLE} people are named, which is the most; forget one first`);
    }
    const id = newId();
    await makeFolder(this.#folderOf(id), 0o700);
    await this.#writePerson(id, name, now);
    await syncFolder(this.folder);
    return id;
  }

  #writePerson(id: string, name: string, created: Millis): Promise<void> {
    return writeFileDurably(path.join(this.#folderOf(id), PERSON), JSON.stringify({ version: 1, name, created }));
  }

  async #former(id: string): Promise<readonly FormerName[]> {
    const known = await this.#decode(path.join(this.#folderOf(id), FORMER), formerSchema);
    return known?.names.map(({ name, until }) => ({ name, until: millis(until) })) ?? [];
  }

  #writeFormer(id: string, names: readonly FormerName[]): Promise<void> {
    return writeFileDurably(path.join(this.#folderOf(id), FORMER), JSON.stringify({ version: 1, names }));
  }

  #writeSample(person: string, { id, taken, source, descriptor }: Sample & { descriptor: Descriptor }): Promise<void> {
    const file: SampleFile = {
      version: 1, taken, source, described_by: DESCRIBED_BY, descriptor: packDescriptor(descriptor),
    };
    return writeFileDurably(path.join(this.#folderOf(person), `${id}.json`), JSON.stringify(file));
  }

  /**
   * @returns undefined for somebody who is not, or no longer, here. One whose name cannot be read is told with another,
   *   and without samples, so that the person can be renamed or forgotten all the same.
   */
  async #read(id: string): Promise<Person | undefined> {
    const folder = this.#folderOf(id);
    const person = await this.#decode(path.join(folder, PERSON), personSchema);
    const names = await namesIn(folder);
    if (names === undefined) return undefined;
    if (person === undefined) return { id, name: `unreadable ${id}`, created: millis(0), samples: [] };
    const samples: Sample[] = [];
    for (const name of names) {
      const sampleId = /^([0-9a-f]{16})\.json$/.exec(name)?.[1];
      const file = sampleId === undefined ? undefined : await this.#decode(path.join(folder, name), sampleSchema);
      if (sampleId === undefined || file === undefined) continue;
      const descriptor = file.described_by === DESCRIBED_BY ? unpackDescriptor(file.descriptor) : undefined;
      samples.push({ id: sampleId, taken: millis(file.taken), source: file.source, descriptor });
    }
    return { id, name: person.name, created: millis(person.created), samples };
  }

  async #decode<T>(file: string, schema: { readonly parse: (value: unknown) => T }): Promise<T | undefined> {
    try {
      return schema.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      if (systemCode(error) !== undefined) throw error;
      await this.#putAside(file, error);
      return undefined;
    }
  }

  /** It stays in the person's folder, so that forgetting the person removes it too. */
  async #putAside(file: string, why: unknown): Promise<void> {
    const place = `${file}.broken-${compactTime(millis(Date.now()))}`;
    await rename(file, place).catch((error: unknown) => { if (systemCode(error) !== 'ENOENT') throw error; });
    this.#onDamaged({ place, why: describeError(why) });
  }
}

/** What is in `folder`, sorted; undefined when it is not there. */
async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
