/**
 * What others than our own devices tell of a clip that they upload. Names that do harm, or that
 * nobody could find again, are refused.
 */
import { NAME_PATTERN } from '../../../device/contract/name-pattern.ts';
import { HttpError } from '../../../device/http/http-error.ts';

/** Kept as JSON while an upload is under way. */
export interface ToldClip {
  readonly device: string;
  readonly camera: string;
  /** By which its account finds it again. */
  readonly fileName: string;
  /** Unix seconds of its first picture. */
  readonly at: number;
  /** What moved, in pixels: `[left, top, right, bottom]`; null where nothing is told of it. */
  readonly region: readonly [number, number, number, number] | null;
  /** 0 to 1: how much of the picture moved. */
  readonly score: number;
  /** Who recorded it. */
  readonly source: string;
}

const FILE_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._ ()+@-]{0,194}[A-Za-z0-9])?\.mp4$/;

/** @throws {HttpError} 400 `vault.file-name` */
export function checkFileName(name: string): string {
  if (FILE_NAME.test(name) && !name.includes('..')) return name;
  throw new HttpError(
    400, 'vault.file-name',
    `a file name has letters, digits and "._ ()+@-", at most 200 characters, and ends in .mp4; got ${shown(name)}`,
  );
}

/** @throws {HttpError} 400 `vault.device-invalid` */
export function checkDeviceName(device: string): string {
  if (NAME_PATTERN.test(device)) return device;
  throw new HttpError(
    400, 'vault.device-invalid',
    `the name of a device has letters, digits and inner hyphens, at most 64; got ${shown(device)}`,
  );
}

/** A name for a camera out of what somebody called it. */
export function cameraName(called: string): string {
  const plain = called.normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return NAME_PATTERN.test(plain) ? plain : 'camera';
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 60)).replaceAll(/[^\x20-\x7e]/g, '?');
