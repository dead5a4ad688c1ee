/** A whole ingest on a real disk, with a clock that tests move. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mailFolderOf, parseAnswerKey, type Report } from '../../device/contract/mail.ts';
import { millis } from '../../device/core/units.ts';
import { silentLog, type Log } from '../../device/core/log.ts';
import { DirectoryLanding } from '../../device/landing/directory-landing.ts';
import { systemClock, type Clock } from '../../device/runtime/clock.ts';
import { Ingest } from '../../fleet/ingest/ingest.ts';
import { Keyring, type KeyOpener } from '../../device/vault/wrapped-key.ts';
import { DEFAULT_LIMITS, type IngestLimits } from '../../fleet/ingest/limits.ts';
import { Signers } from '../../fleet/ingest/signers.ts';
import type { IngestParts } from '../../fleet/ingest/ports.ts';
import { SqliteIndex } from '../../fleet/index/sqlite-index.ts';
import { DirectoryStore } from '../../fleet/storage/directory-store.ts';
import { eventually } from '../eventually.ts';
import { filesBelow } from '../files-below.ts';

export class IngestBench implements AsyncDisposable {
  readonly root: string;
  /** What was handed on of what devices report: their name, and the report. */
  readonly reports: (readonly [string, Report])[] = [];
  readonly parts: IngestParts & { readonly register: SqliteIndex };
  private constructor(root: string, { limits, clock, keys }: Pick<IngestParts, 'limits' | 'clock' | 'keys'>) {
    this.root = root;
    this.parts = {
      landing: new DirectoryLanding(this.landing, { create: true }),
      library: new DirectoryStore(path.join(root, 'library')),
      quarantine: new DirectoryStore(path.join(root, 'quarantine')),
      register: SqliteIndex.open(path.join(root, 'index.db')),
      signers: new Signers(new DirectoryStore(path.join(root, 'signers'))),
      reports: { take: (device, report) => { this.reports.push([device, report]); return Promise.resolve(); } },
      work: path.join(root, 'work'),
      keys,
      clock,
      limits,
    };
  }

  static async open({
    limits = {},
    clock = systemClock,
    keys = new Keyring([]),
  }: { readonly limits?: Partial<IngestLimits>; readonly clock?: Clock; readonly keys?: KeyOpener } = {}): Promise<
    IngestBench
  > {
    return new IngestBench(await mkdtemp(path.join(tmpdir(), 'tyto-ingest-')), {
      limits: { ...DEFAULT_LIMITS, ...limits }, clock, keys,
    });
  }

  get landing(): string {
    return path.join(this.root, 'landing');
  }

  /** Runs ingest until `check` holds, or until the landing is empty. */
  async runUntil(
    check: () => Promise<boolean> | boolean = () => this.isEmpty(),
    parts: Partial<IngestParts> = {},
    withinMs = 60_000,
  ): Promise<void> {
    const stop = new AbortController();
    const errors: unknown[] = [];
    const log: Log = {
      ...silentLog,
      error: (_message, fields) => {
        errors.push(fields?.['error'] ?? fields);
      },
    };
    const running = new Ingest({ ...this.parts, ...parts, poll: millis(20), log }).run(stop.signal);
    try {
      await Promise.race([eventually('ingest', check, withinMs), running]);
    } catch (error) {
      throw new AggregateError([error, ...errors], 'ingest did not come to its end', { cause: error });
    } finally {
      stop.abort();
      await running.catch((error: unknown) => {
        if (error !== stop.signal.reason) throw error;
      });
    }
  }

  async isEmpty(): Promise<boolean> {
    return (await this.files('landing')).length === 0;
  }

  /** `device id` of each event in the index. */
  get accepted(): Promise<readonly string[]> {
    return this.parts.register.events({ limit: 1000 })
      .then(({ rows }) => rows.map(({ event }) => `${event.device} ${event.id}`));
  }
  /** Code by key. */
  get rejected(): Promise<ReadonlyMap<string, string>> {
    return this.parts.register.rejected({ limit: 1000 })
      .then(({ rows }) => new Map(rows.map(({ key, code }) => [key, code])));
  }

  /** Of the landing without the answers to devices. */
  async files(folder: 'library' | 'quarantine' | 'landing' | 'work'): Promise<readonly string[]> {
    const files = await filesBelow(path.join(this.root, folder));
    return folder === 'landing' ? files.filter((key) => mailFolderOf(key) !== 'answers') : files;
  }
  /** What devices were told, by event: `taken`, or why it was refused. */
  async answers(): Promise<readonly (readonly [string, string])[]> {
    return (await filesBelow(this.landing)).flatMap((key) => {
      const answer = parseAnswerKey(key);
      return answer === undefined ? [] : [[answer.event, answer.code || answer.verdict] as const];
    });
  }
  read(file: string): Promise<Buffer> {
    return readFile(path.join(this.root, file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.parts.register[Symbol.dispose]();
    await rm(this.root, { recursive: true, force: true });
  }
}
