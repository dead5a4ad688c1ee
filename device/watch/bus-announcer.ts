/** What a camera says on the bus. */
import type { ArmingView } from '../contract/arming.ts';
import type { CommandAnswer } from '../contract/commands.ts';
import type { EventMessage } from '../contract/event.ts';
import type { Seeing } from '../contract/places.ts';
import {
  COUNTED_KINDS, type CameraState, type CameraTopics, type CountedKind, type DeviceTopics, type FaceUpdate,
  type LineCount,
} from '../contract/topics.ts';
import type { TamperKind } from '../core/frame.ts';
import type { CommandTopic } from './camera-commands.ts';
import type { Announcer } from './keeper-ports.ts';

/** The one thing asked of the bus. */
export interface Publisher {
  publish(topic: string, payload: string | Buffer, options?: { readonly retain?: boolean; readonly qos?: 0 | 1 }): void;
}

interface Said { readonly payload: string; readonly options: { readonly retain?: boolean; readonly qos: 1 } }

const RETAINED = { retain: true, qos: 1 } as const;
const PASSING = { qos: 1 } as const;

export class BusAnnouncer implements Announcer {
  readonly #bus: Publisher;
  readonly #device: DeviceTopics;
  readonly #camera: CameraTopics;
  /** What was last said on topics that say only what has changed. */
  readonly #said = new Map<string, Said>();
  #zones: readonly string[] = [];
  constructor(bus: Publisher, device: DeviceTopics, camera: string) {
    this.#bus = bus;
    this.#device = device;
    this.#camera = device.camera(camera);
  }

  /** Said once at the start: whoever listens learns that nothing moves yet. */
  begin(arming: ArmingView, places: Seeing): void {
    this.arming(arming);
    this.motion(false);
    this.recording(false);
    this.tamper([]);
    this.counts({ person: 0, vehicle: 0, animal: 0, face: 0 });
    this.places(places);
    this.#bus.publish(this.#device.available, 'online', RETAINED);
  }

  arming(view: ArmingView): void {
    this.#bus.publish(this.#camera.enabledState, view.switch ? 'ON' : 'OFF', RETAINED);
    this.#say(this.#camera.arming, JSON.stringify(view), RETAINED);
  }

  motion(on: boolean): void { this.#say(this.#camera.motion, on ? 'ON' : 'OFF', PASSING); }
  recording(on: boolean): void { this.#say(this.#camera.recordState, on ? 'ON' : 'OFF', RETAINED); }

  /** What came of a command. */
  answer(topic: CommandTopic | 'enabled', answer: CommandAnswer): void {
    const { enabledAnswer: enabled, recordAnswer: record, triggerAnswer: trigger } = this.#camera;
    this.#bus.publish({ enabled, record, trigger }[topic], JSON.stringify(answer), PASSING);
  }

  places(places: Seeing): void {
    this.#bus.publish(this.#camera.places, JSON.stringify(places), RETAINED);
    this.zones([]); // what follows tells of the new ones
    this.#zones = places.zones.map(({ name }) => name);
    this.zones([]);
  }

  zones(names: readonly string[]): void {
    for (const zone of this.#zones)
      this.#say(this.#camera.zoneMotion(zone), names.includes(zone) ? 'ON' : 'OFF', PASSING);
  }

  counts(counts: Readonly<Record<CountedKind, number>>): void {
    for (const kind of COUNTED_KINDS) this.#say(this.#camera.count(kind), String(counts[kind]), PASSING);
  }

  tamper(kinds: readonly TamperKind[]): void {
    this.#say(this.#camera.tamperKinds, JSON.stringify({ kinds }), RETAINED);
    this.#say(this.#camera.tamper, kinds.length > 0 ? 'ON' : 'OFF', RETAINED);
  }

  /** @param count - Undefined when there is no such line any more. */
  line(line: string, count: LineCount | undefined): void {
    this.#bus.publish(this.#camera.line(line), count === undefined ? '' : JSON.stringify(count), RETAINED);
  }

  event(message: EventMessage): void {
    this.#bus.publish(this.#device.events, JSON.stringify(message), PASSING);
    for (const update of newNames(message))
      this.#bus.publish(this.#device.trackedObjectUpdate, JSON.stringify(update), PASSING);
  }

  picture(jpeg: Uint8Array): void {
    this.#bus.publish(this.#camera.snapshot, Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength), RETAINED);
  }

  state(state: CameraState): void {
    this.#say(this.#camera.status, state.state === 'online' ? 'online' : 'offline', RETAINED);
    this.#bus.publish(this.#camera.state, JSON.stringify(state), RETAINED);
  }

  /** Says once more what is said only when it changes and is not retained: somebody has just begun to listen. */
  again(): void {
    for (const [topic, { payload, options }] of this.#said)
      if (options.retain !== true) this.#bus.publish(topic, payload, options);
  }

  #say(topic: string, payload: string, options: Said['options']): void {
    if (this.#said.get(topic)?.payload === payload) return;
    this.#said.set(topic, { payload, options });
    this.#bus.publish(topic, payload, options);
  }
}

/** Who is called by name for the first time in the event. */
function newNames({ type, before, after }: EventMessage): readonly FaceUpdate[] {
  const known = new Set(type === 'new' ? [] : before.faces.map(({ person }) => person));
  return after.faces.flatMap(({ person, similarity, time }) => (person === null || known.has(person) ? [] : [{
    type: 'face' as const, id: after.id, camera: after.camera, name: person, score: similarity ?? 0, timestamp: time,
  }]));
}
