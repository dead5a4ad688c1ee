/** The zones, lines, masks and sensitivity that are watched by, and how they change while the device runs. */
import { isDeepStrictEqual } from 'node:util';
import { complaintsAboutShapes } from '../contract/place-shape.ts';
import type { Places, Seeing } from '../contract/places.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';

export interface PlacesParts {
  /** As they stand in the settings now. @throws When the settings cannot be read. */
  readonly read: () => Promise<Seeing>;
  /** They are other ones now: whoever took them at its start takes them anew. */
  readonly onChange: (now: Seeing, before: Seeing) => void;
  readonly tell: (now: Seeing) => void;
  readonly log: Log;
}

export class PlacesInForce {
  readonly #parts: PlacesParts;
  #current: Seeing;
  constructor(first: Seeing, parts: PlacesParts) {
    this.#current = first;
    this.#parts = parts;
  }

  get current(): Seeing { return this.#current; }

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
        log.info('what counts as motion has changed', {
          zones: places.zones.length, lines: places.lines.length, masks: places.privacy_masks.length,
          sensitivity: places.sensitivity,
        });
        onChange(places, before);
        warnOfUseless(places, log);
      }
    } catch (error) {
      log.warn('zones, lines, masks and sensitivity stay as they are: the settings cannot be read', {
        reason: describeError(error),
      });
    }
    tell(this.#current);
  });
}

/** What could never do what is meant by it is in force all the same: a device that was updated watches on. */
export function warnOfUseless(places: Places, log: Log): void {
  for (const { kind, name, complaint } of complaintsAboutShapes(places))
    log.warn('a zone, line or mask is not as it was meant', { [KEYS[kind]]: name, reason: complaint });
}

const KEYS = { zones: 'zone', lines: 'line', privacy_masks: 'mask' } as const;
