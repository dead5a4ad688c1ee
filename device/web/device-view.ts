/** The device as its bus tells of it: remembers the latest of what is retained, hands on what happens. */
import { z } from 'zod';
import { armingViewSchema, type ArmingView } from '../contract/arming.ts';
import { commandAnswerSchema } from '../contract/commands.ts';
import type { ManualRecording } from '../contract/device-api.ts';
import { EVENT_KINDS, eventMessageSchema, type EventKind } from '../contract/event.ts';
import { seeingSchema, type Seeing } from '../contract/places.ts';
import { storageStateSchema, type StorageState } from '../contract/storage.ts';
import { parseSwitch, type CameraState, type CameraTopics, type DeviceTopics } from '../contract/topics.ts';
import { uploadStatusSchema, type UploadStatus } from '../contract/uploads-view.ts';
import { TAMPER_KINDS } from '../core/frame.ts';
import { jsonIn } from '../core/json-in.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, millis, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CameraCommand, DeviceBus, DeviceChange } from './ports.ts';

/** What is asked of a connection to the bus. */
export interface BusConnection {
  readonly connected: boolean;
  publish(topic: string, payload: string, options?: { readonly retain?: boolean; readonly qos?: 0 | 1 }): void;
  subscribe(filter: string, handler: (payload: Buffer, topic: string, retained: boolean) => void): void;
}

export interface DeviceViewParts {
  readonly bus: BusConnection;
  readonly topics: DeviceTopics;
  /** Its name on the bus. */
  readonly camera: string;
  readonly clock: Clock;
  readonly log: Log;
}

export class DeviceView implements DeviceBus {
  readonly #bus: BusConnection;
  readonly #device: DeviceTopics;
  readonly #topics: CameraTopics;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listeners = new Set<(change: DeviceChange) => void>();
  #camera: CameraState | undefined;
  #armed: boolean | undefined;
  #arming: ArmingView | undefined;
  #places: Seeing | undefined;
  #storage: StorageState | undefined;
  #manual: ManualRecording | undefined;
  #uploads: UploadStatus | undefined;
  readonly #ended = new Map<EventKind, number>(EVENT_KINDS.map((kind) => [kind, 0]));
  #heardAt: Millis | undefined;

  constructor({ bus, topics, camera, clock, log }: DeviceViewParts) {
    this.#bus = bus;
    this.#device = topics;
    this.#topics = topics.camera(camera);
    this.#clock = clock;
    this.#log = log;
  }

  /** Begins to listen. @param heardAt - When the camera's process was last heard by who listened before. */
  open(heardAt?: Millis): void {
    this.#heardAt = heardAt;
    this.#bus.subscribe(this.#topics.enabledState, (payload) => {
      this.#armed = parseSwitch(payload.toString()) === 'ON';
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#topics.arming, (payload) => {
      this.#arming = this.#decode(this.#topics.arming, armingViewSchema, payload);
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#topics.places, (payload) => {
      this.#places = this.#decode(this.#topics.places, seeingSchema, payload);
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#device.storage, (payload) => {
      this.#storage = this.#decode(this.#device.storage, storageStateSchema, payload);
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#topics.state, (payload, _topic, retained) => {
      const state = this.#decode(this.#topics.state, cameraStateSchema, payload);
      if (state === undefined) return;
      if (!retained) this.#heardAt = this.#clock.monotonic(); // the broker also keeps what somebody long gone has said
      this.#camera = state;
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#device.uploads, (payload) => {
      this.#uploads = this.#decode(this.#device.uploads, uploadStatusSchema, payload);
    });
    this.#bus.subscribe(this.#topics.recordState, (payload, _topic, retained) => {
      const isOn = parseSwitch(payload.toString()) === 'ON';
      this.#manual = isOn
        ? this.#manual ?? { since: retained ? null : inSeconds(this.#clock.now()), until: null }
        : undefined;
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#topics.recordAnswer, (payload) => {
      const answer = this.#decode(this.#topics.recordAnswer, commandAnswerSchema, payload);
      if (answer === undefined) return;
      if (answer.ok && answer.until !== null)
        this.#manual = { since: this.#manual?.since ?? inSeconds(this.#clock.now()), until: answer.until };
      this.#tell({ type: 'answer', answer });
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#topics.triggerAnswer, (payload) => {
      const answer = this.#decode(this.#topics.triggerAnswer, commandAnswerSchema, payload);
      if (answer !== undefined) this.#tell({ type: 'answer', answer });
    });
    this.#bus.subscribe(this.#device.available, (payload) => {
      if (payload.toString() !== 'online') this.#camera = this.#manual = undefined;
      this.#tell({ type: 'state' });
    });
    this.#bus.subscribe(this.#device.events, (payload) => {
      const message = this.#decode(this.#device.events, eventMessageSchema, payload);
      if (message === undefined) return;
      if (message.type === 'end')
        for (const kind of message.after.kinds) this.#ended.set(kind, (this.#ended.get(kind) ?? 0) + 1);
      this.#tell({ type: 'event', message });
    });
  }

  get connected(): boolean { return this.#bus.connected; }
  camera(): CameraState | undefined { return this.#camera; }
  armed(): boolean | undefined { return this.#armed; }
  arming(): ArmingView | undefined { return this.#arming; }
  storage(): StorageState | undefined { return this.#storage; }
  places(): Seeing | undefined { return this.#places; }
  cameraSilence(): Millis | undefined {
    return this.#heardAt === undefined ? undefined : millis(this.#clock.monotonic() - this.#heardAt);
  }

  endedEvents(): ReadonlyMap<EventKind, number> { return this.#ended; }
  uploads(): UploadStatus | undefined { return this.#uploads; }
  manual(): ManualRecording | undefined { return this.#manual; }

  command({ type, command }: CameraCommand): Promise<void> {
    this.#bus.publish(
      type === 'record' ? this.#topics.recordSet : this.#topics.trigger, JSON.stringify(command), { qos: 1 },
    );
    return Promise.resolve();
  }

  arm(on: boolean): Promise<void> {
    this.#bus.publish(this.#topics.enabledSet, on ? 'ON' : 'OFF', { qos: 1 });
    return Promise.resolve();
  }

  reloadPlaces(): Promise<void> {
    this.#bus.publish(this.#topics.placesReload, '', { qos: 1 });
    return Promise.resolve();
  }

  subscribe(listener: (change: DeviceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  #tell(change: DeviceChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** The bus is open to every program on the device: what it carries is checked like anything from outside. */
  #decode<T>(topic: string, schema: z.ZodType<T>, payload: Buffer): T | undefined {
    const parsed = schema.safeParse(jsonIn(payload.toString('utf8')));
    if (parsed.success) return parsed.data;
    this.#log.warn('a message on the bus is not what its topic carries; it is ignored', {
      topic, problem: parsed.error.issues[0]?.message,
    });
    return undefined;
  }
}

const cameraStateSchema: z.ZodType<CameraState> = z.object({
  camera: z.string(),
  source: z.string().nullable(), demo: z.boolean(),
  state: z.enum(['connecting', 'online', 'offline']),
  reason: z.string(),
  codec: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  recording: z.boolean(),
  idleReason: z.string().nullable(),
  loss: z.string().nullable().default(null),
  visionFault: z.string().nullable(),
  tamper: z.array(z.enum(TAMPER_KINDS)),
  recognitionFault: z.string().nullable(),
  load: z.object({ level: z.number(), shed: z.array(z.string()) }),
  decoding: z.object({ mode: z.enum(['full', 'gated', 'learning']), reason: z.string(), decoded: z.number() })
    .nullable(),
  decoder: z.object({ kind: z.enum(['hardware', 'software']), reason: z.string() }).nullable().default(null),
  stream: z.object({
    codec: z.string(), bitrate: z.number().nullable(), frameRate: z.number().nullable(), gop: z.number().nullable(),
  }).nullable().default(null),
  sound: z.string().nullable().default(null),
  watched: z.object({
    source: z.string(), codec: z.string(), width: z.number(), height: z.number(), reason: z.string(),
  })
    .nullable()
    .default(null),
  unmet: z.array(z.string()).default([]),
  framesAnalysed: z.number(),
  framesDropped: z.number(),
});
