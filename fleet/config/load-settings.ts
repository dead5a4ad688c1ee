/**
 * Layers: default < environment < command line. All problems are told at once. The only place of fleet that reads
 * `process.env`.
 */
import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { ConfigError, UsageError } from '../../device/core/errors.ts';
import { mayHidePassword, redactAddresses } from '../../device/core/redact-addresses.ts';
import type { ExplainedCommand } from './help.ts';
import { fleetSettings, type FleetSetting, type FleetValues } from './settings.ts';
import { readVaultCommand, type VaultCommand } from './vault-command.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadedFleetSettings extends FleetValues {
  /** Whether the landing is the default one: it is then made, with its parents, where it is missing. */
  readonly landingIsDefault: boolean;
}

export type Invocation =
  | { readonly command: 'serve'; readonly settings: LoadedFleetSettings }
  | { readonly command: 'key'; readonly verb: 'new' | 'show'; readonly file: string }
  /** `data`: the fleet's data folder, absolute. */
  | { readonly command: 'trust'; readonly device: string; readonly key: string; readonly data: string }
  | VaultCommand
  /** `store`: a place, or the name of a replica; undefined for all stores that the settings name. */
  | { readonly command: 'storage'; readonly store: string | undefined; readonly settings: LoadedFleetSettings }
  /** `of`: the command that is to be explained; undefined for all of them. */
  | { readonly command: 'help'; readonly of: ExplainedCommand | undefined }
  | { readonly command: 'version' };

interface Given { readonly where: string; readonly text: string }
type SettingKey = keyof FleetValues;

const COMMANDS =
  'the commands are `serve`, `key`, `trust`, `account`, `device-key` and `storage`; `tyto-fleet --help` explains them';
const EXPLAINED: readonly ExplainedCommand[] = ['serve', 'key', 'trust', 'storage'];
const known = Object.entries(fleetSettings) as [SettingKey, FleetSetting][];

/**
 * What the command line and the environment ask for. Folders in it are absolute.
 *
 * @param args - Without program and script.
 * @throws {UsageError} For a command or an option that does not exist or lacks its value, with every problem.
 * @throws {ConfigError} `fleet.settings` with every problem: where, what was expected, what came.
 */
export function readInvocation(args: readonly string[], env: Environment = process.env): Invocation {
  if (args[0] === 'account' || args[0] === 'device-key') return readVaultCommand(args, env);
  const { values, positionals, problems } = readArguments(args);
  const [command, ...rest] = positionals;
  const isHelp = command === 'help' || values['help'] === true || args.length === 0;
  if (isHelp) return { command: 'help', of: EXPLAINED.find((one) => one === (command === 'help' ? rest[0] : command)) };
  if (values['version'] === true) return { command: 'version' };
  if (command === 'key') return readKeyCommand(rest, problems);
  if (command !== 'serve' && command !== 'trust' && command !== 'storage')
    problems.unshift(command === undefined ? COMMANDS : `there is no command "${command}"; ${COMMANDS}`);
  else if (command === 'trust') checkTrust(rest, problems);
  else if (command === 'storage') checkStorage(rest, problems);
  else if (rest.length > 0) problems.push(`serve takes no arguments besides its options, got "${rest.join(' ')}"`);
  const mistyped = problems.length > 0;
  const given = { ...fromEnvironment(env, problems), ...fromFlags(values) };
  const settings = decode(given, problems);
  if (mistyped) throw new UsageError(listed(problems));
  if (settings === undefined || problems.length > 0) throw new ConfigError('fleet.settings', listed(problems));
  if (command === 'storage') return { command, store: rest[1], settings };
  const [device = '', key = ''] = rest;
  return command === 'trust' ? { command, device, key, data: settings.data } : { command: 'serve', settings };
}

function checkTrust([device = '', key = '', ...more]: readonly string[], problems: string[]): void {
  if (NAME_PATTERN.test(device) && /^[A-Za-z0-9_-]{43}$/.test(key) && more.length === 0) return;
  problems.push(
    '`tyto-fleet trust DEVICE KEY` takes the name of a device, and its public key as the rejected clip\'s reason tells it: 43 letters, digits, "-" and "_"',
  );
}

function checkStorage([verb, , ...more]: readonly string[], problems: string[]): void {
  if (verb !== 'validate' || more.length > 0)
    problems.push(
      '`tyto-fleet storage validate [STORE]` tries out the stores of the settings, or the one of that place or name',
    );
}

function readKeyCommand([verb, file, ...more]: readonly string[], problems: readonly string[]): Invocation {
  if (problems.length > 0) throw new UsageError(listed(problems));
  if ((verb === 'new' || verb === 'show') && file !== undefined && more.length === 0)
    return { command: 'key', verb, file };
  throw new UsageError(
    '`tyto-fleet key new FILE` makes a key, `tyto-fleet key show FILE` prints the public half of one',
  );
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;

function readArguments(args: readonly string[]): {
  readonly values: Flags;
  readonly positionals: readonly string[];
  readonly problems: string[];
} {
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
    ...Object.fromEntries(
      known.flatMap(([, { flag }]) => (flag === undefined ? [] : [[flag.name, { type: 'string' as const }]])),
    ),
  };
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problems = tokens.flatMap((token) => {
    if (token.kind !== 'option') return [];
    const option = options[token.name];
    if (option === undefined) return [`there is no option ${token.rawName}; \`tyto-fleet serve --help\` lists them`];
    // Without a value of its own, the next option would pass for it.
    if (option.type === 'string' && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))))
      return [`${token.rawName} needs a value`];
    return option.type === 'boolean' && token.value !== undefined ? [`${token.rawName} takes no value`] : [];
  });
  return { values, positionals, problems };
}

function fromEnvironment(env: Environment, problems: string[]): Partial<Record<SettingKey, Given>> {
  const byName = new Map(known.map(([key, { env: name }]) => [name as string, key]));
  const given: Partial<Record<SettingKey, Given>> = {};
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('TYTO_FLEET_') || text === undefined || text === '') continue;
    const key = byName.get(name);
    if (key === undefined) problems.push(`${name}: no such setting; \`tyto-fleet serve --help\` lists all`);
    else given[key] = { where: name, text };
  }
  return given;
}

const fromFlags = (values: Flags): Partial<Record<SettingKey, Given>> =>
  Object.fromEntries(
    known.flatMap(([key, { flag }]) => {
      const text = flag === undefined ? undefined : values[flag.name];
      return flag === undefined || typeof text !== 'string' ? [] : [[key, { where: `--${flag.name}`, text }]];
    }),
  );

function decode(given: Partial<Record<SettingKey, Given>>, problems: string[]): LoadedFleetSettings | undefined {
  const before = problems.length;
  const entries = known.map(([key, setting]) => {
    const { where, text } = given[key] ?? { where: setting.env, text: setting.default };
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) return [key, parsed.data];
    const byDefault = setting.default === '' ? '' : ` (default ${setting.default})`;
    problems.push(`${where}: must be ${setting.expectation}${byDefault}, got ${refused(setting, text)}`);
    return [key, undefined];
  });
  if (problems.length > before) return undefined;
  const values = Object.fromEntries(entries) as FleetValues;
  return checkTogether({ ...withAbsoluteFolders(values), landingIsDefault: given.landing === undefined }, problems);
}

const refused = ({ hidden }: FleetSetting, text: string): string =>
  hidden === 'all' || (hidden === 'all-but-host' && mayHidePassword(text))
    ? 'something else (not shown)'
    : JSON.stringify(hidden === undefined ? text : redactAddresses(text));

const withAbsoluteFolders = (values: FleetValues): FleetValues => ({
  ...values,
  data: path.resolve(values.data),
  landing:
    values.landing.type === 'directory'
      ? { type: 'directory', folder: path.resolve(values.landing.folder) }
      : values.landing,
});

/** What is right by itself and wrong together. */
function checkTogether(settings: LoadedFleetSettings, problems: string[]): LoadedFleetSettings {
  const { landing, data, s3AccessKeyId, s3SecretAccessKey, gcsKey } = settings;
  if (landing.type === 'directory' && `${data}${path.sep}`.startsWith(`${landing.folder}${path.sep}`)) {
    problems.push(
      `${fleetSettings.data.env}: the data folder ${data} must not lie in the landing ${landing.folder}: ` +
        'what devices may write to is emptied',
    );
  }
  if (landing.type === 'gcs' && gcsKey === '')
    problems.push(`${fleetSettings.gcsKey.env}: a gs:// landing needs it, and it is empty`);
  for (const name of ['azureEndpoint', 'azureSas'] as const) {
    if (landing.type === 'azure' && settings[name] === '')
      problems.push(`${fleetSettings[name].env}: an azure:// landing needs it, and it is empty`);
  }
  if ((s3AccessKeyId === '') !== (s3SecretAccessKey === '')) {
    problems.push(
      `${fleetSettings.s3AccessKeyId.env} and ${fleetSettings.s3SecretAccessKey.env} go together, one of them is empty`,
    );
  }
  return settings;
}

/** Problems as one message: a line each where there are several. */
export const listed = (problems: readonly string[]): string =>
  problems.length === 1 ? String(problems[0]) : `${problems.length} problems\n  ${problems.join('\n  ')}`;
