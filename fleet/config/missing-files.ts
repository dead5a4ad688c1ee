import { ConfigError } from '../../device/core/errors.ts';
import { listFileIn } from '../../device/durable/list-in-setting.ts';
import { faultOfNamed } from '../../device/durable/named-file.ts';
import { listed } from './load-settings.ts';
import { fleetSettings, type FleetSetting, type FleetValues } from './settings.ts';

/**
 * Looks for the files and folders that settings in use name, before anything is opened.
 * @throws {ConfigError} `fleet.settings` with every one that is not there or cannot be read: where, what came, what it
 * must be.
 */
export async function refuseMissingFiles(settings: FleetValues): Promise<void> {
  const problems = await Promise.all(namedIn(settings).map(async ([key, name]) => {
    const { env, flag, expectation, hidden }: FleetSetting = fleetSettings[key];
    const shown = hidden === undefined ? 'shown' : 'hidden';
    const fault = await faultOfNamed(name, key === 'people' ? 'folder' : 'file', shown);
    const where = flag === undefined ? env : `${env} (--${flag.name})`;
    return fault === undefined ? [] : [`${where}: ${fault}; it must be ${expectation}`];
  }));
  if (problems.flat().length > 0) throw new ConfigError('fleet.settings', listed(problems.flat()));
}

/** Only of what is in use: what nothing reads need not be there. */
function namedIn(
  { keyFile, stores, landing, gcsKey, events, ask, faces, people }: FleetValues,
): readonly (readonly [key: keyof FleetValues, name: string])[] {
  return ([
    ['keyFile', keyFile],
    ['stores', isObjectItself(stores) ? '' : stores],
    ['gcsKey', landing.type !== 'gcs' || isObjectItself(gcsKey) ? '' : gcsKey],
    ['events', listFileIn(events) ?? ''],
    ['ask', listFileIn(ask) ?? ''],
    ['people', faces === 'on' ? people : ''],
  ] as const).filter(([, name]) => name !== '');
}

const isObjectItself = (text: string): boolean => text.trimStart().startsWith('{');
