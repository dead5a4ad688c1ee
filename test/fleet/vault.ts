/**
 * The vault in front of the fleet's page on a port of this machine, over a real index, library, landing
 * and, where it is asked for, ingest.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Access } from '../../device/access/access.ts';
import { silentLog } from '../../device/core/log.ts';
import { bytes, mebibytes, millis, type Bytes, type Millis } from '../../device/core/units.ts';
import { DirectoryLanding } from '../../device/landing/directory-landing.ts';
import { systemClock } from '../../device/runtime/clock.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { createConsole, serveConsole } from '../../fleet/console/console-app.ts';
import type { OwnerBook } from '../../fleet/index/owner-book.ts';
import { SqliteIndex } from '../../fleet/index/sqlite-index.ts';
import { Ingest } from '../../fleet/ingest/ingest.ts';
import { DEFAULT_LIMITS } from '../../fleet/ingest/limits.ts';
import { Signers } from '../../fleet/ingest/signers.ts';
import { openRequests } from '../../fleet/open-requests.ts';
import { openVault, type OpenedVault, type VaultSurroundings } from '../../fleet/open-vault.ts';
import { DirectoryLibrary } from '../../fleet/storage/directory-library.ts';
import { DirectoryStore } from '../../fleet/storage/directory-store.ts';
import { LinkSigner } from '../../fleet/storage/link-signer.ts';
import type { VaultLanding } from '../../fleet/vault/ports.ts';
import { call } from '../http/client.ts';
import { NO_REPLICAS, PASSWORD } from './console.ts';
import { noRequests, noSubscribers } from './nobody.ts';

export interface VaultPlan {
  readonly pageFolder?: string;
  /** Of an earlier run, to go on with. */
  readonly folder?: string;
  readonly maxClip?: Bytes;
  /** What the settings say otherwise: the landing, to which nothing is put because of it. */
  readonly settings?: Partial<VaultSurroundings['settings']>;
  readonly owners?: OwnerBook;
  /** What stands between the vault and the landing. */
  readonly landing?: (real: VaultLanding) => VaultLanding;
}

export class RunningVault implements AsyncDisposable {
  readonly folder: string;
  readonly landing: DirectoryLanding;
  readonly index: SqliteIndex;
  readonly library: DirectoryLibrary;
  readonly links = new LinkSigner(Buffer.alloc(32, 3), () => systemClock.now());
  readonly #stop = new AbortController();
  readonly #runs: Promise<unknown>[] = [];
  readonly #held = new DisposableStack();
  #vault: OpenedVault | undefined;
  /** How far the clock of the vault is ahead. */
  ahead: Millis = millis(0);
  port = 0;
  private constructor(folder: string) {
    this.folder = folder;
    this.landing = new DirectoryLanding(path.join(folder, 'landing'), { create: true });
    this.index = SqliteIndex.open(path.join(folder, 'index.db'));
    this.library = new DirectoryLibrary(path.join(folder, 'library'), this.links, '/media/');
  }

  static async start({ pageFolder = '/nowhere', folder, maxClip = mebibytes(64), landing = (real) =>
    real, owners, settings = {} }: VaultPlan = {}): Promise<RunningVault> {
    const running = new RunningVault(folder ?? await mkdtemp(path.join(tmpdir(), 'tyto-vault-')));
    await mkdir(path.join(running.folder, 'landing'), { recursive: true });
    const access = await Access.open({ folder: running.folder, clock: systemClock, cost: { N: 1024, r: 8, p: 1 } });
    const log = silentLog;
    const { requests } = running.#held.use(await openRequests({
      settings: { data: running.folder, ask: '', ingest: 'here' }, landing: { store: running.landing },
      index: running.index, log,
    }));
    running.#vault = await openVault({
      requests,
      settings: {
        data: running.folder, landing: { type: 'directory', folder: path.join(running.folder, 'landing') },
        maxClip: bytes(maxClip),
        s3Endpoint: '', s3Region: '', s3AccessKeyId: '', s3SecretAccessKey: '', ...settings,
      },
      access, landing: { store: landing(running.landing) }, index: running.index, owners,
      library: running.library, keys: new Keyring([]), log: silentLog,
      clock: { ...systemClock, now: () => millis(systemClock.now() + running.ahead) },
    }, running.#stop.signal);
    const page = await createConsole({
      access, index: running.index, library: running.library, links: running.links,
      requests: noRequests, subscribers: noSubscribers, storage: NO_REPLICAS, forget: async () => 0,
      keys: new Keyring([]),
      status: () => ({ landingTrouble: undefined, unreadable: [], queued: 0, heldBack: 0 }),
      landing: '/srv/landing', pageFolder, clock: systemClock, log: silentLog,
    });
    const listening = Promise.withResolvers<number>();
    const served = serveConsole(running.#vault.before(page), { port: 0, host: '127.0.0.1' }, {
      signal: running.#stop.signal, onListening: listening.resolve,
    });
    served.catch(listening.reject);
    running.#runs.push(served);
    running.port = await listening.promise;
    return running;
  }

  get vault(): OpenedVault {
    if (this.#vault === undefined) throw new Error('the vault is not open');
    return this.#vault;
  }

  /** Lets ingest take in what lands. */
  ingest(): void {
    const ingest = new Ingest({
      landing: this.landing, library: this.library,
      quarantine: new DirectoryStore(path.join(this.folder, 'quarantine')),
      signers: new Signers(new DirectoryStore(path.join(this.folder, 'signers'))),
      register: this.vault.registerOf(this.index), findOut: { faces: undefined },
      reports: { take: async () => {} }, keys: new Keyring([]), work: path.join(this.folder, 'work'),
      clock: systemClock, log: silentLog, poll: millis(50), limits: DEFAULT_LIMITS,
    });
    this.#runs.push(ingest.run(this.#stop.signal));
  }

  /** Sets the owner's password. @returns The cookie of a session. */
  async owner(): Promise<string> {
    return (await call(this.port, 'POST', '/api/owner', { body: { password: PASSWORD } })).cookie;
  }

  /** Keys in the headers of agents. */
  account(name: string, { quota = null, days = null, directory = name }: {
    readonly quota?: number | null;
    readonly days?: number | null;
    readonly directory?: string;
  } = {}): Readonly<Record<string, string>> {
    const { account, secret } = this.vault.registry.createAccount(
      { name, directory, quota, days, disabled: false }, 'test',
    );
    return { 'X-Kerberos-Storage-AccessKey': account.accessKey, 'X-Kerberos-Storage-SecretAccessKey': secret };
  }

  /** `Authorization` of a device. */
  deviceKey(device: string, account: string): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.vault.registry.createDeviceKey({ device, account }, 'test').text}` };
  }

  async landed(prefix = ''): Promise<readonly string[]> {
    return (await this.landing.list(prefix, undefined, AbortSignal.timeout(10_000))).entries.map(({ key }) => key);
  }

  /** Ends it as a stop does; its folder stays. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#runs);
    this.#vault?.[Symbol.dispose]();
    this.#vault = undefined;
    this.index[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#vault !== undefined) await this.stop();
    this.#held.dispose();
    await rm(this.folder, { recursive: true, force: true });
  }
}
