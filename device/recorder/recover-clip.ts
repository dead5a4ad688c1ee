/** Makes a clip sound again after a crash or a power cut: its torn end is cut off, everything before stays. */
import { open } from 'node:fs/promises';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { Size } from '../core/geometry.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { diskFault } from './disk-fault.ts';
import { holdsFurtherFragment } from './find-marks.ts';
import { copyTailToLostAndFound, moveToLostAndFound } from './lost-and-found.ts';
import { hashFile, walkClip } from '../media/walk-clip.ts';

export type Recovery =
  | {
    readonly playable: true;
    /** Of the file as it now is. */
    readonly bytes: number;
    readonly sha256: string;
    readonly duration: Millis;
    readonly fragments: number;
    readonly codec: string;
    readonly size: Size;
    readonly encrypted: boolean;
    /** Bytes of a torn end that were cut off. */
    readonly cutBytes: number;
    /** Where a copy of what was cut off is, when whole fragments may be in it. */
    readonly savedTail: string | undefined;
  }
  | { readonly playable: false; readonly reason: string; readonly movedTo: string };

/**
 * Samples that do not add up are the mark of a power cut only in what was not yet durable; before that they are left
 * alone.
 */
const NOT_YET_DURABLE = seconds(3);

/**
 * Cuts `file` back to its last whole fragment and tells what is in it. A file in which nothing can be played is moved
 * to `lost+found` in `mediaFolder`; it is deleted only for want of room.
 *
 * @throws {DeviceError} When the disk refuses to read or to write; the file is then as it was.
 */
export async function recoverClip(mediaFolder: string, file: string): Promise<Recovery> {
  try {
    const found = await survey(file);
    if (found.init === undefined || found.kept.fragments === 0) {
      const reason = found.trouble ?? (found.size === 0 ? 'the file is empty' : 'no whole fragment of video is in it');
      return { playable: false, reason, movedTo: await moveToLostAndFound(mediaFolder, file, reason) };
    }
    const { bytes, fragments, duration } = found.kept;
    const savedTail = bytes < found.size ? await cutOff(mediaFolder, file, bytes) : undefined;
    return {
      playable: true, bytes, fragments, duration, sha256: await hashFile(file),
      codec: found.init.codec, size: found.init.size, encrypted: found.encrypted,
      cutBytes: found.size - bytes, savedTail,
    };
  } catch (cause) {
    throw diskFault(cause, file);
  }
}

interface Kept { readonly bytes: number; readonly fragments: number; readonly duration: Millis }
interface Survey {
  readonly init: InitSegment | undefined;
  readonly encrypted: boolean;
  readonly kept: Kept;
  readonly size: number;
  /** The first thing that was wrong. */
  readonly trouble: string | undefined;
}

async function survey(file: string): Promise<Survey> {
  let init: InitSegment | undefined;
  let encrypted = false;
  let trouble: string | undefined;
  let first: Millis | undefined;
  let kept: Kept = { bytes: 0, fragments: 0, duration: millis(0) };
  let firstTorn: Kept | undefined; // what to keep when its successor turns out to be the torn end
  let size = 0;
  for await (const part of walkClip(file)) {
    size = part.end;
    if (part.type === 'broken') trouble ??= part.reason;
    else if (part.type === 'init') {
      init ??= part.init;
      encrypted ||= part.encrypted;
    }
    else if (part.type === 'seal') { if (part.seal.kind === 'end') kept = { ...kept, bytes: part.end }; }
    else {
      const { start, duration } = part.fragment;
      first ??= start;
      if (!part.whole && (firstTorn === undefined || start - first - firstTorn.duration > NOT_YET_DURABLE))
        firstTorn = kept;
      kept = { bytes: part.end, fragments: kept.fragments + 1, duration: millis(start + duration - first) };
    }
  }
  const isTornEnd = firstTorn !== undefined && kept.duration - firstTorn.duration <= NOT_YET_DURABLE;
  return { init, encrypted, kept: isTornEnd && firstTorn !== undefined ? firstTorn : kept, size, trouble };
}

/** @returns Where a copy of the cut end is, when it is more than the torn fragment that a crash leaves. */
async function cutOff(mediaFolder: string, file: string, bytes: number): Promise<string | undefined> {
  const savedTail = await holdsFurtherFragment(file, bytes)
    ? await copyTailToLostAndFound(mediaFolder, file, bytes)
    : undefined;
  await using handle = await open(file, 'r+');
  await handle.truncate(bytes);
  await handle.sync();
  return savedTail;
}
