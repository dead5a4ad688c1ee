/** What the bus asks of a camera, each handed to who does it. */
import type { DeviceTopics } from '../contract/topics.ts';
import type { ArmCommand } from './arming/arm-command.ts';
import type { Arming } from './arming/arming.ts';
import type { BusAnnouncer } from './bus-announcer.ts';
import type { CameraCommands } from './camera-commands.ts';
import type { PlacesInForce } from './places-in-force.ts';

/** The other thing asked of the bus. */
export interface Subscriber {
  subscribe(topic: string, handler: (payload: Buffer, topic: string, retained: boolean) => void): void;
}

export interface Hearers {
  readonly armCommand: Pick<ArmCommand, 'take'>;
  readonly commands: Pick<CameraCommands, 'take'>;
  readonly arming: Pick<Arming, 'topics' | 'heard'>;
  readonly places: Pick<PlacesInForce, 'reload'>;
  readonly announcer: Pick<BusAnnouncer, 'again'>;
}

/** Of a foreign topic no more is read: who is at home is a word. */
const MOST_READ = 64;

export function hearBus(
  bus: Subscriber, device: DeviceTopics, camera: string,
  { armCommand, commands, arming, places, announcer }: Hearers,
): void {
  const topics = device.camera(camera);
  bus.subscribe(topics.enabledSet, (payload, _topic, retained) => { void armCommand.take(payload, retained); });
  bus.subscribe(topics.recordSet, (payload, _topic, retained) => commands.take('record', { payload, retained }));
  bus.subscribe(topics.trigger, (payload, _topic, retained) => commands.take('trigger', { payload, retained }));
  bus.subscribe(topics.placesReload, () => { void places.reload(); });
  bus.subscribe(device.onConnect, () => announcer.again());
  for (const topic of arming.topics)
    bus.subscribe(topic, (payload) => arming.heard(topic, payload.toString('utf8', 0, MOST_READ)));
}
