/** The rest of a device as the page's server sees it, in memory: for tests of the page and its API. */
import { eventId } from '../../device/contract/names.ts';
import type {
  EventsView, KeptEvent, LedgerEntry, LedgerView, ManualRecording, PersonView, SegmentView,
} from '../../device/contract/device-api.ts';
import { EVENT_KINDS, type EventKind, type TytoEvent } from '../../device/contract/event.ts';
import { parseSegmentFileName, type SegmentKind } from '../../device/contract/media-path.ts';
import type { Seeing } from '../../device/contract/places.ts';
import type { StorageState } from '../../device/contract/storage.ts';
import type { CameraState } from '../../device/contract/topics.ts';
import type { UploadStatus } from '../../device/contract/uploads-view.ts';
import { ConfigError } from '../../device/core/errors.ts';
import { millis, type Millis } from '../../device/core/units.ts';
import type { MediaOnDisk } from '../../device/http/send-media.ts';
import type {
  FacePicture, CameraCommand, DeviceBus, DeviceChange, EventArchive, EventMedia, EventQuery, NotDone, PeopleKeeper,
} from '../../device/web/ports.ts';

export const ONLINE: CameraState = {
  camera: 'yard', source: '/dev/video0', demo: false, state: 'online', reason: '', codec: 'avc1.64001f',
  width: 1280, height: 720, recording: false, idleReason: null, loss: null, visionFault: null,
  tamper: [], recognitionFault: null, load: { level: 0, shed: [] }, decoding: null,
  decoder: null, stream: null, sound: null, watched: null, unmet: [],
  framesAnalysed: 100, framesDropped: 0,
};

/** Does what it is told at once, unless told not to answer. */
export class FakeBus implements DeviceBus {
  readonly #listeners = new Set<(change: DeviceChange) => void>();
  #camera: CameraState | undefined = ONLINE;
  #armed: boolean | undefined = true;
  #places: Seeing | undefined;
  /** Where the camera's process reads places from. */
  stored: { readonly current: Seeing } | undefined;
  connected = true;
  storageState: StorageState | undefined;
  silence: Millis | undefined = millis(0);
  /** Whether arming takes effect. */
  answers = true;

  manualRecording: ManualRecording | undefined;
  /** What it refuses a command with; undefined while it obeys. */
  refusal: { readonly code: string; readonly message: string } | undefined;
  readonly commands: CameraCommand[] = [];

  manual(): ManualRecording | undefined { return this.manualRecording; }

  async command(given: CameraCommand): Promise<void> {
    this.commands.push(given);
    if (!this.answers) return;
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    const request = given.command.request ?? null;
    const now = Date.now() / 1000;
    const until = given.type === 'record' && !given.command.record ? null : now + (given.command.length ?? 30);
    if (given.type === 'record' && this.refusal === undefined)
      this.manualRecording = until === null ? undefined : { since: now, until };
    this.#tell({ type: 'answer', answer: this.refusal === undefined
      ? { ok: true, request, event: eventId(millis(Date.now()), 0), until }
      : { ok: false, request, ...this.refusal } });
    this.#tell({ type: 'state' });
  }

  readonly #ended = new Map<EventKind, number>(EVENT_KINDS.map((kind) => [kind, 0]));
  endedEvents(): ReadonlyMap<EventKind, number> { return this.#ended; }
  uploadFigures: UploadStatus | undefined;
  uploads(): UploadStatus | undefined { return this.uploadFigures; }
  camera(): CameraState | undefined { return this.#camera; }
  armed(): boolean | undefined { return this.#armed; }
  arming(): undefined { return undefined; }
  storage(): StorageState | undefined { return this.storageState; }
  places(): Seeing | undefined { return this.#places; }
  cameraSilence(): Millis | undefined { return this.silence; }
  get listeners(): number { return this.#listeners.size; }

  async arm(on: boolean): Promise<void> {
    if (!this.answers) return;
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    this.#armed = on;
    this.#tell({ type: 'state' });
  }

  async reloadPlaces(): Promise<void> {
    if (!this.answers) return;
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    this.#places = this.stored?.current;
    this.#tell({ type: 'state' });
  }

  subscribe(listener: (change: DeviceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  /** The camera's process is gone. */
  loseCamera(): void {
    this.#camera = undefined;
    this.#tell({ type: 'state' });
  }

  setCamera(change: Partial<CameraState>): void {
    this.#camera = { ...ONLINE, ...this.#camera, ...change };
    this.#tell({ type: 'state' });
  }

  say(type: 'new' | 'update' | 'end', after: TytoEvent, before = after): void {
    if (type === 'end') for (const kind of after.kinds) this.#ended.set(kind, (this.#ended.get(kind) ?? 0) + 1);
    this.#tell({ type: 'event', message: { type, before, after } });
  }

  #tell(change: DeviceChange): void { for (const listener of this.#listeners) listener(change); }
}

type Media = Omit<MediaOnDisk, 'type'>;

export class FakeArchive implements EventArchive {
  readonly #events = new Map<string, TytoEvent>();
  readonly #media = new Map<string, Media>();
  readonly starred = new Set<string>();
  readonly ledgerEntries: LedgerEntry[] = [];
  /** What happens instead of what is asked for. */
  fault: Error | undefined;

  put(event: TytoEvent, media: { readonly [K in EventMedia]?: Media } = {}): void {
    this.#events.set(event.id, event);
    for (const [kind, file] of Object.entries(media)) this.#media.set(`${event.id} ${kind}`, file);
  }

  page({
    before, limit, from = millis(0), to = millis(Infinity), camera, kind, zone, starred, clip,
  }: EventQuery): EventsView {
    const found = [...this.#events.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
      .filter((event) => (before === undefined || event.id < before)
        && event.start_time * 1000 >= from && event.start_time * 1000 < to && (camera ?? event.camera) === event.camera
        && (kind === undefined || event.kinds.includes(kind))
        && (zone === undefined || event.entered_zones.includes(zone))
        && (starred === undefined || this.starred.has(event.id)) && (clip === undefined || event.has_clip));
    const events = found.slice(0, limit).map((event) => this.#kept(event));
    return { events, next: found.length > limit ? events.at(-1)?.id ?? null : null };
  }
  get(id: string): KeptEvent | undefined {
    const event = this.#events.get(id);
    return event && this.#kept(event);
  }
  async star(id: string, starred: boolean): Promise<NotDone | undefined> {
    if (this.fault !== undefined) throw this.fault;
    if (starred) this.starred.add(id);
    else this.starred.delete(id);
    return undefined;
  }
  async remove(id: string): Promise<NotDone | undefined> {
    if (this.starred.has(id)) return { status: 409, code: 'events.starred', message: 'the event is starred' };
    this.#events.delete(id);
    return undefined;
  }
  ledger({ from, to }: { readonly from: Millis; readonly to: Millis }): LedgerView {
    const entries = this.ledgerEntries.filter((entry) => entry.to * 1000 > from && entry.from * 1000 < to);
    const seconds = { watched: 0, recorded: 0, uploaded: 0, deleted: 0, lost: 0, off: 0, unknown: 0 };
    for (const entry of entries) seconds[entry.state] += entry.to - entry.from;
    return { from: from / 1000, to: to / 1000, next: null, seconds, entries };
  }
  readonly pieces: SegmentView[] = [];
  putSegment(piece: SegmentView, media: Media): void {
    this.pieces.push(piece);
    this.#media.set(piece.name, media);
  }
  segments({
    kind, from, to, reach, limit,
  }: {
    readonly kind: SegmentKind;
    readonly from: Millis;
    readonly to: Millis;
    readonly reach: Millis;
    readonly limit: number;
  }): readonly SegmentView[] {
    const isIn = (piece: SegmentView): boolean => piece.from * 1000 >= from
      || (piece.from * 1000 >= from - reach
      && (piece.to === null ? piece.from * 1000 + reach : piece.to * 1000) > from);
    return this.pieces.filter((piece) =>
      parseSegmentFileName(piece.name)?.kind === kind && isIn(piece) && piece.from * 1000 < to).slice(0, limit);
  }
  segment(name: string): Media | undefined { return this.#media.get(name); }
  media({ id }: TytoEvent, kind: EventMedia): Media | undefined { return this.#media.get(`${id} ${kind}`); }
  #kept(event: TytoEvent): KeptEvent { return { ...event, starred: this.starred.has(event.id) }; }
}

/** An event that began at `start` (unix seconds) and lasted `lasts` seconds; undefined while it runs. */
export function sampleEvent(start: number, lasts: number | undefined, change: Partial<TytoEvent> = {}): TytoEvent {
  return {
    id: eventId(millis(start * 1000), (start * 0.618_034) % 1), device: 'tyto-1', camera: 'yard',
    kinds: ['motion'], label: 'motion',
    start_time: start, end_time: lasts === undefined ? null : start + lasts, frame_time: start + 1,
    score: 0.4, top_score: 0.82,
    box: [100, 100, 200, 300], boxes: [[0.1, 0.1, 0.2, 0.3]], current_zones: [], entered_zones: [],
    tracks: [], crossings: [], faces: [], objects: [], has_clip: true, has_snapshot: true,
    clock: 'synced', clip: null, snapshot: null, ...change,
  };
}

/** Takes any picture of anybody for a portrait, but for an empty one. */
export class FakePeople implements PeopleKeeper {
  readonly #people = new Map<string, PersonView>();
  /** What somebody was named in. */
  readonly pictures: FacePicture[] = [];
  readonly #faces = new Map<string, string>();
  /** Whether what is named from now on is like none of the person's other pictures. */
  unlike = false;
  /** Until then the device looks at a face. */
  looked: Promise<unknown> = Promise.resolve();

  async list(): Promise<readonly PersonView[]> { return [...this.#people.values()]; }

  async enrol(name: string, asked: object, take: () => Promise<FacePicture>): Promise<PersonView> {
    const face = JSON.stringify({ name, ...asked });
    const id = this.#faces.get(face);
    if (id !== undefined) return this.#known(id);
    const picture = await take();
    await this.looked;
    if (picture.jpeg.byteLength === 0) throw new ConfigError('people.no-face', 'no face was found in it');
    this.pictures.push(picture);
    const known = [...this.#people.values()].find((person) => person.name === name);
    const person = known ?? { id: String(this.#people.size).padStart(16, '0'), name, created: 1, samples: [] };
    const sample = {
      id: String(this.pictures.length).padStart(16, 'a'), taken: 1_795_252_530, usable: true, unlike: this.unlike,
      event: (asked as { readonly event: string }).event,
    };
    this.#people.set(person.id, { ...person, samples: [...person.samples, sample] });
    this.#faces.set(face, person.id);
    return this.#known(person.id);
  }

  async rename(id: string, name: string): Promise<'done'> {
    this.#people.set(id, { ...this.#known(id), name });
    return 'done';
  }
  async forget(id: string): Promise<'done'> {
    this.#people.delete(this.#known(id).id);
    return 'done';
  }
  async removePicture(id: string, sample: string): Promise<void> {
    const person = this.#known(id);
    const samples = person.samples.filter((one) => one.id !== sample);
    if (samples.length === person.samples.length) throw new ConfigError('people.unknown', 'there is no such picture');
    if (samples.length === 0) throw new ConfigError('people.last-picture', 'this is the only picture');
    this.#people.set(id, { ...person, samples });
  }
  async picture(id: string): Promise<Uint8Array> { return Buffer.from(this.#known(id).name); }

  #known(id: string): PersonView {
    const person = this.#people.get(id);
    if (person === undefined) throw new ConfigError('people.unknown', `there is no person ${id}`);
    return person;
  }
}
