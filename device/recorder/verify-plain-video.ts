import { minutes, type Millis } from '../core/units.ts';
import { countPictures, decodeWhole, type DecodeVerdict } from '../media/decode-check.ts';
import { probeVideo, type VideoFacts } from '../media/probe.ts';

export interface PlainVideo { readonly video: VideoFacts; readonly decode: DecodeVerdict }

/** However slow the machine: whoever waits for it can end it. */
export const DECODE_PATIENCE: Millis = minutes(60);

/**
 * An ordinary MP4 with video: whatever no recorder of ours wrote, because it is not in fragments.
 * @returns Undefined when `file` is none.
 * @throws {DeviceError} As `runTool`.
 */
export async function readPlainVideo(file: string, signal?: AbortSignal): Promise<PlainVideo | undefined> {
  const stop = signal === undefined ? {} : { signal };
  const probe = await probeVideo(`file:${file}`, ['-protocol_whitelist', 'file', '-f', 'mp4'], stop);
  if (!probe.ok || !probe.video.duration) return undefined; // a head alone tells of video, and holds none
  const options = { ...stop, timeout: DECODE_PATIENCE };
  const decode = await decodeWhole(file, 'mp4', options);
  return decode.ok || await countPictures(file, 'shown', options) > 0 ? { video: probe.video, decode } : undefined;
}
