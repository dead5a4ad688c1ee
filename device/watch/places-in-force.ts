/** The zones, lines and masks that are watched by, and how they change while the device runs. */
import { isDeepStrictEqual } from 'node:util';
import { complaintsAboutRoom } from '../contract/place-shape.ts';
import type { Places } from '../contract/places.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';

export interface PlacesParts {
  /** As they stand in the settings now. @throws When the settings cannot be read. */
  readonly read: () => Promise<Places>;
  /** They are other ones now: whoever took them at its start takes them anew. */
  readonly onChange: (now: Places, before: Places) => void;
  readonly tell: (places: Places) => void;
  readonly log: Log;
}

export class PlacesInForce {
  readonly #parts: PlacesParts;
  #current: Places;
  constructor(first: Places, parts: PlacesParts) {
    this.#current = first;
    this.#parts = parts;
  }

  get current(): Places { return this.#current; }

  /**
   * Takes them from the settings anew and tells which are in force then; settings that cannot be read change nothing.
   */
  readonly reload = oneAtATime(async (): Promise<void> => {
    const { read, onChange, tell, log } = this.#parts;
    try {
      const places = await read();
      if (!isDeepStrictEqual(places, this.#current)) {
        const before = this.#current;
        this.#current = places;
        log.info('zones, lines and masks have changed', {
          zones: places.zones.length, lines: places.lines.length, masks: places.privacy_masks.length,
        });
        onChange(places, before);
        warnOfUseless(places, log);
      }
    } catch (error) {
      log.warn('zones, lines and masks stay as they are: the settings cannot be read', {
        reason: describeError(error),
      });
    }
    tell(this.#current);
  });
}

/** Lists of settings are read each for itself: masks may have been put over all of a zone. */
export function warnOfUseless({ zones, privacy_masks: masks }: Places, log: Log): void {
  for (const { index, complaint } of complaintsAboutRoom(zones, masks))
    log.warn('a zone is of no use', { zone: zones[index]?.name ?? '', reason: complaint });
}
