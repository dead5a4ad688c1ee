/** The picture of an event: from the disk, or as the bus last brought it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { dayOfMediaFile } from '../contract/media-path.ts';
import type { TytoEvent } from '../contract/event.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Delivery } from './port.ts';

/** Larger ones are not sent: services refuse them. */
const MOST_BYTES = 5 * 1024 * 1024;
/** A picture is made of what is recorded, a second or two after the moment; the alarm does not wait for longer. */
const PATIENCE = seconds(5);
const LOOK_EVERY = seconds(0.2);

export class Pictures {
  readonly #mediaFolder: string;
  readonly #find: (id: string) => TytoEvent | undefined;
  readonly #clock: Clock;
  #seen: { readonly jpeg: Uint8Array; readonly at: Millis } | undefined;

  /** @param find - The event as the catalogue knows it by now. */
  constructor(mediaFolder: string, find: (id: string) => TytoEvent | undefined, clock: Clock) {
    this.#mediaFolder = mediaFolder;
    this.#find = find;
    this.#clock = clock;
  }

  /**
   * The camera showed the best moment of the event under way. Taken where the disk has none that can be
   * read, as of encrypted recordings.
   */
  seen(jpeg: Uint8Array): void { this.#seen = { jpeg, at: this.#clock.now() }; }

  /** A JPEG; undefined when there is none within a few seconds. */
  async of({ message: { after }, isTest }: Delivery, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (isTest === true) return this.#seen?.jpeg;
    const until = millis(this.#clock.monotonic() + PATIENCE);
    for (;;) {
      const event = this.#current(after);
      const picture = await this.#stored(event) ?? this.#shown(event);
      const isFresh = this.#clock.now() - after.start_time * 1000 < seconds(60);
      if (picture !== undefined || !isFresh || this.#clock.monotonic() >= until) return picture;
      await this.#clock.wait(LOOK_EVERY, signal);
    }
  }

  #current(event: TytoEvent): TytoEvent {
    try {
      return this.#find(event.id) ?? event;
    } catch {
      return event; // a catalogue that cannot be read now keeps no alarm back
    }
  }

  async #stored({ snapshot, thumbnail }: TytoEvent): Promise<Uint8Array | undefined> {
    for (const file of [snapshot, thumbnail]) {
      const day = file && dayOfMediaFile(file.name);
      if (!file || !day || file.encrypted === true || file.bytes > MOST_BYTES) continue;
      const jpeg = await readFile(path.join(this.#mediaFolder, day, file.name)).catch(() => undefined);
      if (jpeg !== undefined) return jpeg;
    }
    return undefined;
  }

  #shown({ start_time: start, end_time: end }: TytoEvent): Uint8Array | undefined {
    const seen = this.#seen;
    const isOfIt = seen !== undefined && seen.at >= start * 1000 && seen.at <= (end ?? Infinity) * 1000 + PATIENCE;
    return isOfIt && seen.jpeg.byteLength <= MOST_BYTES ? seen.jpeg : undefined;
  }
}
