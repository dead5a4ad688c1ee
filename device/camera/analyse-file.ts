/** A video file as vision sees it: the very frames that a live camera gives, as fast as they can be decoded. */
import { ConfigError } from '../core/errors.ts';
import type { ColourFrame, GrayFrame } from '../core/frame.ts';
import type { Size } from '../core/geometry.ts';
import type { Millis } from '../core/units.ts';
import { inspectFile } from './adapters/inspect-file.ts';
import { analyseAll } from './file/full-file.ts';
import { GatedFile, openPackets } from './file/gated-file.ts';
import type { DecodingState } from './gate/decoding-state.ts';
import { findConfinement } from './stream/confined-child.ts';
import type { PictureOptions } from './stream/picture-options.ts';

export interface FileAnalysis {
  readonly video: { readonly size: Size };
  /**
   * The frames in order; `at` counts from the clip's first picture. Decoding waits for whoever reads; leaving the loop ends it.
   * @throws {DeviceError} `camera.damaged` when the rest of the file cannot be decoded.
   */
  readonly frames: AsyncIterable<GrayFrame>;
  /**
   * To be told of each frame before the next is read: does vision want to look closely (`Observation.attention`)? Without
   * it the gate judges by itself.
   */
  attend(at: Millis, attention: boolean): void;
  /** How pictures are chosen now, and what share of them was decoded. */
  readonly decoding: DecodingState;
}

export interface FileOptions extends PictureOptions {
  /** Takes the colour frames, in order; one may come somewhat before the gray frame of its time is read. */
  readonly onColour?: (frame: ColourFrame) => void;
}

/**
 * Opens `file` for analysis.
 * @throws {ConfigError} `camera.missing`, `camera.permission` or `camera.no-video`: what was found instead of a video.
 * @throws {DeviceError} `media.tool-missing` when there is no ffmpeg.
 */
export async function analyseFile(file: string, signal: AbortSignal, options: FileOptions = {}): Promise<FileAnalysis> {
  const confinement = await findConfinement();
  const packets = options.decode === 'full' ? undefined : await openPackets(file, confinement, signal);
  if (packets !== undefined) return new GatedFile(packets, confinement, options);
  // Looking into the file costs a process: only where there is something to explain, or another kind of video.
  const inspection = await inspectFile(file, signal);
  if (!inspection.ok) throw new ConfigError(inspection.code, inspection.reason);
  return analyseAll(file, inspection.video.size, confinement, options, signal);
}
