import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError, systemCode } from '../../device/core/errors.ts';
import { writeFileDurably } from '../../device/durable/write-file.ts';

const KEY_BYTES = 32;

/**
 * The key that signs links, kept in `file` (mode 0600), made on first use. Removing the file ends every link at once.
 * @throws {ConfigError} `storage.link-key` when the file holds something else.
 */
export async function loadLinkKey(file: string): Promise<Uint8Array> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    const key = randomBytes(KEY_BYTES);
    await writeFileDurably(file, `${key.toString('base64')}\n`);
    return key;
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.byteLength === KEY_BYTES) return key;
  throw new ConfigError(
    'storage.link-key',
    `${file} must hold ${KEY_BYTES} bytes in base64, it holds ${key.byteLength}; remove it and a new one is made`,
  );
}
