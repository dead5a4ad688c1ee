/** What can be said of a video file without opening it: who opens a pipe may wait for ever. */
import { stat } from 'node:fs/promises';
import { systemCode } from '../../core/errors.ts';

export interface UnusableFile {
  readonly ok: false;
  readonly code: 'camera.missing' | 'camera.permission' | 'camera.no-video';
  /** What was found, and where. */
  readonly reason: string;
}

/** Why `file` is no video, where its kind and size tell; undefined where it must be looked into. */
export async function findObstacle(file: string): Promise<UnusableFile | undefined> {
  try {
    const facts = await stat(file);
    if (facts.isDirectory()) return noVideo(`expected a video file, got the directory ${file}`);
    if (!facts.isFile()) {
      return noVideo(`expected a video file, but ${file} is a pipe or a device, which cannot be read from any place: `
        + 'save the video in a file first');
    }
    return facts.size === 0 ? noVideo(`expected a video file, but ${file} is empty`) : undefined;
  } catch (error) {
    if (systemCode(error) === 'EACCES') return noPermission(file);
    return { ok: false, code: 'camera.missing', reason: `there is no file ${file}` };
  }
}

export const noVideo = (reason: string): UnusableFile => ({ ok: false, code: 'camera.no-video', reason });
export const noPermission = (file: string): UnusableFile =>
  ({ ok: false, code: 'camera.permission', reason: `no permission to read ${file}` });
