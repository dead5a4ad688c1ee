import { open } from 'node:fs/promises';
import { isEncrypted } from '../../contract/encrypted-box.ts';
import { ConfigError } from '../../core/errors.ts';
import type { CameraSource } from '../../media/camera-source.ts';
import { probeVideo, type SoundFacts, type VideoFacts } from '../../media/probe.ts';
import type { Torn } from '../file/torn.ts';
import { fileInput } from '../file/file-only.ts';
import { fileKind } from './file-kind.ts';
import { findObstacle, noPermission, noVideo, type UnusableFile } from './file-obstacle.ts';

export type FileInspection =
  | { readonly ok: true; readonly video: VideoFacts; readonly sound?: SoundFacts }
  | UnusableFile;

/** Looks whether `file` is a video. @throws {DeviceError} As `probeVideo`. */
export async function inspectFile(file: string, signal?: AbortSignal, torn?: Torn): Promise<FileInspection> {
  const obstacle = await findObstacle(file);
  if (obstacle !== undefined) return obstacle;
  const { options, url } = fileInput(file, torn);
  const probe = await probeVideo(url, options, signal === undefined ? {} : { signal });
  if (!probe.ok) return await explainProbe(file, probe.complaint, torn);
  return TEXT_AS_VIDEO.has(probe.video.codec) ? noVideo(await unreadable(file)) : probe;
}

/**
 * A camera may come back, so it is waited for; a file that is no video never becomes one.
 * @param setting - That names `source`.
 * @throws {ConfigError} With the code of what is wrong with the file. @throws {DeviceError} As `probeVideo`.
 */
export async function refuseUnusableFile(
  setting: string, source: CameraSource | undefined, signal: AbortSignal,
): Promise<void> {
  const found = source?.type === 'file' ? await inspectFile(source.path, signal) : undefined;
  if (found?.ok === false) throw new ConfigError(found.code, `${setting}: ${found.reason}`);
}

/** ffmpeg shows texts as if a terminal did. */
const TEXT_AS_VIDEO: ReadonlySet<string> = new Set(['ansi', 'bintext', 'idf', 'xbin']);
const unreadable = async (file: string): Promise<string> =>
  `expected a video file (such as MP4, MKV or AVI), but ${file} is ${await fileKind(file) ?? 'none that can be read'}`;

async function isEncryptedFile(file: string): Promise<boolean> {
  await using opened = await open(file, 'r');
  const head = new Uint8Array(16);
  await opened.read(head, 0, head.byteLength, 0);
  return isEncrypted(head);
}

async function explainProbe(file: string, complaint: string, torn?: Torn): Promise<FileInspection> {
  if (complaint.includes('Permission denied')) return noPermission(file);
  if (complaint.includes('moov atom not found') && await isEncryptedFile(file)) {
    return noVideo(`${file} is an encrypted recording; \`tyto decrypt\` makes a video of it for who has the key`);
  }
  if (torn !== undefined) {
    return noVideo(`${file} ${torn.fault}; what it lacks is needed to decode any of it: `
      + 'copy the file anew from where it came');
  }
  if (complaint.includes('moov atom not found') && await fileKind(file) === undefined)
    return noVideo(`${file} is no MP4, or one that was cut off before its index was written`);
  if (complaint.includes('holds no video')) return noVideo(`expected a video file, but ${file} holds no video`);
  return noVideo(await unreadable(file));
}
