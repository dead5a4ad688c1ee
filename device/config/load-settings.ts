/** Layers: default < `config.json`, or another file in its place < environment. All problems are reported at once. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, systemCode } from '../core/errors.ts';
import { PLACE_KINDS } from '../contract/place-kinds.ts';
import { repeatedKeys } from '../core/repeated-keys.ts';
import { nearName } from '../core/near-name.ts';
import { shownValue, type Setting } from './setting.ts';
import { settings, type Settings, type SettingTree } from './settings.ts';
import { uploadNeeds } from './upload-needs.ts';

/** A value that is not just the default, for the log. */
export interface Given {
  readonly origin: 'config.json' | 'environment';
  /** As it was written, without passwords. */
  readonly shown: string;
}

export interface LoadedSettings {
  readonly values: Settings;
  /** What was set, by path: `motion.sensitivity`. */
  readonly given: ReadonlyMap<string, Given>;
  /** What must be set besides for uploads to work, a sentence each. The device records all the same. */
  readonly lacks: readonly string[];
  /** What stands there can hardly be what was meant, a sentence each. The device watches and records all the same. */
  readonly doubts: readonly string[];
  /** The data folder, absolute. */
  readonly data: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param env - The process's environment: `TYTO_DATA` and `TYTO_*`.
 * @param given - A file to read in place of `config.json`; it must exist.
 * @throws {ConfigError} `settings.invalid` with every problem: where, what was expected, what came; `settings.missing`,
 *   `settings.unreadable` or `settings.broken` for the file as a whole.
 */
export async function loadSettings(env: Environment = process.env, given?: string): Promise<LoadedSettings> {
  const data = dataFolder(env);
  const file = given ?? path.join(data, 'config.json');
  const config = await readConfig(file, given !== undefined);
  const layers: readonly Layer[] = [
    {
      origin: 'config.json', raw: flatten(config.raw),
      where: (key) => `${file}: ${key}`,
    },
    { origin: 'environment', raw: fromEnvironment(env), where: (key) =>
      (key.startsWith('TYTO_') ? key : environmentName(key)) },
  ];
  const read = await apply(layers);
  const { values } = read;
  const drawn = PLACE_KINDS.some((kind) => values[kind].length > 0); // whoever has none loads none of it
  const doubts = drawn ? (await import('./doubtful-places.ts')).doubtfulPlaces(values) : [];
  return { ...read, doubts: [...config.repeated, ...doubts], data };
}

/** The folder that holds everything, absolute. */
export const dataFolder = (env: Environment = process.env): string => path.resolve(env['TYTO_DATA'] || 'data');

/** Every setting with its path, in order: for docs and messages. */
export function allSettings(
  tree: SettingTree = settings, prefix = '',
): readonly (readonly [path: string, setting: Setting<unknown>])[] {
  return Object.entries(tree).flatMap(([key, node]) =>
    (isSetting(node) ? [[`${prefix}${key}`, node] as const] : allSettings(node, `${prefix}${key}.`)));
}

/** `motion.sensitivity` -> `TYTO_MOTION_SENSITIVITY`. */
export const environmentName = (key: string): string => `TYTO_${key.replaceAll('.', '_').toUpperCase()}`;

interface Layer {
  readonly origin: Given['origin'];
  readonly raw: ReadonlyMap<string, unknown>;
  readonly where: (key: string) => string;
}

async function apply(layers: readonly Layer[]): Promise<Omit<LoadedSettings, 'data' | 'doubts'>> {
  const known = new Map(allSettings());
  for (const key of layers.flatMap(({ raw }) => [...raw.keys()])) await known.get(key)?.prepare?.();
  const values = new Map<string, unknown>([...known].map(([key, setting]) => [key, setting.default]));
  const given = new Map<string, Given>();
  const problems: string[] = [];
  for (const { origin, raw, where } of layers) {
    for (const [key, got] of raw) {
      const setting = known.get(key);
      if (setting === undefined) {
        problems.push(`${where(key)}: ${groupOf(key, got, known) ?? `no such setting${suggestion(key, known)}`}`);
        continue;
      }
      const value = setting.parse(got);
      if (value === undefined)
        problems.push(`${where(key)}: must be ${setting.expectation} (default ${setting.defaultText}), `
          + whatCame(setting, got));
      else { values.set(key, value); given.set(key, { origin, shown: shownValue(setting, got) }); }
    }
  }
  if (problems.length > 0) {
    const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    throw new ConfigError('settings.invalid', `${many} in the settings\n  ${problems.join('\n  ')}`);
  }
  return { values: nest(values) as unknown as Settings, given, lacks: uploadNeeds(values) };
}

/** What is wrong where a value stands in the place of several settings; undefined where it is in the place of none. */
function groupOf(key: string, got: unknown, known: ReadonlyMap<string, Setting<unknown>>): string | undefined {
  const inside = [...known.keys()].filter((name) => name.startsWith(`${key}.`));
  const names = inside.map((name) => name.slice(key.length + 1));
  const [first] = names;
  if (first === undefined) return undefined;
  const came = got === null ? 'null' : Array.isArray(got) ? 'a list' : `a ${typeof got}`;
  return `must be a group of settings in braces, as {"${first}": …} (${names.join(', ')}), got ${came}`;
}

const whatCame = (setting: Setting<unknown>, got: unknown): string =>
  setting.explain?.(got) ?? `got ${refused(setting, got)}`;

/** What is no sound address may hold a password anywhere. */
const refused = ({ shown }: Setting<unknown>, got: unknown): string =>
  (shown === 'whole' ? JSON.stringify(got) : 'something else (not shown)');

interface ConfigFile {
  readonly raw: Readonly<Record<string, unknown>>;
  /** Of what stands there twice, a sentence each. */
  readonly repeated: readonly string[];
}

async function readConfig(file: string, mustExist: boolean): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') {
      if (!mustExist) return { raw: {}, repeated: [] };
      throw new ConfigError('settings.missing', `there is no settings file ${file}`);
    }
    if (systemCode(cause) === 'ENOTDIR' && !mustExist) {
      const folder = path.dirname(file);
      const message = `${folder}, or what it lies in, is a file; set TYTO_DATA to a folder`;
      throw new ConfigError('settings.data', message);
    }
    if (systemCode(cause) === 'EISDIR') {
      const remedy = mustExist ? 'name a file of settings' : 'move it away: the settings are a file of that name';
      throw new ConfigError('settings.unreadable', `${file} is a folder; ${remedy}`);
    }
    throw new ConfigError('settings.unreadable', `${file} cannot be read; its owner or mode may be wrong`, { cause });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    const remedy = mustExist ? '' : ', or move it away to start with the defaults';
    throw new ConfigError('settings.broken', `${file} is not JSON${placeOf(error)}; mend it${remedy}`);
  }
  if (!isRecord(raw))
    throw new ConfigError('settings.broken', `${file} must hold an object such as {"motion": {"sensitivity": 0.6}}`);
  return { raw, repeated: repeatedIn(file, text) };
}

const repeatedIn = (file: string, text: string): readonly string[] => repeatedKeys(text).map(({ path: key, lines }) => {
  const places = [...new Set(lines)];
  return `${file}: ${key} stands more than once, in ${places.length === 1 ? 'line' : 'lines'} ${places.join(' and ')}; `
    + 'put them together: only the last counts';
});

/** Where the fault lies, if the parser tells. The rest of its message quotes the file, in which there are passwords. */
function placeOf(error: unknown): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(String(error)) ?? [];
  return line === undefined ? '' : ` (see line ${line}, column ${column})`;
}

/** Names that are not settings of a device: the data folder, and what belongs to `tyto-fleet`. */
const foreign = (name: string): boolean => name === 'TYTO_DATA' || name.startsWith('TYTO_FLEET_');

function fromEnvironment(env: Environment): ReadonlyMap<string, unknown> {
  const byName = new Map(allSettings().map(([key]) => [environmentName(key), key]));
  const own = Object.entries(env)
    .filter(([name, value]) =>
      name.startsWith('TYTO_') && !foreign(name) && value !== undefined && value.trim() !== '');
  return new Map(own.map(([name, value]) => [byName.get(name) ?? name, value]));
}

function flatten(node: Readonly<Record<string, unknown>>, prefix = ''): ReadonlyMap<string, unknown> {
  const known = allSettings().map(([key]) => key);
  const isLeaf = (at: string, value: Readonly<Record<string, unknown>>): boolean => known.includes(at)
    // an unknown section shows itself
    || (Object.keys(value).length === 0 && !known.some((key) => key.startsWith(`${at}.`)));
  return new Map(Object.entries(node).flatMap(([key, value]) => {
    const at = `${prefix}${key}`;
    return isRecord(value) && !isLeaf(at, value) ? [...flatten(value, `${at}.`)] : [[at, value] as const];
  }));
}

function nest(values: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> {
  const groups = Map.groupBy(values, ([key]) => key.split('.', 1)[0] ?? '');
  return Object.freeze(Object.fromEntries([...groups].map(([name, entries]) => {
    const [first] = entries;
    if (entries.length === 1 && first?.[0] === name) return [name, first[1]];
    return [name, nest(new Map(entries.map(([key, value]) => [key.slice(name.length + 1), value])))];
  })));
}

/** The known setting that looks most like `key`, for a slip of the pen. */
function suggestion(key: string, known: ReadonlyMap<string, unknown>): string {
  const plain = (text: string): string => text.replace(/^TYTO_/, '').replaceAll(/[._-]/g, '').toLowerCase();
  const wanted = plain(key);
  const names = new Map([...known.keys()].map((name) => [plain(name), name]));
  const near = names.get(wanted)
    ?? [...names].find(([name]) => wanted.length > 4 && (name.startsWith(wanted) || wanted.startsWith(name)))?.[1]
    ?? names.get(nearName(wanted, [...names.keys()]) ?? '');
  if (near === undefined) return '; `tyto run --help` lists all';
  return `; did you mean ${key.startsWith('TYTO_') ? environmentName(near) : near}?`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSetting = (node: Setting<unknown> | SettingTree): node is Setting<unknown> =>
  typeof node['parse'] === 'function';
