/** The stores of a fleet as the settings name them: library, quarantine and replicas. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, describeError, systemCode } from '../device/core/errors.ts';
import type { Log } from '../device/core/log.ts';
import { seconds } from '../device/core/units.ts';
import type { Clock } from '../device/runtime/clock.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import { demandLibrary, type FiledBefore } from './demand-library.ts';
import { DirectoryLibrary } from './storage/directory-library.ts';
import { LinkedLibrary } from './storage/linked-library.ts';
import { openStore, type ConsoleLinks } from './storage/open-store.ts';
import type { LibraryStore, ObjectStore } from './storage/port.ts';
import type { FiledNews, ReplicaSpec } from './storage/replica.ts';
import { Replicas } from './storage/replicas.ts';
import { parseStorePlace, placeText, STORE_EXPECTED, type StorePlace } from './storage/store-place.ts';
import type { StoreSpec } from './storage/store-spec.ts';
import { readStoresFile, type Stores } from './storage/stores-file.ts';
import { validateStore } from './storage/validate-store.ts';
import { VALIDATION_STEPS, type ValidationStep } from './storage/validation.ts';

type Settings = Pick<LoadedFleetSettings, 'data' | 'landing' | 'library' | 'stores' | 's3Endpoint' | 'azureEndpoint'>;

/** A store, and what a person knows it by: `library`, `quarantine`, or the name of a replica. */
export interface NamedStore {
  readonly name: string;
  readonly place: StorePlace;
  readonly store: LibraryStore;
  /** Address of its server, where the place alone does not tell it. */
  readonly endpoint: string;
  /** Somebody named it, other than by naming the data folder. */
  readonly isConfigured: boolean;
  /** Its folder is not there and cannot be made: nothing of it can be used. */
  readonly fault?: ConfigError;
}

export interface OpenedStores extends Disposable {
  readonly library: NamedStore;
  readonly quarantine: NamedStore;
  readonly replicas: readonly (NamedStore & Pick<ReplicaSpec, 'forward'>)[];
}

/**
 * Every store that the settings name. Folders are made where the folder that they lie in
 * is there; nothing is connected yet.
 * @throws {ConfigError} For settings that cannot be used, and with every folder that cannot.
 */
export async function openStores(settings: Settings, links: ConsoleLinks, signal: AbortSignal): Promise<OpenedStores> {
  using opened = new DisposableStack();
  const stores = opened.use(await openForTrial(settings, links, signal));
  const faults = [stores.library, stores.quarantine, ...stores.replicas].flatMap(({ fault }) => fault ?? []);
  if (faults.length > 0)
    throw new ConfigError(
      'storage.folder-unusable', faults.map(({ message }) => message).join('\n  '), { cause: faults[0]?.cause },
    );
  const resources = opened.move();
  return { ...stores, [Symbol.dispose]: () => resources.dispose() };
}

/**
 * As `openStores`, but each store whose folder cannot be used says so itself.
 * @throws {ConfigError} For settings that cannot be used.
 */
export async function openForTrial(
  settings: Settings, links: ConsoleLinks, signal: AbortSignal,
): Promise<OpenedStores> {
  const stores = await storesOf(settings);
  using opened = new DisposableStack();
  const open = async (name: string, spec: StoreSpec | undefined, byDefault: string): Promise<NamedStore> => {
    if (spec === undefined) {
      const folder = path.join(settings.data, byDefault);
      return {
        name, place: { type: 'directory', folder }, endpoint: '',
        store: new DirectoryLibrary(folder, links.signer, links.route), isConfigured: false,
      };
    }
    const place = withAbsoluteFolder(spec.place);
    demandOutsideLanding({ name, place, endpoint: spec.endpoint ?? '' }, settings);
    const fault = place.type === 'directory' ? await makeFolder(place.folder, name) : undefined;
    const store = openStore({ ...spec, place }, links, signal);
    if (isDisposable(store)) opened.use(store);
    return {
      name, place, endpoint: spec.endpoint ?? '', store, isConfigured: true, ...(fault === undefined ? {} : { fault }),
    };
  };
  const library = await open('library', stores.library, 'library');
  const quarantine = await open('quarantine', stores.quarantine, 'quarantine');
  const replicas: OpenedStores['replicas'][number][] = [];
  for (const { name, forward, ...spec } of stores.replicas ?? [])
    replicas.push({ ...await open(name, spec, ''), forward });
  demandApart([library, quarantine, ...replicas]);
  const resources = opened.move();
  return { library, quarantine, replicas, [Symbol.dispose]: () => resources.dispose() };
}

export interface OpenedLibrary extends Disposable {
  /** Where what is sound is filed, and removed from: replicas are told. Its links are those that people get. */
  readonly library: LibraryStore;
  readonly quarantine: ObjectStore;
  readonly replicas: Replicas;
  /** What answers links, where that is not the console: `https://bucket.s3.eu-central-1.amazonaws.com`. */
  readonly linkOrigins: readonly string[];
  /** For people. */
  readonly place: string;
  /**
   * For people: which events of the index it lacks, and somebody said that it is right
   * so; undefined where it lacks none.
   */
  readonly trouble: string | undefined;
  validate(): Promise<readonly StoreReport[]>;
}

export interface StoreReport {
  readonly name: string;
  readonly place: string;
  readonly steps: readonly ValidationStep[];
}

interface Surroundings {
  readonly settings: Settings & Pick<LoadedFleetSettings, 'acceptLibrary'>;
  readonly links: ConsoleLinks;
  /** Whether keys to encrypted recordings are held. */
  readonly holdsKeys: boolean;
  readonly news: FiledNews & FiledBefore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The stores, tried out, with the replicas' queues.
 * @throws {ConfigError} When library or quarantine cannot be used as they are set, or the library is another one than
 * the index was filled against. One that is only out of reach or full just now is logged.
 */
export async function openLibrary(
  { settings, links, holdsKeys, news, clock, log }: Surroundings, signal: AbortSignal,
): Promise<OpenedLibrary> {
  using opened = new DisposableStack();
  const stores = opened.use(await openStores(settings, links, signal));
  const { library, quarantine, replicas } = stores;
  for (const one of [library, quarantine]) await demandUsable(one, log, signal);
  const where = placeText(library.place);
  const trouble = await demandLibrary({
    file: path.join(settings.data, 'library.json'), store: library.store, place: where,
    endpoint: library.endpoint, index: news, now: clock.now(), log,
    accepted: settings.acceptLibrary !== '' && placeOf(settings.acceptLibrary) === where,
  });
  const queues = opened.use(await Replicas.open({
    file: path.join(settings.data, 'replicas.db'),
    work: path.join(settings.data, 'replica-work'), primary: library.store, news, clock, log,
    replicas: replicas.map(({ name, store, place, forward }) => ({ name, store, place: placeText(place), forward })),
  }));
  const console = new DirectoryLibrary(settings.data, links.signer, links.route); // for its links alone
  const linkOrigins = await originsOf(library.store);
  const resources = opened.move();
  return {
    library: holdsKeys && linkOrigins.length > 0 ? new LinkedLibrary(queues.library, console) : queues.library,
    quarantine: quarantine.store, replicas: queues, linkOrigins, place: where, trouble,
    validate: () => reportOn([library, quarantine, ...replicas]),
    [Symbol.dispose]: () => resources.dispose(),
  };
}

/** Each store tried out, one after the other. */
export async function reportOn(stores: readonly NamedStore[]): Promise<readonly StoreReport[]> {
  const reports: StoreReport[] = [];
  for (const { name, place, store, fault } of stores)
    reports.push({
      name, place: placeText(place),
      steps: fault === undefined ? await validateStore(store, place) : stepsOf(fault),
    });
  return reports;
}

const stepsOf = ({ code, message }: ConfigError): readonly ValidationStep[] =>
  VALIDATION_STEPS.map((step, index) =>
    (index === 0 ? { step, state: 'failed', code, problem: message } : { step, state: 'skipped' }));

async function storesOf({ library, stores: file }: Settings): Promise<Stores> {
  const stores = file === '' ? {} : await readStoresFile(file);
  if (library === '') return stores;
  const place = parseStorePlace(library);
  if (place === undefined) throw new ConfigError('fleet.settings', `TYTO_FLEET_LIBRARY: must be ${STORE_EXPECTED}`);
  if (stores.library !== undefined)
    throw new ConfigError(
      'fleet.settings', 'TYTO_FLEET_LIBRARY and the stores file both name a library; leave one of them out',
    );
  return { ...stores, library: { place } };
}

/** As `placeText` has it; what is no place stays as it is. */
function placeOf(text: string): string {
  const place = parseStorePlace(text);
  return place === undefined ? text : placeText(withAbsoluteFolder(place));
}

const withAbsoluteFolder = (place: StorePlace): StorePlace =>
  place.type === 'directory' ? { ...place, folder: path.resolve(place.folder) } : place;

async function demandUsable(
  { name, place, store, isConfigured }: NamedStore, log: Log, signal: AbortSignal,
): Promise<void> {
  if (!isConfigured) return;
  const failed = (await validateStore(store, place)).filter(({ state }) => state === 'failed');
  signal.throwIfAborted(); // what was broken off is no fault of the store
  if (failed.length === 0) return;
  const told = failed.map(({ step, problem }) => `${step}: ${problem}`).join('\n  ');
  const isPassing = failed.every(({ code = '' }) =>
    /\.(?:unreachable|interrupted|failing|full|clock-wrong|link-unreachable)$/.test(code));
  if (isPassing)
    return log.warn('a store is out of reach or full; uploads wait until that is over', {
      store: name, place: placeText(place), reason: told,
    });
  throw new ConfigError('storage.unusable', `the ${name} ${placeText(place)} cannot be used:\n  ${told}`);
}

async function originsOf(store: LibraryStore): Promise<readonly string[]> {
  const { href } = await store.signedLink('tyto-probe/origin', seconds(100)).catch((error: unknown) => {
    throw new ConfigError('storage.no-links', `links cannot be signed: ${describeError(error)}`, { cause: error });
  });
  return href.startsWith('/') ? [] : [new URL(href).origin];
}

type Somewhere = Pick<NamedStore, 'name' | 'place' | 'endpoint'>;

/** One that lay in another would be listed with it, and replicas would follow what they hold themselves. */
function demandApart(stores: readonly Somewhere[]): void {
  for (const [index, one] of stores.entries()) {
    const within = stores.slice(0, index).find((other) => holds(other, one) || holds(one, other));
    if (within !== undefined)
      throw new ConfigError(
        'storage.same-place',
        `"${one.name}" (${placeText(one.place)}) and "${within.name}" (${placeText(within.place)}) `
          + 'must not lie in each other',
      );
  }
}

/** Ingest would take what lies there for uploads, find it strange, and clear it away. */
function demandOutsideLanding(store: Somewhere, { landing, s3Endpoint, azureEndpoint }: Settings): void {
  const place = landing.type === 'directory' ? landing : { ...landing, prefix: landing.prefix.replace(/\/+$/, '') };
  const endpoint = { s3: s3Endpoint, azure: azureEndpoint, gcs: '', directory: '' }[landing.type];
  if (holds({ place, endpoint }, store))
    throw new ConfigError(
      'storage.same-place',
      `the ${store.name} ${placeText(store.place)} must not lie in the landing ${placeText(place)}: what devices may write to is emptied`,
    );
}

type Held = Pick<NamedStore, 'place' | 'endpoint'>;
const holds = (outer: Held, inner: Held): boolean =>
  serverOf(outer) === serverOf(inner) && `${placeText(inner.place)}/`.startsWith(`${placeText(outer.place)}/`);

/** Buckets of one name on two servers are two. */
const serverOf = ({ endpoint }: Held): string => {
  const address = endpoint.replace(/\/+$/, '').toLowerCase();
  return /^https?:\/\/(?:[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?|storage\.googleapis\.com)$/.test(address) ? '' : address;
};

/** Not with its parents: a name with a slip must not make folders somewhere. @returns Why it cannot be used. */
async function makeFolder(folder: string, name: string): Promise<ConfigError | undefined> {
  const unusable = (cause: unknown): ConfigError =>
    new ConfigError(
      'storage.folder-unusable',
      `the folder ${folder} of the ${name} must be a folder that this user may write to, or one that can be made in a folder that is there`,
      { cause },
    );
  try {
    await mkdir(folder, { mode: 0o700 });
    return undefined;
  } catch (cause) {
    const isThere = systemCode(cause) === 'EEXIST'
      && await stat(folder).then((stats) => stats.isDirectory(), () => false);
    return isThere ? undefined : unusable(cause);
  }
}

const isDisposable = (store: object): store is Disposable => Symbol.dispose in store;
