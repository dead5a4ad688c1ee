/** Zones, lines, masks and sensitivity as they stand in the settings, and how they are changed there. */
import path from 'node:path';
import type { Seeing } from '../contract/places.ts';
import { SEEING_SETTINGS } from '../contract/place-kinds.ts';
import { ConfigError } from '../core/errors.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { openJsonFile } from '../durable/json-file.ts';
import { loadSettings, type Environment, type LoadedSettings } from './load-settings.ts';
import type { Settings } from './settings.ts';

export class PlacesStore {
  readonly #env: Environment;
  readonly #file: string;
  #seeing: Seeing;
  readonly #managed: readonly (keyof Seeing)[];

  private constructor({ values, given, data }: LoadedSettings, env: Environment) {
    this.#env = env;
    this.#file = path.join(data, 'config.json');
    this.#seeing = seeingOf(values);
    this.#managed = KEYS.filter((key) => given.get(SEEING_SETTINGS[key])?.origin === 'environment');
  }

  /** @throws {ConfigError} As `loadSettings`. */
  static async open(env: Environment = process.env): Promise<PlacesStore> {
    return new PlacesStore(await loadSettings(env), env);
  }

  get current(): Seeing { return this.#seeing; }

  /** What the environment sets; to change it here would have no effect. */
  get managed(): readonly (keyof Seeing)[] { return this.#managed; }

  /**
   * Puts `change` in place of what `config.json` says; everything else in that file stays. Durable when it resolves.
   * @throws {ConfigError} When the file has become unreadable meanwhile; it is left as it is.
   */
  readonly change = oneAtATime(async (change: Partial<Seeing>): Promise<void> => {
    const { sensitivity, ...places } = change;
    const file = await openJsonFile<Record<string, unknown>>(this.#file, {}, (raw) => asDocument(this.#file, raw));
    Object.assign(file.data, places);
    if (sensitivity !== undefined) {
      delete file.data[SEEING_SETTINGS.sensitivity]; // may stand so as well, and the later one counts
      file.data['motion'] = { ...asDocument(this.#file, file.data['motion'] ?? {}), sensitivity };
    }
    await file.write();
    // What somebody wrote there by hand meanwhile is read with it by whoever watches, unless it cannot be.
    this.#seeing = await loadSettings(this.#env).then(({ values }) => seeingOf(values),
      () => Object.freeze({ ...this.#seeing, ...change }));
  });
}

export const seeingOf = ({ zones, lines, privacy_masks, motion }: Settings): Seeing =>
  Object.freeze({ zones, lines, privacy_masks, sensitivity: motion.sensitivity });

const KEYS = Object.keys(SEEING_SETTINGS) as readonly (keyof Seeing)[];

function asDocument(file: string, raw: unknown): Record<string, unknown> {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return { ...raw };
  throw new ConfigError('settings.broken', `${file} must hold an object such as {"motion": {"sensitivity": 0.6}}`);
}
