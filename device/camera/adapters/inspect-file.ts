import { stat } from 'node:fs/promises';
import { systemCode } from '../../core/errors.ts';
import { probeVideo, type VideoFacts } from '../../media/probe.ts';

export type FileInspection =
  | { readonly ok: true; readonly video: VideoFacts }
  /** `reason` says what was found, and where. */
  | { readonly ok: false; readonly code: 'camera.missing' | 'camera.permission' | 'camera.no-video'; readonly reason: string };

/** A file is read as itself: it cannot send ffmpeg to other files or into the network. */
export const FILE_ONLY = ['-protocol_whitelist', 'file'] as const;

/** Looks whether `file` is a video. @throws {DeviceError} As `probeVideo`. */
export async function inspectFile(file: string, signal?: AbortSignal): Promise<FileInspection> {
  try {
    if ((await stat(file)).isDirectory()) return { ok: false, code: 'camera.no-video', reason: `expected a video file, got the directory ${file}` };
  } catch (error) {
    if (systemCode(error) === 'EACCES') return { ok: false, code: 'camera.permission', reason: `no permission to read ${file}` };
    return { ok: false, code: 'camera.missing', reason: `there is no file ${file}` };
  }
  const probe = await probeVideo(`file:${file}`, FILE_ONLY, signal === undefined ? {} : { signal });
  return probe.ok ? probe : { ok: false, code: probe.complaint.includes('Permission denied') ? 'camera.permission' : 'camera.no-video', reason: fault(file, probe.complaint) };
}

function fault(file: string, complaint: string): string {
  if (complaint.includes('moov atom not found')) return `${file} is a video that was cut off: its index is missing`;
  if (complaint.includes('holds no video')) return `expected a video file, but ${file} holds no video`;
  if (complaint.includes('Permission denied')) return `no permission to read ${file}`;
  return `expected a video file (such as MP4, MKV or AVI), but ${file} is none that can be read`;
}
