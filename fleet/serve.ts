/** `tyto-fleet serve`: ingest and console in one process, on folders and SQLite. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Access } from '../device/access/access.ts';
import { ConfigError } from '../device/core/errors.ts';
import { lockData } from '../device/durable/data-lock.ts';
import { makeFolder } from '../device/durable/make-folder.ts';
import { pageAddresses } from '../device/http/page-address.ts';
import { runTool } from '../device/media/run-tool.ts';
import { systemClock } from '../device/runtime/clock.ts';
import { keepRunning } from '../device/runtime/keep-running.ts';
import { createLog } from '../device/runtime/pino-log.ts';
import { supervise } from '../device/runtime/supervise.ts';
import { readKeyFile } from '../device/vault/key-file.ts';
import { Keyring } from '../device/vault/wrapped-key.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import { refuseMissingFiles } from './config/missing-files.ts';
import { createConsole, serveConsole } from './console/console-app.ts';
import type { ConsoleSubscribers } from './console/ports.ts';
import { MEDIA } from './console/routes.ts';
import { Ingest } from './ingest/ingest.ts';
import { DEFAULT_LIMITS } from './ingest/limits.ts';
import { Signers } from './ingest/signers.ts';
import { sharedForgetting } from './forget-person.ts';
import { openEvents } from './open-events.ts';
import { openIndex } from './open-index.ts';
import { openFaces } from './open-faces.ts';
import { openLanding } from './open-landing.ts';
import { openLibrary } from './open-library.ts';
import { openRequests } from './open-requests.ts';
import { openVault } from './open-vault.ts';
import { DirectoryStore } from './storage/directory-store.ts';
import { loadLinkKey } from './storage/link-key.ts';
import { LinkSigner } from './storage/link-signer.ts';

/** The build puts the page beside this file; when the sources run as they are, it is in the build. */
const PAGE = fileURLToPath(
  import.meta.url.endsWith('.ts')
    ? new URL('../dist/fleet/console/page', import.meta.url)
    : new URL('./console/page', import.meta.url),
);

/** Where the settings name nobody to be told of events. */
const NOBODY: ConsoleSubscribers = { views: () => [], redrive: () => undefined };

/**
 * Takes uploads in and shows them until `signal` aborts.
 * @throws {ConfigError} For a folder, store or port that cannot be used, and when another one works on the same data.
 */
export async function serve(settings: LoadedFleetSettings, signal: AbortSignal): Promise<void> {
  const { data, port, host, poll, wait, orphansAfter, maxClip, keyFile } = settings;
  await refuseMissingFiles(settings);
  // Clips cannot be judged without it: said now, not at the first one.
  await runTool({ tool: 'ffmpeg', args: ['-version'] });
  const keys = new Keyring(keyFile === '' ? [] : await readKeyFile(keyFile));
  await makeDataFolder(data);
  const at = (name: string): string => path.join(data, name);
  using held = new DisposableStack();
  held.use(lockData(at('lock'), {
    code: 'fleet.locked',
    message: `another tyto-fleet works on ${data}; stop that one, or name another folder with --data`,
  }));
  const log = createLog('fleet', settings.logFormat, settings.logLevel);
  const landing = await openLanding(settings, signal);
  held.use(landing.resource);
  const index = held.use(await openIndex(settings, at('index.db'), systemClock));
  const links = new LinkSigner(await loadLinkKey(at('links.key')), () => systemClock.now());
  const storage = held.use(await openLibrary({
    settings, links: { signer: links, route: MEDIA }, holdsKeys: keys.publicKeys.length > 0,
    news: index, clock: systemClock, log: log.child('storage'),
  }, signal));
  const { library, replicas } = storage;
  const access = await Access.open({ folder: data, clock: systemClock });
  const { requests } = held.use(await openRequests({ settings, landing, index, log: log.child('requests') }));
  const vault = held.use(await openVault({
    settings, access, landing, index, owners: index.owners, library, requests, keys,
    clock: systemClock, log: log.child('vault'),
  }, signal));
  await using events = await openEvents({ settings, index, library, log: log.child('events') });
  await using faces = openFaces(settings, log.child('faces'));
  const ingest = new Ingest({
    landing: landing.store,
    library,
    quarantine: storage.quarantine,
    signers: new Signers(new DirectoryStore(at('signers'))),
    register: vault.registerOf(index),
    reports: requests,
    findOut: { faces },
    keys,
    work: at('work'),
    clock: systemClock,
    log: log.child('ingest'),
    poll,
    limits: { ...DEFAULT_LIMITS, maxClip, wait, orphansAfter },
  });
  const app = await createConsole({
    access,
    index,
    library,
    links,
    requests,
    subscribers: events ?? NOBODY,
    forget: sharedForgetting({ index, library, work: at('forgetting') }, signal),
    storage,
    keys,
    status: () => ingest.status,
    landing: landing.place,
    pageFolder: PAGE,
    clock: systemClock,
    log: log.child('console'),
  });
  await supervise(
    {
      page: (stop) =>
        serveConsole(
          vault.before(app),
          { port, host },
          {
            signal: stop,
            onListening: (taken) => {
              process.stdout.write(
                greeting({
                  host,
                  port: taken,
                  landing: `${landing.place}${landing.made ? ' (made just now: it was not there)' : ''}`,
                  library: storage.place,
                }),
              );
            },
          },
        ),
      ...(settings.ingest === 'elsewhere' ? {} : { ingest: (stop) => ingest.run(stop) }),
      requests: (stop) => requests.run(stop),
      replicas: (stop) => replicas.run(stop),
      ...(events === undefined
      ? {}
      : {
        events: (stop) =>
          keepRunning('telling others of events', () =>
            events.run(stop), { clock: systemClock, log: log.child('events') }, stop),
      }),
      vault: (stop) => vault.run(stop),
    },
    signal,
  );
  log.info('tyto-fleet has stopped');
}

async function makeDataFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700);
  } catch (cause) {
    throw new ConfigError(
      'fleet.data-unusable',
      `the data folder ${folder} cannot be made; name one that you may write to with --data`,
      { cause },
    );
  }
}

const greeting = ({
  host,
  port,
  landing,
  library,
}: {
  readonly host: string;
  readonly port: number;
  readonly landing: string;
  readonly library: string;
}): string => `Tyto fleet is there
  page      ${pageAddresses(host, port).join('  ')}
  landing   ${landing}
  library   ${library}
`;
