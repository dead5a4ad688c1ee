/** What the key of an object in the landing tells. Anybody may have chosen it. */
import { createHash } from 'node:crypto';
import { mailFolderOf, parseRequestKey } from '../../device/contract/mail.ts';
import { parseMediaFileName } from '../../device/contract/names.ts';
import type { Millis } from '../../device/core/units.ts';
import type { IngestLimits } from './limits.ts';

/** The prefix that an object lies under: credentials are bound to it. Empty when it lies under none. */
export const prefixOf = (key: string): string => (key.includes('/') ? key.slice(0, key.indexOf('/')) : '');

export const isManifestKey = (key: string): boolean => key.endsWith('.json') && mailFolderOf(key) === undefined;
/** Of what is small enough to be read at once; nothing larger of these is kept. */
export const isText = (key: string): boolean => isManifestKey(key) || mailFolderOf(key) !== undefined;

/** What has to be done about an object of the landing. */
export type Duty =
  /** A manifest: the event is to be judged. */
  | 'event'
  /** A file that no manifest came for. */
  | 'orphan'
  /** What a device tells of a request. */
  | 'report'
  /** Mail that nobody waits for any more. */
  | 'old-mail';

/** @param age - How long it has been there. @returns Undefined while there is nothing to do about it. */
export function dutyOf(key: string, age: Millis, { orphansAfter, mailKept }: IngestLimits): Duty | undefined {
  switch (mailFolderOf(key)) {
    case 'reports': return 'report';
    case 'answers': return age >= mailKept ? 'old-mail' : undefined;
    // A request lies there until whoever made it takes it back; what is none was put there by somebody else.
    case 'requests': return age >= mailKept && parseRequestKey(key) === undefined ? 'old-mail' : undefined;
    case undefined: return isManifestKey(key) ? 'event' : age >= orphansAfter ? 'orphan' : undefined;
  }
}

/** Everything before the last `/`, with it. */
export const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
export const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** Where the manifest must be that speaks of the file under `key`; undefined when its name is none of ours. */
export function manifestKeyBeside(key: string): string | undefined {
  const media = parseMediaFileName(nameOf(key));
  return media === undefined ? undefined : `${folderOf(key)}${media.eventId}.json`;
}

/**
 * The folder in the quarantine for what lay under `key`: readable where the key is, one of its own for every key, and
 * below the device's name whatever the rest of the key holds.
 */
export function quarantineFolder(key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `${plain(prefixOf(key), 64) || '_'}/${plain(nameOf(key).replace(/\.json$/, ''), 100) || '_'}-${hash}/`;
}

/** A name for an object in its quarantine folder. */
export const quarantineName = (key: string): string =>
  isManifestKey(key) ? 'manifest.json' : plain(nameOf(key), 200) || 'object';

const plain = (name: string, longest: number): string =>
  name
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^[.-]+/, '_')
    .slice(0, longest);
