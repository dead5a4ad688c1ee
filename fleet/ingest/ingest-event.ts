/** Takes one event in: from its manifest in the landing to its row in the index, or to the quarantine. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import { FINDINGS_FOLDER } from '../../device/contract/fleet-findings.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { ofEventName } from '../../device/contract/names.ts';
import { RemoteError } from '../../device/core/errors.ts';
import { answer, TAKEN } from './answer.ts';
import { copyObject, type OpenedObject } from './copy-object.ts';
import { judgeCopies, judgeManifest, type CopiedFile, type ExpectedFile } from './decide.ts';
import { filedManifest } from './filed-manifest.ts';
import { filesBeside } from './files-beside.ts';
import { findOut, type FoundOut } from './find-out.ts';
import { inspectEvent, type Inspection, type Sound } from './inspect/inspect-event.ts';
import { withoutNames } from './forgotten-faces.ts';
import { folderOf } from './landing-key.ts';
import { readManifest, removeManifest, type ReadManifest } from './manifest-file.ts';
import type { IngestParts, Landed, RejectionRecord } from './ports.ts';
import { clearQuarantine, finishRejection, moveToQuarantine, openOrphan, type Culprit } from './quarantine.ts';
import type { Reason } from './reason.ts';
import { relate } from './relate.ts';
import { together } from './together.ts';

export type Outcome =
  | {
    readonly outcome: 'accepted';
    readonly event: TytoEvent;
    readonly damage: ClipDamage | null;
    readonly sealed: boolean;
  }
  | { readonly outcome: 'rejected'; readonly record: RejectionRecord }
  /** Its files may still come. */
  | { readonly outcome: 'waiting' }
  /** The library had it already, or the landing has it no more. */
  | { readonly outcome: 'nothing-new' };

/**
 * Library, then index, then landing: killed anywhere between, the next run does the same again, to the same end.
 *
 * @param landed - The manifest.
 * @param folder - For copies; of this piece of work alone, empty.
 * @throws {TytoError} When a store or a tool fails: nothing is decided then, and it is to be tried again.
 */
export async function ingestEvent(
  landed: Landed,
  folder: string,
  parts: IngestParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const manifest = await readManifest(landed.key, parts.landing, signal);
  if (manifest === undefined) return { outcome: 'nothing-new' };
  return new EventWork({ landed, folder, parts, signal, manifest }).run();
}

interface Task {
  readonly landed: Landed;
  readonly folder: string;
  readonly parts: IngestParts;
  readonly signal: AbortSignal;
  readonly manifest: ReadManifest;
}

interface Intake {
  /** As it is to stand in the index. */
  readonly event: TytoEvent;
  /** To be taken in. */
  readonly files: readonly ExpectedFile[];
  /** That the manifest names: those that the library has already, too. */
  readonly all: readonly ExpectedFile[];
  /** What the device did not send. */
  readonly held: readonly HeldFile[];
  /** Of what the library has of it already; 0 for nothing. */
  readonly version: number;
}

class EventWork {
  readonly #task: Task;
  /** Keys that are believed for the event's device, once its clip is looked into. */
  #signers: readonly string[] = [];
  constructor(task: Task) { this.#task = task; }

  async run(): Promise<Outcome> {
    const { landed: { key }, parts: { register, clock, limits }, manifest } = this.#task;
    const unfinished = await register.unfinishedRejection(key);
    if (unfinished?.delivery === this.#delivery) {
      await finishRejection(unfinished, this.#task.parts, this.#task.signal);
      return { outcome: 'rejected', record: unfinished };
    }
    const verdict = judgeManifest(key, manifest.data, clock.now(), limits);
    if (verdict.verdict === 'reject')
      return this.#reject(verdict.reason, await filesBeside(key, this.#task.parts.landing, this.#task.signal));
    const { event: told, files, held } = verdict;
    const known = await register.known(told.device, told.id);
    const forgotten = known.state === 'accepted' ? known.forgotten : [];
    const event = { ...told, faces: withoutNames(told.faces, forgotten) };
    if (known.state === 'deleted') { // by somebody: it is not to come back
      await this.#takeOut(event, files);
      await this.#tidyUp(files);
      return { outcome: 'nothing-new' };
    }
    const version = known.state === 'accepted' ? known.version : 0;
    const relation = relate(known.state === 'accepted' ? known.event : undefined, event, files);
    switch (relation.relation) {
      case 'new': return this.#takeIn({ event, files, all: files, held, version });
      case 'more': return this.#takeIn({ event: relation.event, files: relation.files, all: files, held, version });
      case 'conflict': return this.#reject(relation.reason, files);
      case 'known':
        await this.#tidyUp(files);
        return { outcome: 'nothing-new' };
    }
  }

  /** With the time of its arrival: the same once more, later, is another delivery. */
  get #delivery(): string { return `${this.#task.landed.modifiedAt} ${this.#task.manifest.fingerprint}`; }

  async #takeIn(intake: Intake): Promise<Outcome> {
    const { event, files, version } = intake;
    const copies: readonly CopiedFile[] =
      await together(files.map(async (expected) => ({ expected, copied: await this.#copy(expected) })));
    const verdict = judgeCopies(copies, this.#task.landed.age, this.#task.parts.limits);
    if (verdict.verdict === 'wait') return { outcome: 'waiting' };
    const found: Inspection =
      verdict.verdict === 'reject' ? { ok: false, reason: verdict.reason } : await this.#inspect(event, files);
    if (!found.ok) {
      const isManifestAlone = verdict.verdict === 'reject' && copies.every(({ copied }) => copied.state === 'missing');
      if (isManifestAlone && await this.#toldOnceMore()) return { outcome: 'nothing-new' };
      await this.#demandUnchanged(event, version);
      // A run that was killed behind the library may have left files there that no row speaks of.
      if (version === 0) await this.#takeOut(event, files);
      else await together(files.map((file) => this.#task.parts.library.remove(file.key)));
      return this.#reject(
        found.reason,
        copies.map(({ expected, copied }) =>
          copied.state === 'copied' ? this.#copyOf(expected) : { key: expected.key },
        ),
      );
    }
    await this.#publish(intake, found, await this.#findOut(intake, found));
    return { outcome: 'accepted', event, damage: found.damage, sealed: found.sealed };
  }

  /**
   * A device that was off for longer than answers lie sends the manifest of what was refused once more, and that alone:
   * the files are in the quarantine. That they are not there is not why it was refused.
   */
  async #toldOnceMore(): Promise<boolean> {
    const { landed: { key }, parts: { register, landing }, signal, manifest: { fingerprint } } = this.#task;
    const before = await register.rejection(key);
    if (before === undefined || !before.delivery.endsWith(` ${fingerprint}`)) return false;
    await answer(key, fingerprint, { verdict: 'refused', code: before.code }, landing, signal);
    await removeManifest(key, fingerprint, landing, signal);
    return true;
  }

  /**
   * What another worker took in meanwhile must not be taken out of the library again.
   * @throws {RemoteError} `ingest.raced`
   */
  async #demandUnchanged({ device, id }: TytoEvent, version: number): Promise<void> {
    const known = await this.#task.parts.register.known(device, id);
    if ((known.state === 'accepted' ? known.version : 0) === version) return;
    throw new RemoteError(
      'ingest.raced', `event ${id} of ${device} was taken in by another worker at the same time; it is looked at again`,
    );
  }

  async #copy(expected: ExpectedFile) {
    const { parts, signal } = this.#task;
    const landedObject = await parts.landing.open(expected.key, signal);
    const object = landedObject ?? await this.#orphan(expected.key);
    return copyObject(object, this.#copyOf(expected).file, (bytes) => bytes === expected.bytes, signal);
  }

  /** A device that was offline between file and manifest for longer than orphans may wait. */
  async #orphan(key: string): Promise<OpenedObject | undefined> {
    const kept = await openOrphan(key, this.#task.parts);
    return kept && { bytes: kept.bytes, body: kept.stream() };
  }

  #copyOf({ key, role, bytes }: ExpectedFile) { return { key, role, file: path.join(this.#task.folder, role), bytes }; }

  async #inspect(event: TytoEvent, files: readonly ExpectedFile[]): Promise<Inspection> {
    const { parts: { keys, limits, signers }, signal } = this.#task;
    if (files.some(({ role }) => role === 'clip')) this.#signers = await signers.known(event.device);
    return inspectEvent(
      {
        event,
        files: files.map((expected) => this.#copyOf(expected)),
        signers: this.#signers,
        wantsThumbnail: this.#task.parts.findOut !== undefined && event.thumbnail === undefined,
      },
      { keys, limits, signal },
    );
  }

  /** What is sound is filed whatever comes of this. */
  async #findOut({ event, files }: Intake, { isEncrypted, thumbnail }: Sound): Promise<FoundOut> {
    const { landed: { key }, folder, parts: { findOut: wish }, signal } = this.#task;
    if (wish === undefined || isEncrypted) return { findings: {}, made: [] };
    const material = {
      event, files: files.map((expected) => this.#copyOf(expected)), thumbnail, eventFolder: folderOf(key),
    };
    return findOut(material, { faces: wish.faces, folder, signal });
  }

  /** Where what is made of an event lies. */
  #madeKeys(event: TytoEvent): readonly string[] {
    const { landed: { key }, parts } = this.#task;
    if (parts.findOut === undefined) return [];
    return (['thumb.jpg', 'preview.mp4'] as const).map((extension) =>
      folderOf(key) + FINDINGS_FOLDER + ofEventName(event, extension));
  }

  async #publish(
    { event, files, all, held, version }: Intake, { damage, sealed, signer }: Sound, { findings, made }: FoundOut,
  ): Promise<void> {
    const { landed: { key }, folder, parts: { library, register, signers, clock } } = this.#task;
    // Of those that are believed it is one: where there are none, it becomes the first.
    if (signer !== undefined && this.#signers.length === 0) await signers.learn(event.device, signer, folder);
    await together([...files.map((expected) => this.#copyOf(expected)), ...made].map((one) =>
      library.put(one.key, one.file)));
    await library.put(key, version === 0 ? await this.#manifestFile() : await filedManifest({ event, held }, folder));
    const filing = {
      event, folder: folderOf(key), ingestedAt: clock.now(), damage, sealed, held,
      ...(isEmpty(findings) ? {} : { findings }),
    };
    try {
      await register.accept(filing, [key, ...all.map((file) => file.key)], version);
    } catch (error) {
      await this.#heedOthers(event, all, version);
      throw error;
    }
    await this.#heedOthers(event, all, version + 1);
    await this.#tidyUp(all);
  }

  /**
   * What others did to the event while its files were on their way holds: the library tells what the index tells,
   * whoever of several workers put a manifest there last, and nothing of what was deleted.
   *
   * @param version - That our manifest is right about.
   */
  async #heedOthers(event: TytoEvent, files: readonly ExpectedFile[], version: number): Promise<void> {
    const { landed: { key }, folder, parts: { library, register } } = this.#task;
    for (let ours = version; ;) {
      const known = await register.known(event.device, event.id);
      if (known.state === 'deleted') return this.#takeOut(event, files);
      if (known.state === 'new' || known.version === ours) return;
      ours = known.version;
      await library.put(key, await filedManifest(known, folder));
    }
  }

  /** Leaves nothing in the library of an event that no row speaks of. */
  async #takeOut(event: TytoEvent, files: readonly ExpectedFile[]): Promise<void> {
    const { landed: { key }, parts: { library } } = this.#task;
    await together([...files.map((file) => file.key), key, ...this.#madeKeys(event)].map((one) => library.remove(one)));
  }

  /** The manifest goes last: while it is there, a next run knows what else to remove, and whom to tell. */
  async #tidyUp(files: readonly ExpectedFile[]): Promise<void> {
    const { landed: { key }, parts, signal, manifest } = this.#task;
    await clearQuarantine(key, files, parts);
    await together(files.map((file) => parts.landing.remove(file.key, signal)));
    await answer(key, manifest.fingerprint, TAKEN, parts.landing, signal);
    await removeManifest(key, manifest.fingerprint, parts.landing, signal);
  }

  async #reject(reason: Reason, files: readonly Culprit[]): Promise<Outcome> {
    const { landed, folder, parts, signal, manifest: { data, bytes } } = this.#task;
    const own: Culprit =
      data === undefined ? { key: landed.key } : { key: landed.key, file: await this.#manifestFile(), bytes };
    const culprits = [
      ...files.map(({ key, file, bytes: size }) => ({
        key,
        ...(file === undefined || size === undefined ? {} : { file, bytes: size }),
      })),
      own,
    ];
    return {
      outcome: 'rejected',
      record: await moveToQuarantine({ landed, reason, culprits, delivery: this.#delivery }, folder, parts, signal),
    };
  }

  async #manifestFile(): Promise<string> {
    const file = path.join(this.#task.folder, 'manifest');
    await writeFile(file, this.#task.manifest.data ?? '', { flush: true, mode: 0o600 });
    return file;
  }
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;
