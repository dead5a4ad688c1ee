import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError, systemCode } from '../core/errors.ts';
import { writeFileDurably } from '../durable/write-file.ts';

const KEY_BYTES = 32;

/**
 * The key that signs sessions, kept in `file` (mode 0600), made on first use. Removing the file signs everybody out.
 * @throws {ConfigError} `access.session-key` when the file holds something else.
 */
export async function loadSessionKey(file: string): Promise<Buffer> {
  try {
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
    if (key.byteLength === KEY_BYTES) return key;
    throw new ConfigError('access.session-key',
      `${file} must hold ${KEY_BYTES} bytes in base64, it holds ${key.byteLength}; remove it and everybody signs in again`);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    const key = randomBytes(KEY_BYTES);
    await writeFileDurably(file, `${key.toString('base64')}\n`);
    return key;
  }
}

/**
 * Cookies ignore ports: a name of the installation's own keeps two Tyto pages on one host from signing each other out.
 */
export const cookieNameFor = (
  key: Uint8Array,
): string => `tyto_${createHash('sha256').update('cookie').update(key).digest('hex').slice(0, 8)}`;
