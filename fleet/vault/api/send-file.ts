import type { Context } from 'koa';
import { FINDINGS_FOLDER } from '../../../device/contract/fleet-findings.ts';
import type { FileRole } from '../../../device/contract/manifest.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { MediaKeys } from '../../../device/http/media-keys.ts';
import { contentOf, sendContent } from '../../../device/http/send-content.ts';
import type { FiledEvent, VaultIndex, VaultLibrary } from '../ports.ts';
import type { Account } from '../registry/registry.ts';

export interface FileSender {
  readonly index: VaultIndex;
  readonly library: VaultLibrary;
  /** Open encrypted objects of the library. */
  readonly keys: MediaKeys;
  /** Whether a device is the account's. */
  owns(account: Account, device: string): boolean;
  /** Whether the manifest of an event lies in the landing, for ingest to judge it. */
  isWaiting(device: string, id: string): Promise<boolean>;
}

/**
 * An event of the account.
 * @throws {HttpError} 404, also for that of another: nothing is told of it; 503 while it is judged:
 * whoever asks tries again by itself.
 */
export async function eventOf(
  account: Account, device: string, id: string,
  { index, isWaiting, owns }: Pick<FileSender, 'index' | 'isWaiting' | 'owns'>,
): Promise<FiledEvent> {
  const row = await index.event(device, id);
  if (row?.account === account.name) return row;
  if (row === undefined && owns(account, device) && await isWaiting(device, id))
    throw new HttpError(
      503, 'vault.waiting', 'it was uploaded, and is judged before it is in the library; ask again in a moment',
      { retryAfter: 5 },
    );
  throw new HttpError(404, 'vault.no-such-event', 'this account has no such event in the library');
}

/** A file of an event in the library: the device's own, or what the fleet made in its place. */
export interface FiledFile { readonly key: string; readonly name: string; readonly bytes: number }

/** Undefined where there is none. */
export function fileOf({ event, folder, findings = {} }: FiledEvent, role: FileRole): FiledFile | undefined {
  const own = event[role];
  if (own !== null && own !== undefined) return { key: folder + own.name, name: own.name, bytes: own.bytes };
  const made = role === 'thumbnail' || role === 'preview' ? findings[role] : undefined;
  return made === undefined
    ? undefined
    : { key: folder + FINDINGS_FOLDER + made.name, name: made.name, bytes: made.bytes };
}

/**
 * Answers with a file of the library, decrypted where a key is at hand, or the part of it that was asked for.
 * @throws {HttpError} 404, 416, 503
 */
export async function sendFile(
  ctx: Context,
  { account, device, id, role }: {
    readonly account: Account; readonly device: string; readonly id: string; readonly role: FileRole;
  },
  files: FileSender,
): Promise<void> {
  const { library, keys } = files;
  const file = fileOf(await eventOf(account, device, id, files), role);
  const object = file === undefined ? undefined : await library.open(file.key);
  if (file === undefined || object === undefined)
    throw new HttpError(404, 'vault.no-such-file', 'the event has no such file in the library');
  try {
    const content = await contentOf(object, keys);
    ctx.attachment(file.name, { type: 'attachment' });
    ctx.type = role === 'clip' || role === 'preview' ? 'video/mp4' : 'image/jpeg';
    await sendContent(ctx, content, ctx.headers.range);
  } catch (error) {
    await object[Symbol.asyncDispose]();
    throw error;
  }
}
