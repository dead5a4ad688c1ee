/** The people who were named, as the page keeps them: their folder here, and their names in the archive's events. */
import type { ArchiveCaller } from './archive/archive-caller.ts';
import type { PersonView } from './contract/device-api.ts';
import { describeError } from './core/errors.ts';
import type { Log } from './core/log.ts';
import { oneAtATime } from './core/one-at-a-time.ts';
import { inSeconds, millis } from './core/units.ts';
import { systemClock } from './runtime/clock.ts';
import { PeopleStore } from './vision/people/people-store.ts';
import type { Person } from './vision/people/person.ts';
import { portraitInThread } from './vision/people/portrait-thread.ts';
import { unlikeOthers } from './vision/people/unlike.ts';
import type { PeopleKeeper } from './web/ports.ts';

/**
 * @param folder - `<data>/people`.
 * @param portray - Finds the face in a picture and describes it, which takes seconds.
 */
export function namedPeople(
  folder: string, archive: Pick<ArchiveCaller, 'changeNames' | 'nameFace' | 'unnameFace'>, log: Log,
  portray = portraitInThread,
): PeopleKeeper {
  const store = new PeopleStore(folder, ({ place, why }) =>
    log.warn('a damaged picture of a person is put aside; take another one', { place, why }));
  /** What is written down already follows. @returns `later` when nobody answers who could do it now. */
  const inEvents = async (what: string, ask: () => Promise<object | undefined>): Promise<'done' | 'later'> => {
    try {
      const refused = await ask();
      if (refused === undefined) return 'done';
      log.warn(what, { ...refused });
    } catch (error) {
      log.warn(what, { reason: describeError(error) });
    }
    return 'later';
  };
  const changeNames = (): Promise<'done' | 'later'> =>
    inEvents('events have a person\'s former name until the camera\'s process runs', () => archive.changeNames());
  /**
   * What adds and removes pictures, and says so in events. Who asks again for what takes long finds it done, and the
   * picture that is to stay is not removed meanwhile.
   */
  const inTurn = oneAtATime(<T>(work: () => Promise<T>) => work());
  return {
    list: async () => (await store.list()).map(personView),
    enrol: (name, { event, face }, take) => inTurn(async () => {
      const source = { kind: 'event', name: `${event}/${face}` } as const;
      let person = await store.knownFrom(name, source);
      if (person === undefined) {
        const { jpeg, box } = await take();
        const portrait = await portray({ picture: jpeg, name: `event ${event}`, box }, log);
        const taken = millis(Math.floor(Number.parseFloat(event) * 1000));
        person = await store.enrol(name, { ...portrait, source, taken });
      }
      const { name: called } = person;
      await inEvents('a face was named, but its event does not say so', () => archive.nameFace(event, face, called));
      return personView(person);
    }),
    rename: async (id, name) => {
      await store.rename(id, name, systemClock.now());
      return changeNames();
    },
    forget: async (id) => {
      await store.forget(id, systemClock.now());
      return changeNames();
    },
    removePicture: (id, sample) => inTurn(() => removePicture(store, archive, id, sample)),
    picture: (id, sample) => store.crop(id, sample),
  };
}

/**
 * Removes a picture of a person, and the name in the event that it was taken from, whose face can then be named anew.
 * @throws {ConfigError} As `PeopleStore.removePicture`.
 * @throws {DeviceError} `archive.no-answer`; nothing was removed.
 */
export async function removePicture(
  store: PeopleStore, archive: Pick<ArchiveCaller, 'unnameFace'>, id: string, sample: string,
): Promise<void> {
  const { person: { name }, picture: { source } } = await store.removable(id, sample);
  const [event, face] = source.kind === 'event' ? source.name.split('/') : [];
  if (event !== undefined && face !== undefined) await archive.unnameFace(event, Number(face), name);
  await store.removePicture(id, sample);
}

function personView({ id, name, created, samples }: Person): PersonView {
  const doubted = unlikeOthers(samples);
  const told = samples.map(({ id: sample, taken, descriptor, source }) => ({
    id: sample, taken: inSeconds(taken), usable: descriptor !== undefined, unlike: doubted.has(sample),
    event: source.kind === 'event' ? source.name.split('/', 1).join('') : null,
  }));
  return { id, name, created: inSeconds(created), samples: told };
}
