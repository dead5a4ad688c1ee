/** What a camera says on the bus. */
import type { EventMessage } from '../contract/event.ts';
import type { Places } from '../contract/places.ts';
import type { CameraState, CameraTopics, DeviceTopics } from '../contract/topics.ts';
import type { Announcer } from './event-keeper.ts';

/** The one thing asked of the bus. */
export interface Publisher {
  publish(topic: string, payload: string | Buffer, options?: { readonly retain?: boolean; readonly qos?: 0 | 1 }): void;
}

export class BusAnnouncer implements Announcer {
  readonly #bus: Publisher;
  readonly #device: DeviceTopics;
  readonly #camera: CameraTopics;
  #status: 'online' | 'offline' | undefined;
  constructor(bus: Publisher, device: DeviceTopics, camera: string) {
    this.#bus = bus;
    this.#device = device;
    this.#camera = device.camera(camera);
  }

  /** Said once at the start: whoever listens learns that nothing moves yet. */
  begin(armed: boolean, places: Places): void {
    this.armed(armed);
    this.motion(false);
    this.places(places);
    this.#bus.publish(this.#device.available, 'online', { retain: true, qos: 1 });
  }

  armed(on: boolean): void { this.#bus.publish(this.#camera.enabledState, on ? 'ON' : 'OFF', { retain: true, qos: 1 }); }
  motion(on: boolean): void { this.#bus.publish(this.#camera.motion, on ? 'ON' : 'OFF', { qos: 1 }); }
  places(places: Places): void { this.#bus.publish(this.#camera.places, JSON.stringify(places), { retain: true, qos: 1 }); }
  event(message: EventMessage): void { this.#bus.publish(this.#device.events, JSON.stringify(message), { qos: 1 }); }

  picture(jpeg: Uint8Array): void {
    this.#bus.publish(this.#camera.snapshot, Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength), { retain: true, qos: 1 });
  }

  state(state: CameraState): void {
    const status = state.state === 'online' ? 'online' : 'offline';
    if (status !== this.#status) this.#bus.publish(this.#camera.status, status, { retain: true, qos: 1 });
    this.#status = status;
    this.#bus.publish(this.#camera.state, JSON.stringify(state), { retain: true, qos: 1 });
  }
}
