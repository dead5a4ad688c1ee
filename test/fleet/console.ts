/** The fleet's page and API on a port of this machine, over a real index and library. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Access } from '../../device/access/access.ts';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { eventFolder, manifestKey } from '../../device/contract/names.ts';
import { silentLog } from '../../device/core/log.ts';
import { DirectoryLanding } from '../../device/landing/directory-landing.ts';
import { millis, type Millis } from '../../device/core/units.ts';
import { systemClock } from '../../device/runtime/clock.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { sharedForgetting } from '../../fleet/forget-person.ts';
import { createConsole, serveConsole } from '../../fleet/console/console-app.ts';
import type { ConsoleStatus, ConsoleStorage, ConsoleSubscribers } from '../../fleet/console/ports.ts';
import { SqliteIndex } from '../../fleet/index/sqlite-index.ts';
import { Requests } from '../../fleet/requests/requests.ts';
import { SqliteRegister } from '../../fleet/requests/sqlite-register.ts';
import { DirectoryLibrary } from '../../fleet/storage/directory-library.ts';
import { LinkSigner } from '../../fleet/storage/link-signer.ts';
import type { LibraryStore } from '../../fleet/storage/port.ts';
import { call } from '../http/client.ts';
import { noSubscribers } from './nobody.ts';
import { mediaOf, type Upload } from './uploads.ts';

export const PASSWORD = 'gutter lantern 41';

/** Where a test has no stores. */
export const NO_REPLICAS: ConsoleStorage = {
  place: '/srv/library', trouble: undefined, linkOrigins: [], validate: async () => [],
  replicas: { status: () => [], stuck: () => [], forward: () => false, hurry: () => undefined },
};

export interface ConsolePlan {
  readonly pageFolder?: string;
  readonly keys?: Keyring;
  /** Its library, made with what answers links at the console; by default a folder. */
  readonly library?: (folder: LibraryStore) => LibraryStore;
  readonly storage?: Partial<ConsoleStorage>;
}

export class RunningConsole implements AsyncDisposable {
  readonly folder: string;
  readonly index: SqliteIndex;
  readonly library: LibraryStore;
  readonly requests: Requests;
  subscribers: ConsoleSubscribers = noSubscribers;
  /** Wall clock of the links; a test may move it. */
  now: () => Millis = () => millis(Date.now());
  status: ConsoleStatus = { landingTrouble: undefined, unreadable: [], queued: 0, heldBack: 0 };
  /** What the library lacks, for people. */
  libraryTrouble: string | undefined = undefined;
  port = 0;
  /** What opens encrypted media. */
  readonly keys: Keyring;
  readonly #stop = new AbortController();
  readonly #register: SqliteRegister;
  #served: Promise<void> = Promise.resolve();
  private constructor(folder: string, { keys = new Keyring([]), library = (own) => own }: ConsolePlan) {
    this.folder = folder;
    this.keys = keys;
    this.index = SqliteIndex.open(path.join(folder, 'index.db'));
    this.library = library(new DirectoryLibrary(path.join(folder, 'library'), this.#links, '/media/'));
    this.#register = SqliteRegister.open(path.join(folder, 'requests.db'));
    this.requests = new Requests({
      register: this.#register, index: this.index,
      landing: new DirectoryLanding(path.join(folder, 'landing'), { create: true }), rules: [], clock: systemClock,
      log: silentLog,
    });
  }
  readonly #links = new LinkSigner(Buffer.alloc(32, 3), () => this.now());

  static async start(plan: ConsolePlan = {}): Promise<RunningConsole> {
    const { pageFolder = '/nowhere', storage = {} } = plan;
    const running = new RunningConsole(await mkdtemp(path.join(tmpdir(), 'tyto-console-')), plan);
    const access = await Access.open({ folder: running.folder, clock: systemClock, cost: { N: 1024, r: 8, p: 1 } });
    const app = await createConsole({
      access,
      index: running.index,
      library: running.library,
      forget: sharedForgetting(
        { index: running.index, library: running.library, work: path.join(running.folder, 'forgetting') },
        running.#stop.signal,
      ),
      links: running.#links,
      requests: running.requests,
      subscribers: { views: () => running.subscribers.views(), redrive: (name) => running.subscribers.redrive(name) },
      storage: { ...NO_REPLICAS, ...storage, get trouble() { return running.libraryTrouble; } },
      keys: running.keys,
      status: () => running.status,
      landing: '/srv/landing',
      pageFolder,
      clock: systemClock,
      log: silentLog,
    });
    const listening = Promise.withResolvers<number>();
    running.#served = serveConsole(
      app,
      { port: 0, host: '127.0.0.1' },
      { signal: running.#stop.signal, onListening: listening.resolve },
    );
    running.#served.catch(listening.reject);
    running.port = await listening.promise;
    return running;
  }

  /** Sets the owner's password. @returns The cookie of a session. */
  async owner(): Promise<string> {
    return (await call(this.port, 'POST', '/api/owner', { body: { password: PASSWORD } })).cookie;
  }

  /** Puts an event into library and index, as ingest does. */
  async add(
    upload: Upload, ingestedAt = millis(Date.now()), damage: ClipDamage | null = null, sealed = false,
    held: readonly HeldFile[] = [],
  ): Promise<void> {
    for (const [key, data] of mediaOf(upload)) {
      const file = path.join(this.folder, 'staged');
      await writeFile(file, data);
      await this.library.put(key, file);
    }
    const known = await this.index.known(upload.event.device, upload.event.id);
    await this.index.accept(
      { event: upload.event, folder: eventFolder(upload.event), ingestedAt, damage, sealed, held },
      [manifestKey(upload.event)], known.state === 'accepted' ? known.version : 0,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#served;
    this.#register[Symbol.dispose]();
    this.index[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
