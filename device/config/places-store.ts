/** Zones, lines and masks as they stand in the settings, and how they are changed there. */
import path from 'node:path';
import type { Places } from '../contract/places.ts';
import { PLACE_KINDS, type PlaceKind } from '../contract/place-kinds.ts';
import { ConfigError } from '../core/errors.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { openJsonFile } from '../durable/json-file.ts';
import { loadSettings, type Environment, type LoadedSettings } from './load-settings.ts';

export class PlacesStore {
  readonly #file: string;
  #places: Places;
  readonly #managed: readonly PlaceKind[];

  private constructor({ values, given, data }: LoadedSettings) {
    this.#file = path.join(data, 'config.json');
    this.#places = placesOf(values);
    this.#managed = PLACE_KINDS.filter((kind) => given.get(kind)?.origin === 'environment');
  }

  /** @throws {ConfigError} As `loadSettings`. */
  static async open(env: Environment = process.env): Promise<PlacesStore> {
    return new PlacesStore(await loadSettings(env));
  }

  get current(): Places { return this.#places; }

  /** What the environment sets; to change it here would have no effect. */
  get managed(): readonly PlaceKind[] { return this.#managed; }

  /**
   * Puts `change` in place of what `config.json` says; everything else in that file stays. Durable when it resolves.
   * @throws {ConfigError} When the file has become unreadable meanwhile; it is left as it is.
   */
  readonly change = oneAtATime(async (change: Partial<Places>): Promise<void> => {
    const file = await openJsonFile<Record<string, unknown>>(this.#file, {}, (raw) => asDocument(this.#file, raw));
    Object.assign(file.data, change);
    await file.write();
    this.#places = Object.freeze({ ...this.#places, ...change });
  });
}

export const placesOf = ({ zones, lines, privacy_masks }: Places): Places =>
  Object.freeze({ zones, lines, privacy_masks });

function asDocument(file: string, raw: unknown): Record<string, unknown> {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return { ...raw };
  throw new ConfigError('settings.broken', `${file} must hold an object such as {"motion": {"sensitivity": 0.6}}`);
}
