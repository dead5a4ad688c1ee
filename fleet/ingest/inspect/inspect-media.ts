/** Looks into a file: is it really a picture, is it really a clip, does all of it decode? */
import { readFile } from 'node:fs/promises';
import { Mp4Error } from '../../../device/contract/mp4-boxes.ts';
import { DeviceError } from '../../../device/core/errors.ts';
import { millis, minutes, type Millis } from '../../../device/core/units.ts';
import { decodeWhole } from '../../../device/media/decode-check.ts';
import type { ClipFinding } from '../decide.ts';
import type { IngestLimits } from '../limits.ts';
import { reason, type Reason } from '../reason.ts';
import { jpegComplaint } from './jpeg-structure.ts';
import { readClip, type ClipFacts } from './mp4-structure.ts';

/**
 * @returns Why `file` is no sound JPEG; undefined when it is one.
 * @throws {DeviceError} When it cannot be looked at.
 */
export async function inspectPicture(
  file: string,
  { decodePicture }: IngestLimits,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const complaint = jpegComplaint(await readFile(file));
  if (complaint !== undefined) return reason('picture.not-jpeg', `the picture is no JPEG: ${complaint}`);
  return decodeComplaint(file, 'picture', decodePicture, signal);
}

/** @throws {DeviceError} When it cannot be looked at. */
export async function inspectClip(file: string, limits: IngestLimits, signal: AbortSignal): Promise<ClipFinding> {
  let facts: ClipFacts;
  try {
    facts = await readClip(file, signal);
  } catch (error) {
    if (!(error instanceof Mp4Error)) throw error;
    return {
      ok: false,
      reason: reason('clip.not-mp4', `the clip is no MP4 with H.264 or H.265 video: ${error.message}`),
    };
  }
  const complaint = await decodeComplaint(file, 'clip', decodeTime(facts.duration, limits), signal);
  return complaint === undefined ? { ok: true, facts } : { ok: false, reason: complaint };
}

function decodeTime(duration: Millis, { decodePerSecond }: IngestLimits): Millis {
  return millis(Math.min(Math.max(minutes(1), duration / 1000 * decodePerSecond), minutes(30)));
}

async function decodeComplaint(
  file: string,
  role: 'clip' | 'picture',
  timeout: Millis,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  try {
    const verdict = await decodeWhole(file, role === 'clip' ? 'mp4' : 'jpeg_pipe', { timeout, signal });
    return verdict.ok
      ? undefined
      : reason(`${role}.undecodable`, `the ${role} does not decode: ${plainly(verdict.complaint, file, role)}`);
  } catch (error) {
    if (!(error instanceof DeviceError) || error.code !== 'media.tool-timeout') throw error;
    return reason(`${role}.too-slow`, `the ${role} did not decode within ${Math.round(timeout / 1000)} s`);
  }
}

/** The decoder's words without addresses in its memory, and without where our copy lies: that is nobody's business. */
const plainly = (complaint: string, file: string, role: string): string =>
  complaint.replaceAll(/\[[^\]]* @ 0x[0-9a-f]+\] */g, '').replaceAll(`file:${file}`, `the ${role}`);
