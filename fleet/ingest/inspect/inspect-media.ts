/** Looks into a file: is it really a picture, is it really a clip, does all of it decode? */
import { readFile } from 'node:fs/promises';
import { Mp4Error } from '../../../device/contract/mp4-boxes.ts';
import type { SealFacts } from '../../../device/contract/seal.ts';
import { DeviceError } from '../../../device/core/errors.ts';
import { millis, minutes, type Millis } from '../../../device/core/units.ts';
import { decodeTogether, decodeWhole, type DecodeOptions } from '../../../device/media/decode-check.ts';
import type { ClipFinding } from '../decide.ts';
import type { IngestLimits } from '../limits.ts';
import { reason, type Reason } from '../reason.ts';
import { assessDamage, readRecording } from './assess-recording.ts';
import { jpegComplaint } from './jpeg-structure.ts';
import { readClip, type ClipFacts } from './mp4-structure.ts';

/** A picture or preview, as it lies in the clear. */
export interface SmallFile { readonly role: 'thumbnail' | 'picture' | 'preview'; readonly file: string }

export type SmallFinding =
  | { readonly ok: false; readonly reason: Reason }
  /** `thumbnail`: the picture in small, as a JPEG, where it was wished for. */
  | { readonly ok: true; readonly thumbnail: Uint8Array | undefined };

/**
 * Looks into an event's small files. One decoder decodes all of them: starting it costs more than its work. Only when
 * it complains, each is asked again by itself.
 *
 * @param wishes - `thumbnail`: whether the picture is wanted in small.
 * @throws {DeviceError} When they cannot be looked at.
 */
export async function inspectSmall(
  files: readonly SmallFile[], wishes: { readonly thumbnail: boolean }, limits: IngestLimits, signal: AbortSignal,
): Promise<SmallFinding> {
  for (const one of files) {
    const fault = await skeletonFault(one, signal);
    if (fault !== undefined) return { ok: false, reason: fault };
  }
  const inputs = files.map(({ role, file }) => ({ file, container: containerOf(role) }));
  const picture = wishes.thumbnail ? files.findIndex(({ role }) => role === 'picture') : -1;
  try {
    if (files.length === 0) return { ok: true, thumbnail: undefined };
    const options = bounds(millis(limits.decodePicture * files.length), signal);
    const { verdict, small } = await decodeTogether(inputs, picture === -1 ? undefined : picture, options);
    if (verdict.ok) return { ok: true, thumbnail: small };
  } catch (error) {
    if (!isTooSlow(error)) throw error;
  }
  for (const one of files) {
    const fault = await decodeFault(one, limits, signal);
    if (fault !== undefined) return { ok: false, reason: fault };
  }
  return { ok: true, thumbnail: undefined };
}

const LONGEST_PREVIEW = minutes(1);
const containerOf = (role: SmallFile['role']): 'mp4' | 'jpeg_pipe' => (role === 'preview' ? 'mp4' : 'jpeg_pipe');

async function skeletonFault({ role, file }: SmallFile, signal: AbortSignal): Promise<Reason | undefined> {
  if (role !== 'preview') {
    const complaint = jpegComplaint(await readFile(file));
    return complaint === undefined ? undefined : reason('picture.not-jpeg', `the ${role} is no JPEG: ${complaint}`);
  }
  try {
    const { duration } = await readClip(file, signal);
    if (duration <= LONGEST_PREVIEW) return undefined;
    return reason('clip.wrong-duration', `the preview lasts ${(duration / 1000).toFixed(1)} s`);
  } catch (error) {
    if (!(error instanceof Mp4Error)) throw error;
    return reason('clip.not-mp4', `the preview is no MP4 with H.264 or H.265 video: ${error.message}`);
  }
}

async function decodeFault(
  { role, file }: SmallFile, limits: IngestLimits, signal: AbortSignal,
): Promise<Reason | undefined> {
  const kind = role === 'preview' ? 'clip' : 'picture';
  try {
    const verdict = await decodeWhole(file, containerOf(role), bounds(limits.decodePicture, signal));
    if (verdict.ok) return undefined;
    return reason(`${kind}.undecodable`, `the ${role} does not decode: ${plainly(verdict.complaint, file, role)}`);
  } catch (error) {
    return tooSlow(error, kind);
  }
}

/**
 * @param judgeSeal - What is wrong with what its seals say of whose it is.
 * @throws {DeviceError} When it cannot be looked at.
 */
export async function inspectClip(
  file: string, limits: IngestLimits, signal: AbortSignal,
  judgeSeal: (seal: SealFacts | undefined) => Reason | undefined,
): Promise<ClipFinding> {
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
  // At the same time: what its seals say is read by us, what it shows is decoded by another program.
  const stop = new AbortController();
  const options = bounds(decodeTime(facts.duration, limits), signal);
  const decoding = decodeWhole(file, 'mp4', { ...options, signal: AbortSignal.any([signal, stop.signal]) });
  decoding.catch(() => {}); // asked for below, unless the seals have said enough
  try {
    const recording = await readRecording(file);
    const fault = recording.isAltered ? altered() : judgeSeal(recording.seal);
    if (fault !== undefined) return { ok: false, reason: fault };
    const verdict = await decoding;
    if (verdict.ok) return { ok: true, facts, damage: null };
    const found = await assessDamage(file, recording, plainly(verdict.complaint, file, 'clip'), options);
    if (typeof found !== 'string') return { ok: true, facts, damage: found };
    return { ok: false, reason: reason('clip.undecodable', `the clip does not decode: ${found}`) };
  } catch (error) {
    return { ok: false, reason: tooSlow(error, 'clip') };
  } finally {
    stop.abort();
    await decoding.catch(() => {}); // it has let go of the file
  }
}

/** What its seals say of a clip that is not what was recorded. */
export const altered = (): Reason =>
  reason('clip.altered', 'the clip was altered since its device recorded and sealed it');

function decodeTime(duration: Millis, { decodePerSecond }: IngestLimits): Millis {
  return millis(Math.min(Math.max(minutes(1), duration / 1000 * decodePerSecond), minutes(30)));
}

/**
 * How long a decoder may work is a fact of the file; how long that takes is one of the machine, which may be busy: a
 * decoder that runs out of `timeout` has said nothing, and is asked again later.
 */
const bounds = (processorTime: Millis, signal: AbortSignal): DecodeOptions =>
  ({ processorTime, timeout: millis(Math.max(minutes(1), processorTime * PATIENCE)), signal });
const PATIENCE = 10;

/** @throws {unknown} What `error` is, when it says nothing of the file. */
function tooSlow(error: unknown, role: 'clip' | 'picture'): Reason {
  if (!isTooSlow(error)) throw error;
  return reason(`${role}.too-slow`, `the ${role} takes too long to decode: ${error.message}`);
}

const isTooSlow = (error: unknown): error is DeviceError =>
  error instanceof DeviceError && error.code === 'media.tool-processor';

/** The decoder's words without addresses in its memory, and without where our copy lies: that is nobody's business. */
const plainly = (complaint: string, file: string, role: string): string =>
  complaint.replaceAll(/\[[^\]]* @ 0x[0-9a-f]+\] */g, '').replaceAll(`file:${file}`, `the ${role}`);
