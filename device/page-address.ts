/** Where the page of a device is served, written down in its data folder for who asks it from the same machine. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonIn } from './core/json-in.ts';
import { writeFileDurably } from './durable/write-file.ts';

export interface PageAddress { readonly host: string; readonly port: number }

const place = (data: string): string => path.join(data, 'page.json');

/**
 * It stays when the device stops, and is written only where it has changed: a start writes nothing.
 * @throws {Error} The system's error, when it cannot be written; nothing else than asking depends on it.
 */
export async function notePageAddress(data: string, { host, port }: PageAddress): Promise<void> {
  const known = await readPageAddress(data);
  if (known?.host !== host || known.port !== port)
    await writeFileDurably(place(data), `${JSON.stringify({ host, port })}\n`);
}

/** Where the device on this folder served its page last; undefined where it never did, or nobody here may read it. */
export async function readPageAddress(data: string): Promise<PageAddress | undefined> {
  const noted = jsonIn(await readFile(place(data), 'utf8').catch(() => undefined));
  if (typeof noted !== 'object' || noted === null || !('host' in noted) || !('port' in noted)) return undefined;
  const { host, port } = noted;
  return typeof host === 'string' && typeof port === 'number' ? { host, port } : undefined;
}
