/** Puts a small file that is made in memory among the recordings. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { MediaFile } from '../contract/event.ts';
import type { Log } from '../core/log.ts';
import { writeFileDurably } from '../durable/write-file.ts';
import type { Encryption } from '../vault/encryption.ts';
import { mediaFile } from './clip-writer.ts';
import { makeDayFolder } from './day-folder.ts';
import { diskFault } from './disk-fault.ts';

export interface KeptFiles {
  readonly mediaFolder: string;
  readonly device: string;
  readonly camera: string;
  readonly encryption?: Encryption | undefined;
  readonly log: Log;
}

/**
 * Durable when it resolves, in the place of one of its name; null when the disk refused, which is logged.
 * @param wasTold - That the disk refuses this file is in the log already.
 */
export async function keepFile(
  { mediaFolder, encryption, log }: KeptFiles, name: string, plain: Uint8Array, wasTold = false,
): Promise<MediaFile | null> {
  const file = mediaFile(mediaFolder, name);
  try {
    await makeDayFolder(path.dirname(file));
    const cipher = await encryption?.begin();
    const data = cipher?.whole(plain) ?? plain;
    await writeFileDurably(file, data);
    const facts = { name, bytes: data.byteLength, sha256: createHash('sha256').update(data).digest('hex') };
    return cipher === undefined ? facts : { ...facts, encrypted: true };
  } catch (cause) {
    const fault = diskFault(cause, file);
    log[wasTold ? 'debug' : 'error'](fault.message, { code: fault.code });
    return null;
  }
}
