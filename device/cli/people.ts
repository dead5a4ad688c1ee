import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveCaller } from '../archive/archive-caller.ts';
import { dataFolder } from '../config/load-settings.ts';
import { ConfigError, DeviceError, systemCode, UsageError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { archiveSocketPath } from '../live/socket-path.ts';
import { removePicture } from '../named-people.ts';
import { print } from '../runtime/print.ts';
import { PeopleStore } from '../vision/people/people-store.ts';
import type { Person } from '../vision/people/person.ts';
import { unlikeOthers } from '../vision/people/unlike.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto people [list] [--json]
       tyto people enrol NAME IMAGE...
       tyto people rename NAME NEW-NAME
       tyto people remove NAME PICTURE
       tyto people forget NAME

The people whom this device calls by their names, in the data folder (TYTO_DATA, default ./data).
The device may run meanwhile; it takes over a change within seconds.

  list     prints everybody, and from which pictures they are known
  enrol    takes up the one face of each picture; several pictures, in other light and from other sides, are better;
           the same picture counts once, and one that is like none of the others is told of
  rename   gives a person another name, in recorded events too
  remove   removes one picture, called as \`list\` prints it first, and the name from the event that it was taken from;
           the device must run for that. The last picture stays: forget the person then
  forget   removes all that is held of a person: pictures, and the numbers that the face is known by; every name that the
           person had vanishes from recorded events

Recorded events follow at once, or as soon as the device runs. Where they were uploaded they follow with the next uploads.

What a face is known by never leaves the device; names that it found go with the events that are uploaded.
`;

/** `tyto people` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const read = readArguments('people', args, { json: { type: 'boolean' } });
  const { values, positionals: [action = 'list', ...rest] } = read;
  if (values.help === true) return void print(HELP);
  const store = new PeopleStore(path.join(dataFolder(), 'people'), ({ place, why }) => {
    process.stderr.write(`tyto: a file of a person was damaged and is put aside as ${place}: ${why}\n`);
  });
  const [name, ...others] = rest;
  if (action === 'list' && rest.length === 0) return list(store, values.json === true);
  if (action === 'enrol' && name !== undefined && others.length > 0) return enrol(store, name, others, signal);
  const [newName] = others;
  if (action === 'rename' && name !== undefined && newName !== undefined && others.length === 1) {
    return rename(store, name, newName);
  }
  if (action === 'remove' && name !== undefined && newName !== undefined && others.length === 1) {
    return remove(store, name, newName);
  }
  if (action === 'forget' && name !== undefined && others.length === 0) return forget(store, name);
  throw new UsageError('expected `list`, `enrol NAME IMAGE...`, `rename NAME NEW-NAME`, '
    + '`remove NAME PICTURE` or `forget NAME`; `tyto people --help` explains them');
}

/** Mistakes that every other picture would meet too. */
const CONCERNS_ALL: ReadonlySet<string> = new Set(['people.name', 'people.too-many']);

async function list(store: PeopleStore, json: boolean): Promise<void> {
  const people = await store.list();
  if (json) {
    const shown = people.map(({ samples, ...person }) => {
      const doubted = unlikeOthers(samples);
      const told = samples.map(({ id, taken, source }) => ({ id, taken, source, unlike: doubted.has(id) }));
      return { ...person, samples: told };
    });
    return line(JSON.stringify({ people: shown }));
  }
  if (people.length === 0) {
    line('Nobody has been named.');
    if (!existsSync(dataFolder())) {
      process.stderr.write(`tyto: there is no data folder ${path.resolve(dataFolder())}; `
        + 'set TYTO_DATA to that of the device, if it is elsewhere\n');
    }
  }
  for (const { name, samples } of people) {
    line(`${name}: ${pictures({ samples })}`);
    const doubted = unlikeOthers(samples);
    for (const { id, taken, source: { kind, name: from }, descriptor } of samples) {
      const note = descriptor === undefined
        ? '  (described by an earlier version; if this stays so, enrol it again)'
        : doubted.has(id) ? `  (like none of the others: remove it if it does not show ${name})` : '';
      line(`  ${id}  ${new Date(taken).toISOString().slice(0, 10)}  ${kind} ${from}${note}`);
    }
  }
}

async function enrol(store: PeopleStore, name: string, files: readonly string[], signal: AbortSignal): Promise<void> {
  for (const file of files) await requireFile(file);
  const [{ startBackend }, { FaceFinder }, { FaceDescriber }, { readPicture }, { takePortrait }] = await Promise.all([
    import('../vision/backend.ts'), import('../vision/faces/face-finder.ts'),
    import('../vision/people/face-describer.ts'), import('../vision/faces/read-picture.ts'),
    import('../vision/people/portrait.ts'),
  ]);
  await startBackend(silentLog);
  using finder = await FaceFinder.open();
  using describer = await FaceDescriber.load();
  for (const file of files) {
    try {
      const portrait = await takePortrait(await readPicture(file, signal), { finder, describer }, { name: file });
      const source = { kind: 'file', name: path.basename(file).slice(-256) } as const;
      const before = (await store.find(name)).at(0)?.samples ?? [];
      const person = await store.enrol(name, { ...portrait, source, taken: millis(Date.now()) });
      const taken = person.samples.find(({ id }) => !before.some((known) => known.id === id));
      line(taken === undefined
        ? `${person.name}: ${file} is known already; known by ${pictures(person)}`
        : `${person.name}: known by ${pictures(person)}, now also ${file}`);
      if (taken !== undefined && unlikeOthers(person.samples).has(taken.id)) doubt(person, file, taken.id);
    } catch (error) {
      if (!(error instanceof ConfigError) || CONCERNS_ALL.has(error.code)) throw error;
      process.stderr.write(`tyto: ${error.message}\n`);
      process.exitCode = 1;
    }
  }
}

/** As a shell takes it for one word. */
const quoted = (name: string): string =>
  (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll('\'', '\'\\\'\'')}'`);

/** The picture is taken up all the same: the light of one camera may make a face another one. */
function doubt({ name }: Person, file: string, picture: string): void {
  process.stderr.write(`tyto: ${file} is like none of the other pictures of ${name}; if it shows somebody else, `
    + `type: tyto people remove ${quoted(name)} ${picture}\n`);
}

/** @throws {ConfigError} `people.no-file`, before anything is loaded or taken up. */
async function requireFile(file: string): Promise<void> {
  try {
    await stat(file);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT')
      throw new ConfigError('people.no-file', `${file}: there is no such file; nothing was enrolled`);
    throw new ConfigError('people.no-file', `${file} cannot be read; nothing was enrolled`, { cause });
  }
}

async function rename(store: PeopleStore, name: string, newName: string): Promise<void> {
  for (const { id } of await named(store, name)) await store.rename(id, newName, millis(Date.now()));
  line(`${name} is called ${newName} from now on${await inEvents()}.`);
}

async function remove(store: PeopleStore, name: string, picture: string): Promise<void> {
  const person = (await named(store, name)).find(({ samples }) => samples.some(({ id }) => id === picture));
  if (person === undefined) {
    throw new ConfigError('people.unknown', `${name} has no picture ${JSON.stringify(picture)}; \`tyto people list\` `
      + 'shows them, each after the 16 signs that it is called by');
  }
  await removePicture(store, archive(), person.id, picture).catch((error: unknown) => {
    if (!(error instanceof DeviceError)) throw error;
    throw new DeviceError(error.code, 'the picture came from an event, which is changed too and only by the device while '
      + 'it runs; nothing was removed: start it, or try again in a moment');
  });
  line(`${person.name} is not known by this picture any more.`);
}

async function forget(store: PeopleStore, name: string): Promise<void> {
  const people = await named(store, name);
  for (const { id } of people) await store.forget(id, millis(Date.now()));
  line(`${people[0]?.name ?? name} is forgotten${await inEvents()}.`);
}

/** Has the device change names in recorded events, if it runs. @returns What is to be said of them. */
async function inEvents(): Promise<string> {
  const refused = await archive().changeNames().catch(() => 'nobody answers');
  return refused === undefined ? ', in recorded events too' : '; recorded events follow when the device runs';
}

/** Of the device that may run in the data folder. */
const archive = (): ArchiveCaller => new ArchiveCaller(archiveSocketPath(dataFolder()));

/** @throws {ConfigError} `people.unknown` when there is nobody of that name. */
async function named(store: PeopleStore, name: string): Promise<readonly Person[]> {
  const people = await store.find(name);
  if (people.length > 0) return people;
  throw new ConfigError('people.unknown', `nobody is called ${name}; \`tyto people list\` shows who is known`);
}

const pictures = ({ samples }: Pick<Person, 'samples'>): string =>
  `${samples.length} picture${samples.length === 1 ? '' : 's'}`;

const line = (text: string): void => { print(`${text}\n`); };
