/** Looks into a file: is it really a picture, is it really a clip, does all of it decode? */
import { readFile } from 'node:fs/promises';
import { Mp4Error } from '../../../device/contract/mp4-boxes.ts';
import { DeviceError } from '../../../device/core/errors.ts';
import { millis, minutes, type Millis } from '../../../device/core/units.ts';
import { decodeWhole, type DecodeOptions } from '../../../device/media/decode-check.ts';
import type { ClipFinding } from '../decide.ts';
import type { IngestLimits } from '../limits.ts';
import { reason, type Reason } from '../reason.ts';
import { assessDamage, readRecording } from './assess-recording.ts';
import { jpegComplaint } from './jpeg-structure.ts';
import { readClip, type ClipFacts } from './mp4-structure.ts';

/**
 * @returns Why `file` is no sound JPEG; undefined when it is one.
 * @throws {DeviceError} When it cannot be looked at.
 */
export async function inspectPicture(
  file: string,
  limits: IngestLimits,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const complaint = jpegComplaint(await readFile(file));
  if (complaint !== undefined) return reason('picture.not-jpeg', `the picture is no JPEG: ${complaint}`);
  return decodePicture(file, limits.decodePicture, signal);
}

/**
 * @returns Why `file` is no sound preview; undefined when it is one.
 * @throws {DeviceError} When it cannot be looked at.
 */
export async function inspectPreview(file: string, limits: IngestLimits, signal: AbortSignal): Promise<Reason | undefined> {
  try {
    const { duration } = await readClip(file, signal);
    if (duration > LONGEST_PREVIEW) return reason('clip.wrong-duration', `the preview lasts ${(duration / 1000).toFixed(1)} s`);
    const verdict = await decodeWhole(file, 'mp4', bounds(limits.decodePicture, signal));
    return verdict.ok ? undefined : reason('clip.undecodable', `the preview does not decode: ${plainly(verdict.complaint, file, 'preview')}`);
  } catch (error) {
    if (error instanceof Mp4Error) return reason('clip.not-mp4', `the preview is no MP4 with H.264 or H.265 video: ${error.message}`);
    return tooSlow(error, 'clip');
  }
}

const LONGEST_PREVIEW = minutes(1);

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
  try {
    const options = bounds(decodeTime(facts.duration, limits), signal);
    const recording = await readRecording(file);
    if (recording.isAltered) return { ok: false, reason: altered() };
    const verdict = await decodeWhole(file, 'mp4', options);
    if (verdict.ok) return { ok: true, facts, damage: null };
    const found = await assessDamage(file, recording, plainly(verdict.complaint, file, 'clip'), options);
    if (typeof found !== 'string') return { ok: true, facts, damage: found };
    return { ok: false, reason: reason('clip.undecodable', `the clip does not decode: ${found}`) };
  } catch (error) {
    return { ok: false, reason: tooSlow(error, 'clip') };
  }
}

/** What its seals say of a clip that is not what was recorded. */
export const altered = (): Reason => reason('clip.altered', 'the clip was altered since its device recorded and sealed it');

function decodeTime(duration: Millis, { decodePerSecond }: IngestLimits): Millis {
  return millis(Math.min(Math.max(minutes(1), duration / 1000 * decodePerSecond), minutes(30)));
}

async function decodePicture(file: string, processorTime: Millis, signal: AbortSignal): Promise<Reason | undefined> {
  try {
    const verdict = await decodeWhole(file, 'jpeg_pipe', bounds(processorTime, signal));
    if (verdict.ok) return undefined;
    const complaint = plainly(verdict.complaint, file, 'picture');
    return reason('picture.undecodable', `the picture does not decode: ${complaint}`);
  } catch (error) {
    return tooSlow(error, 'picture');
  }
}

/**
 * How long a decoder may work is a fact of the file; how long that takes is one of the machine, which may be busy: a decoder
 * that runs out of `timeout` has said nothing, and is asked again later.
 */
const bounds = (processorTime: Millis, signal: AbortSignal): DecodeOptions =>
  ({ processorTime, timeout: millis(Math.max(minutes(1), processorTime * PATIENCE)), signal });
const PATIENCE = 10;

/** @throws {unknown} What `error` is, when it says nothing of the file. */
function tooSlow(error: unknown, role: 'clip' | 'picture'): Reason {
  if (!(error instanceof DeviceError) || error.code !== 'media.tool-processor') throw error;
  return reason(`${role}.too-slow`, `the ${role} takes too long to decode: ${error.message}`);
}

/** The decoder's words without addresses in its memory, and without where our copy lies: that is nobody's business. */
const plainly = (complaint: string, file: string, role: string): string =>
  complaint.replaceAll(/\[[^\]]* @ 0x[0-9a-f]+\] */g, '').replaceAll(`file:${file}`, `the ${role}`);
