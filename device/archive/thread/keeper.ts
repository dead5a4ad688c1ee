/** Does in the archive's thread what is asked of it: writes, makes room, keeps the ledger, stars and deletes. */
import type { TytoEvent } from '../../contract/event.ts';
import type { StorageAlarm, StorageState } from '../../contract/storage.ts';
import { describeError, DeviceError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { millis, minutes, seconds } from '../../core/units.ts';
import type { Archive } from '../archive.ts';
import { bootScan, scanLater, type LaterScan, type Scan } from '../boot-scan.ts';
import { Pulse } from '../ledger/pulse.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';
import { WatchLedger } from '../ledger/watch-ledger.ts';
import type { Watching } from '../ledger/watching.ts';
import { Removal } from '../removal.ts';
import type { UploadStates } from '../retention/candidates.ts';
import { Retention } from '../retention/retention.ts';
import { Stars } from '../stars.ts';
import { Written } from '../written.ts';
import type { Refusal, ThreadSettings, Write } from './messages.ts';
import type { ArchiveService, NotDone } from './service.ts';

export interface KeeperParts {
  readonly settings: ThreadSettings;
  readonly archive: Archive;
  readonly recover: Scan['recover'];
  readonly uploads: UploadStates | undefined;
  readonly dataFolder: string;
  readonly onStorage: (state: StorageState) => void;
  readonly log: Log;
}

const WRITTEN_STORED_EVERY = minutes(10);
const STATE_EVERY = seconds(30);

export class Keeper implements ArchiveService {
  readonly #parts: KeeperParts;
  readonly #retention: Retention;
  readonly #removal: Removal;
  readonly #stars: Stars;
  readonly #written: Written;
  readonly #ledger: WatchLedger;
  #writtenStoredAt = -Infinity;
  #saidAt = -Infinity;
  #said = '';

  constructor(parts: KeeperParts) {
    const { settings, archive, uploads, log } = parts;
    const { mediaFolder, landing, camera, retention: rules } = settings;
    this.#parts = parts;
    this.#written = new Written(archive.db, Date.now());
    this.#retention = new Retention({
      archive, mediaFolder, uploads, landing, rules, log, now: () => millis(Date.now()), rate: () => this.#written.rate(Date.now()),
    });
    this.#removal = new Removal({ archive, mediaFolder, landing });
    this.#stars = new Stars(archive, mediaFolder);
    this.#ledger = new WatchLedger(archive, camera, new Pulse(parts.dataFolder));
  }

  /** Brings catalogue and disk in step, as far as the first recording needs it. */
  async begin(): Promise<{ readonly endedEvents: readonly TytoEvent[]; readonly later: LaterScan }> {
    await this.#try('what is to be deleted cannot be; it is tried again at the next start', () => this.#removal.finish());
    const { endedEvents, later } = await bootScan(this.#scan);
    await this.#try('the ledger cannot be written', async () => this.#ledger.begin(Date.now()));
    return { endedEvents, later };
  }

  /** The rest of what a start does, beside the recording. */
  async goOn(later: LaterScan, signal: AbortSignal): Promise<void> {
    await scanLater(this.#scan, later, signal);
    await this.#try('stars cannot be restored', () => this.#stars.restore());
  }

  /** All of `batch` is durable, or none of it and a refusal says why. */
  write(batch: readonly Write[]): Refusal | undefined {
    const { archive, log } = this.#parts;
    try {
      archive.transaction(() => { for (const write of batch) this.#apply(write); });
    } catch (error) {
      if (error instanceof DeviceError) return { code: error.code, message: describeError(error) };
      if (batch.length > 1) return batch.map((write) => this.write([write])).find((refusal) => refusal !== undefined);
      log.error(`it is kept but is not in the catalogue until the next start: ${describeError(error)}`, { write: subjectOf(batch[0]) });
      return undefined;
    }
    for (const write of batch) this.#count(write);
    return undefined;
  }

  async makeRoom(): Promise<void> {
    await this.#retention.makeRoom();
    this.#tell();
  }

  watching(watching: Watching, now: TwoClocks): void {
    void this.#try('the ledger cannot be written', async () => {
      this.#written.sample(now.wall);
      this.#parts.archive.transaction(() => {
        this.#ledger.word(watching, now);
        if (now.steady - this.#writtenStoredAt < WRITTEN_STORED_EVERY) return;
        this.#writtenStoredAt = now.steady;
        this.#written.store();
      });
    });
    if (now.steady - this.#saidAt < STATE_EVERY) return;
    this.#saidAt = now.steady;
    this.#tell();
  }

  async star(id: string, starred: boolean): Promise<NotDone | undefined> {
    return await this.#stars.set(id, starred) ? undefined : UNKNOWN;
  }

  async remove(id: string): Promise<NotDone | undefined> {
    const event = this.#parts.archive.view.kept(id);
    if (event === undefined) return UNKNOWN;
    if (event.end_time === null) return { status: 409, code: 'events.running', message: 'the event still goes on; delete it when it has ended' };
    if (event.starred) return { status: 409, code: 'events.starred', message: 'the event is starred; take the star away first' };
    const untaken = this.#parts.uploads?.uploaded(id, id).has(id) === false;
    await this.#removal.remove([{ subject: id, why: 'its owner deleted it', untaken }]);
    return undefined;
  }

  /** The last word. */
  end(now: TwoClocks): void {
    void this.#try('the ledger cannot be written', async () => {
      this.#written.sample(now.wall);
      this.#parts.archive.transaction(() => {
        this.#ledger.end(now);
        this.#written.store();
      });
    });
  }

  get #scan(): Scan {
    const { archive, recover, log, settings: { mediaFolder } } = this.#parts;
    return { archive, mediaFolder, recover, log };
  }

  #apply(write: Write): void {
    const { archive } = this.#parts;
    switch (write.type) {
      case 'event': return archive.putEvent(write.event);
      case 'opened': return archive.openRecording(write.recording);
      case 'closed': return archive.closeRecording(write.recording);
    }
  }

  #count(write: Write): void {
    if (write.type === 'closed') this.#written.add('recordings', write.recording.clip?.bytes ?? 0);
    if (write.type === 'event' && write.event.end_time !== null) this.#written.add('pictures', write.event.snapshot?.bytes ?? 0);
  }

  #tell(): void {
    void this.#try('the disk cannot be looked at', async () => {
      const { archive, onStorage } = this.#parts;
      const { event: events, continuous, picture: pictures } = archive.usage();
      const { free, keptFree, most } = this.#retention.disk();
      const state: StorageState = {
        used: { events, continuous, pictures }, most: Math.round(most), free, kept_free: Math.round(keptFree),
        rate: Math.round(this.#written.rate(Date.now())), deleted: this.#retention.deleted, written: this.#written.today, alarms: this.#alarms(),
      };
      const said = JSON.stringify(state);
      if (said === this.#said) return;
      this.#said = said;
      onStorage(state);
    });
  }

  #alarms(): StorageAlarm[] {
    const { settings: { writeBudget } } = this.#parts;
    const isOver = writeBudget > 0 && this.#written.total > writeBudget;
    const overBudget = {
      code: 'storage.write-budget',
      message: `${inMebibytes(this.#written.total)} MiB were written today, storage.write_budget allows ${inMebibytes(writeBudget)} MiB; `
        + 'record less, or use a disk that bears more and raise it',
    };
    return [...this.#retention.alarms, ...(isOver ? [overBudget] : [])];
  }

  /** What fails here must neither stop the recording nor be silent. */
  async #try(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.log.error(what, { reason: describeError(error) });
    }
  }
}

const UNKNOWN: NotDone = { status: 404, code: 'events.unknown', message: 'there is no such event, or it is no longer kept' };
const subjectOf = (write: Write | undefined): string => (write === undefined ? '' : write.type === 'event' ? write.event.id : write.recording.name);
const inMebibytes = (size: number): number => Math.ceil(size / 1024 ** 2);
