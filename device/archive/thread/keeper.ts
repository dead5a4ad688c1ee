/** Does in the archive's thread what is asked of it: writes, makes room, keeps the ledger, stars and deletes. */
import path from 'node:path';
import { OWN_STYLE } from '../../contract/event-file-name.ts';
import { picturesOf } from '../../contract/manifest.ts';
import { revised, type EventFace, type TytoEvent } from '../../contract/event.ts';
import type { StorageAlarm, StorageState } from '../../contract/storage.ts';
import { describeError, DeviceError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { millis, minutes, seconds } from '../../core/units.ts';
import type { Archive } from '../archive.ts';
import { bootScan, scanLater, type LaterScan, type Scan } from '../boot-scan.ts';
import { ChangedNames, type NameChangeSource, type WithChangedName } from '../changed-names.ts';
import { Exports } from '../exports.ts';
import { Ledger } from '../ledger/ledger.ts';
import { Pulse } from '../ledger/pulse.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';
import { WatchLedger } from '../ledger/watch-ledger.ts';
import type { Watching } from '../ledger/watching.ts';
import { Removal } from '../removal.ts';
import { AgeTrust } from '../retention/age-trust.ts';
import type { UploadStates } from '../retention/candidates.ts';
import { Retention } from '../retention/retention.ts';
import { Stars } from '../stars.ts';
import { Written } from '../written.ts';
import type { Refusal, ThreadSettings, Write } from './messages.ts';
import type { ArchiveService, NotDone } from './service.ts';
import { TrueTimes } from './true-times.ts';

export interface KeeperParts {
  readonly settings: ThreadSettings;
  readonly archive: Archive;
  readonly recover: Scan['recover'];
  readonly uploads: UploadStates | undefined;
  readonly dataFolder: string;
  readonly withChangedName: WithChangedName;
  readonly nameChanges: NameChangeSource;
  readonly onStorage: (state: StorageState) => void;
  readonly log: Log;
}

const WRITTEN_STORED_EVERY = minutes(10);
const STATE_EVERY = seconds(30);
/** Events wait this long for the clock where somebody else is to be told of them. */
const PATIENCE_WITH_CLOCK = minutes(15);

export class Keeper implements ArchiveService {
  readonly #parts: KeeperParts;
  readonly #retention: Retention;
  readonly #removal: Removal;
  readonly #exports: Exports;
  readonly #stars: Stars;
  readonly #written: Written;
  readonly #names: ChangedNames;
  readonly #times: TrueTimes;
  readonly #ledger: WatchLedger;
  /** Undefined until the first word. */
  #ages: AgeTrust | undefined;
  #knownUntil: number | undefined;
  #writtenStoredAt = -Infinity;
  readonly #failing = new Set<string>();
  #saidAt = -Infinity;
  #said = '';

  constructor(parts: KeeperParts) {
    const { settings, archive, uploads, log } = parts;
    const { mediaFolder, landing, camera, retention: rules } = settings;
    this.#parts = parts;
    this.#written = new Written(archive.db, Date.now());
    this.#exports = new Exports({
      archive, mediaFolder, folder: path.join(parts.dataFolder, 'export'), style: settings.fileNames ?? OWN_STYLE, log,
    });
    this.#retention = new Retention({
      archive, exports: this.#exports, mediaFolder, dataFolder: parts.dataFolder, uploads, landing, rules,
      log, now: () => millis(Date.now()), rate: () => this.#written.rate(Date.now()),
      mayJudgeAge: () => this.#ages?.mayJudge(Date.now()) === true,
    });
    this.#removal = new Removal({ archive, mediaFolder, landing, exports: this.#exports });
    this.#stars = new Stars(archive, mediaFolder);
    this.#names = new ChangedNames(archive, parts.withChangedName, parts.nameChanges);
    this.#times = new TrueTimes({
      archive, mediaFolder, log, patience: uploads === undefined ? millis(Infinity) : PATIENCE_WITH_CLOCK,
    });
    this.#ledger = new WatchLedger(archive, camera, new Pulse(parts.dataFolder, settings.pulseFolder));
  }

  /** Brings catalogue and disk in step, as far as the first recording needs it. */
  async begin(): Promise<{ readonly endedEvents: readonly TytoEvent[]; readonly later: LaterScan }> {
    await this.#try('what is to be deleted cannot be; it is tried again at the next start', () =>
      this.#removal.finish());
    await this.#try('what was recorded before the clock was set cannot be set right; it is tried again', () =>
      this.#times.finish());
    await this.#try(
      'what was held back for the clock cannot be let go; it is tried again at the next start',
      async () => {
        this.#parts.archive.release(); // an earlier run's clock: nobody knows any more how wrong it was
      },
    );
    const { endedEvents, later } = await bootScan(this.#scan);
    this.#knownUntil = latest(this.#parts.archive, this.#parts.settings.camera);
    await this.#try('the ledger cannot be written', async () => this.#ledger.begin(Date.now()));
    return { endedEvents, later };
  }

  /** The rest of what a start does, beside the recording. */
  async goOn(later: LaterScan, signal: AbortSignal): Promise<void> {
    await scanLater(this.#scan, later, signal, () => this.#retention.isFull);
    await this.#try('stars cannot be restored', () => this.#stars.restore());
    await this.#try('names that changed or were forgotten still stand in events; it is tried again at the next start',
      () => this.#names.changeAll());
  }

  /** All of `batch` is durable, or none of it and a refusal says why. */
  write(batch: readonly Write[]): Refusal | undefined {
    const { archive, log } = this.#parts;
    try {
      archive.transaction(() => { for (const write of batch) this.#apply(write); });
    } catch (error) {
      if (error instanceof DeviceError) return { code: error.code, message: describeError(error) };
      if (batch.length > 1) return batch.map((write) => this.write([write])).find((refusal) => refusal !== undefined);
      log.error(`it is kept but is not in the catalogue until the next start: ${describeError(error)}`, {
        write: subjectOf(batch[0]),
      });
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
      this.#ledger.word(watching, now);
      if (now.steady - this.#writtenStoredAt < WRITTEN_STORED_EVERY) return;
      this.#parts.archive.transaction(() => this.#written.store());
      this.#writtenStoredAt = now.steady;
    });
    void this.#try('the export folder cannot be kept in step', async () => this.#exports.step());
    void this.#try('the clock cannot be heeded', async () => this.#heedLeaps(now));
    void this.#try('what was recorded before the clock was set cannot be set right; it is tried again', () =>
      this.#times.word(watching.clockSynced, now));
    if (now.steady - this.#saidAt < STATE_EVERY) return;
    this.#saidAt = now.steady;
    this.#tell();
  }

  async star(id: string, starred: boolean): Promise<NotDone | undefined> {
    return await this.#stars.set(id, starred) ? undefined : UNKNOWN;
  }

  async changeNames(): Promise<undefined> { await this.#names.changeAll(); }

  async nameFace(id: string, face: number, name: string): Promise<NotDone | undefined> {
    const { archive } = this.#parts;
    const event = archive.view.get(id);
    if (event?.faces[face] === undefined) return UNKNOWN;
    if (event.end_time === null)
      return { status: 409, code: 'events.running', message: 'the event still goes on; name it when it has ended' };
    this.#putFace(event, face, { person: name, similarity: 1 });
    return undefined;
  }

  async unnameFace(id: string, face: number, name: string): Promise<NotDone | undefined> {
    const event = this.#parts.archive.view.get(id);
    if (event === undefined) return UNKNOWN;
    if (event.end_time !== null && event.faces[face]?.person === name)
      this.#putFace(event, face, { person: null, similarity: null });
    return undefined;
  }

  #putFace(event: TytoEvent, face: number, called: Pick<EventFace, 'person' | 'similarity'>): void {
    const { archive } = this.#parts;
    const faces = event.faces.map((one, index) => (index === face ? { ...one, ...called } : one));
    archive.transaction(() => archive.putEvent(revised({ ...event, faces })));
  }

  async remove(id: string): Promise<NotDone | undefined> {
    const event = this.#parts.archive.view.kept(id);
    if (event === undefined) return UNKNOWN;
    if (event.end_time === null)
      return { status: 409, code: 'events.running', message: 'the event still goes on; delete it when it has ended' };
    if (event.starred)
      return { status: 409, code: 'events.starred', message: 'the event is starred; take the star away first' };
    // In our own landing folder it is on this disk still, whatever the queue says.
    const untaken = this.#parts.settings.landing !== undefined
      || this.#parts.uploads?.uploaded(id, id).has(id) === false;
    await this.#removal.remove([{ subject: id, why: 'its owner deleted it', untaken }]);
    return undefined;
  }

  /** The last word. @param isWanted - Somebody stops the device; nothing has failed. */
  end(now: TwoClocks, isWanted: boolean): void {
    void this.#try('the ledger cannot be written', async () => {
      this.#written.sample(now.wall);
      this.#parts.archive.transaction(() => {
        this.#ledger.end(now, isWanted);
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
      case 'event': return this.#times.putEvent(this.#names.clean(write.event));
      case 'opened': return archive.openRecording(write.recording);
      case 'closed':
        if (write.recording.eventId === null && this.#times.isMistimed(write.recording.startedAt))
          archive.hold(write.recording.name);
        return archive.closeRecording(write.recording);
    }
  }

  #heedLeaps(now: TwoClocks): void {
    this.#ages ??= new AgeTrust(this.#parts.archive.db, this.#knownUntil, now);
    const leap = this.#ages.word(now);
    if (leap === 0) return;
    this.#parts.log.warn('the clock leapt forward; nothing is deleted for its age until a day has passed', {
      leaptHours: Math.round(leap / 3_600_000),
    });
  }

  #count(write: Write): void {
    if (write.type === 'closed') this.#written.add('recordings', write.recording.clip?.bytes ?? 0);
    if (write.type === 'event' && write.event.end_time !== null)
      this.#written.add('pictures', picturesOf(write.event).reduce((sum, { bytes }) => sum + bytes, 0));
  }

  #tell(): void {
    void this.#try('the disk cannot be looked at', async () => {
      const { archive, onStorage } = this.#parts;
      const { event: events, continuous, timelapse, picture: pictures } = archive.usage();
      const { free, keptFree, most } = this.#retention.disk();
      const state: StorageState = {
        used: { events, continuous, timelapse, pictures }, most: Math.round(most),
        free, kept_free: Math.round(keptFree),
        rate: Math.round(this.#written.rate(Date.now())),
        deleted: this.#retention.deleted, written: this.#written.today, alarms: this.#alarms(),
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
      message: `${inMebibytes(this.#written.total)} MiB were written today, `
        + `storage.write_budget allows ${inMebibytes(writeBudget)} MiB; `
        + 'record less, or use a disk that bears more and raise it',
    };
    return [...this.#retention.alarms, ...(isOver ? [overBudget] : [])];
  }

  /**
   * What fails here must neither stop the recording nor be silent. What fails again and again, every few seconds on a
   * full disk, is said when that begins and when it is over.
   */
  async #try(what: string, work: () => Promise<void>): Promise<void> {
    const { log } = this.#parts;
    try {
      await work();
      if (this.#failing.delete(what)) log.info(`it is over: ${what}`);
    } catch (error) {
      if (!this.#failing.has(what)) log.error(what, { reason: describeError(error) });
      this.#failing.add(what);
    }
  }
}

/** Unix milliseconds of the latest moment that the catalogue tells of. */
function latest(archive: Archive, camera: string): number | undefined {
  const [event] = archive.view.page({ limit: 1 }).events;
  const moments = [
    new Ledger(archive.db).last('watch', camera)?.to, event && event.start_time * 1000,
  ].filter((moment) => moment !== undefined);
  return moments.length === 0 ? undefined : Math.max(...moments);
}

const UNKNOWN: NotDone = {
  status: 404, code: 'events.unknown', message: 'there is no such event, or it is no longer kept',
};
const subjectOf = (write: Write | undefined): string =>
  (write === undefined ? '' : write.type === 'event' ? write.event.id : write.recording.name);
const inMebibytes = (size: number): number => Math.ceil(size / 1024 ** 2);
