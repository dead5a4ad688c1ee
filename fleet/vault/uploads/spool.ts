/** A request's body as a file of ours: never in memory, looked at before anybody else can see it. */
import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { systemCode } from '../../../device/core/errors.ts';
import { makeFolder } from '../../../device/durable/make-folder.ts';
import { HttpError } from '../../../device/http/http-error.ts';

export interface Spooled extends AsyncDisposable {
  /** Gone once this is disposed. */
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export class Spool {
  readonly #folder: string;
  private constructor(folder: string) { this.#folder = folder; }

  /** What an earlier run left behind was never answered for: it is removed. */
  static async open(folder: string): Promise<Spool> {
    await makeFolder(folder, 0o700);
    for (const name of await readdir(folder)) await rm(path.join(folder, name), { force: true });
    return new Spool(folder);
  }

  /**
   * @param bytes - As they were announced.
   * @throws {HttpError} 400 `http.cut-short` when another number of them comes, 507 `vault.full` when the disk is.
   */
  async take(body: Readable, bytes: number): Promise<Spooled> {
    const file = path.join(this.#folder, randomUUID());
    try {
      return {
        file, bytes, sha256: await write(body, file, bytes), [Symbol.asyncDispose]: () => rm(file, { force: true }),
      };
    } catch (cause) {
      await rm(file, { force: true });
      throw spoolError(cause);
    }
  }
}

async function write(body: Readable, file: string, bytes: number): Promise<string> {
  await using handle = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let taken = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    taken += chunk.byteLength;
    if (taken > bytes) break;
    hash.update(chunk);
    await handle.writeFile(chunk); // appends: writeFile on a handle goes on from its position
  }
  if (taken !== bytes)
    throw new HttpError(400, 'http.cut-short', `${bytes} bytes were announced, and another number came`);
  return hash.digest('hex');
}

/** What kept a body from being written down. */
function spoolError(cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HttpError(507, 'vault.full', 'the disk of the server is full', { cause, retryAfter: 60 });
  if (code === 'ECONNRESET') return new HttpError(400, 'http.cut-short', 'the request broke off', { cause });
  return cause;
}
