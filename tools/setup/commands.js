import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps commands, whatever the user's PATH: mosquitto lives in /usr/sbin. */
const DEBIAN_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * @param {string} name
 * @returns {boolean} Whether a command of that name is installed.
 */
export function hasCommand(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...DEBIAN_FOLDERS];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}
