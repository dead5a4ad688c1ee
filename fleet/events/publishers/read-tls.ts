import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../../device/core/errors.ts';

export interface TlsFiles { readonly ca?: string; readonly cert?: string; readonly key?: string }

/** The PEM in the files. @throws {ConfigError} `events.tls-file` when one cannot be read. */
export async function readTls(files: TlsFiles): Promise<{ ca?: string; cert?: string; key?: string }> {
  const read = await Promise.all((['ca', 'cert', 'key'] as const).map(async (role) => {
    const file = files[role];
    return file === undefined ? {} : { [role]: await pemIn(file) };
  }));
  return Object.assign({}, ...read) as { ca?: string; cert?: string; key?: string };
}

const pemIn = (file: string): Promise<string> => readFile(file, 'utf8').catch((cause: unknown) => {
  throw new ConfigError('events.tls-file', `TYTO_FLEET_EVENTS names the file ${file}, which cannot be read`, { cause });
});
