/** Certificates and keys that a setting holds, or names the file of. */
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../core/errors.ts';

/**
 * @param setting - Its name, for the error.
 * @returns PEM text; empty when the setting is. Variables often spell line breaks as \n.
 * @throws {ConfigError} `bus.certificate` when there is no such file.
 */
export async function readPem(setting: string, value: string): Promise<string> {
  if (value.includes('-----BEGIN')) return value.replaceAll(String.raw`\r`, '').replaceAll(String.raw`\n`, '\n');
  if (value === '') return '';
  try {
    return await readFile(value, 'utf8');
  } catch (cause) {
    const message = `${setting}: the file ${value} cannot be read; give a PEM file, or the PEM text itself`;
    throw new ConfigError('bus.certificate', message, { cause });
  }
}
