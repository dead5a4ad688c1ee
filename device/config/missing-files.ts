/** Files that settings in use name, looked for at the start: later, what needs one only fails in the log. */
import { faultOfNamed } from '../durable/named-file.ts';
import { readCertificate } from '../media/camera-certificate.ts';
import { environmentName, type LoadedSettings } from './load-settings.ts';
import type { Settings } from './settings.ts';

/** @returns A line for each that is not there, or cannot be read. */
export async function missingFiles(
  { values, given }: Pick<LoadedSettings, 'values' | 'given'>,
): Promise<readonly string[]> {
  const faults = await Promise.all(filesIn(values).map(async ([key, file]) => {
    // each may hold the key itself, so that none of them is ever shown
    const fault = await faultOfNamed(file, 'file', 'hidden');
    const name = given.get(key)?.origin === 'environment' ? environmentName(key) : key;
    return fault === undefined ? undefined : `${name}: ${fault}; name the file, or give what is in it`;
  }));
  return faults.filter((fault) => fault !== undefined);
}

type NamedFile = readonly [key: string, file: string];

/** Only of what is in use: what nothing reads need not be there. */
function filesIn({ camera, bus: { network }, house, upload }: Settings): readonly NamedFile[] {
  const certificate = readCertificate(camera.certificate);
  const isFile = 'type' in certificate && certificate.type === 'file';
  return [
    ...(isFile ? [['camera.certificate', certificate.path] as const] : []),
    ...(network.port === 0 ? [] : [
      ['bus.network.certificate', network.certificate], ['bus.network.key', network.key],
    ] as const),
    ...(house.url === '' ? [] : [
      ['house.ca', house.ca], ['house.certificate', house.certificate], ['house.key', house.key],
    ] as const),
    ...filesOfUploads('upload', upload), ...filesOfUploads('upload.fallback', upload.fallback),
  ].filter(([, text]) => text !== '' && !text.includes('-----BEGIN') && !text.trimStart().startsWith('{'));
}

function filesOfUploads(group: string, { target, gcs, vault, kerberos }: Targets): readonly NamedFile[] {
  switch (target) {
    case 'gcs': return [[`${group}.gcs.key`, gcs.key]];
    case 'vault': return [[`${group}.vault.ca`, vault.ca]];
    case 'kerberos-vault': case 'kerberos-hub': return [[`${group}.kerberos.ca`, kerberos.ca]];
    case 'none': case 'directory': case 's3': case 'azure': return [];
    default: return target satisfies never;
  }
}

type Targets = Pick<Settings['upload'], 'target' | 'gcs' | 'vault' | 'kerberos'>;
