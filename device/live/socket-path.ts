/** Where `watch` and `web` of one device meet: decided in one place for both. */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { makeFolder } from '../durable/make-folder.ts';

/** `sun_path` holds 108 bytes with its end on Linux, 104 elsewhere. */
const MAX_PATH_BYTES = 100;

/**
 * The socket that live video goes through: `<data>/run/live.sock`, or, where that is too long for a socket's address,
 * one in a folder of the temporary folder that is named after the data folder and this user.
 */
export function liveSocketPath(dataFolder: string, temporary = tmpdir()): string {
  const folder = path.resolve(dataFolder);
  const direct = path.join(folder, 'run', 'live.sock');
  if (Buffer.byteLength(direct) <= MAX_PATH_BYTES) return direct;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const besides = Buffer.byteLength(temporary) <= 48 ? temporary : '/tmp';
  return path.join(besides, `tyto-${process.getuid?.() ?? 0}-${name}`, 'live.sock');
}

/**
 * Makes the socket's folder if need be, and closes it to others if it is ours.
 * @throws {ConfigError} As `checkSocketFolder`.
 */
export async function prepareSocketFolder(socketPath: string): Promise<void> {
  const folder = path.dirname(socketPath);
  await makeFolder(folder, 0o700);
  const found = await lstat(folder);
  if (found.isDirectory() && isMine(found)) await chmod(folder, 0o700);
  await checkSocketFolder(socketPath);
}

/**
 * Makes sure that nobody else could have put the socket there, or can reach it.
 * @throws {ConfigError} `live.folder` when the folder is another user's, open to others, or a link.
 * @throws {Error} `ENOENT` when there is none yet.
 */
export async function checkSocketFolder(socketPath: string): Promise<void> {
  const folder = path.dirname(socketPath);
  const found = await lstat(folder);
  if (found.isDirectory() && isMine(found) && (found.mode & 0o077) === 0) return;
  throw new ConfigError('live.folder',
    `${folder} must be a folder of this user with mode 0700, for live video goes through it; remove it and start again`);
}

const isMine = ({ uid }: Stats): boolean => process.getuid === undefined || uid === process.getuid();

/** The socket beside it, at which the archive answers the other processes. */
export const archiveSocketPath = (dataFolder: string): string =>
  path.join(path.dirname(liveSocketPath(dataFolder)), 'archive.sock');
