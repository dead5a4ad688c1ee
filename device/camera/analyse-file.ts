/** A video file as vision sees it: the very frames that a live camera gives, as fast as they can be decoded. */
import { ConfigError } from '../core/errors.ts';
import { findObstacle } from './adapters/file-obstacle.ts';
import type { FileAnalysis, FileOptions } from './file/file-analysis.ts';
import { GatedFile, openPackets } from './file/gated-file.ts';
import { CONFINED_IF_POSSIBLE } from './stream/confined-child.ts';

export type { FileAnalysis, FileOptions };

/**
 * Opens `file` for analysis.
 * @throws {ConfigError} `camera.missing`, `camera.permission` or `camera.no-video`: what was found instead of a video.
 * @throws {DeviceError} `media.tool-missing` when there is no ffmpeg.
 */
export async function analyseFile(file: string, signal: AbortSignal, options: FileOptions = {}): Promise<FileAnalysis> {
  const obstacle = await findObstacle(file);
  if (obstacle !== undefined) throw new ConfigError(obstacle.code, obstacle.reason);
  const packets = options.decode === 'full' ? undefined : await openPackets(file, CONFINED_IF_POSSIBLE, signal);
  if (packets !== undefined) return new GatedFile(packets, CONFINED_IF_POSSIBLE, options, signal);
  // Looking into the file costs a process: only where there is something to explain, or another kind of video.
  const { inspectFile } = await import('./adapters/inspect-file.ts');
  const inspection = await inspectFile(file, signal);
  if (!inspection.ok) throw new ConfigError(inspection.code, inspection.reason);
  const { analyseAll } = await import('./file/full-file.ts');
  return analyseAll(file, inspection.video.size, CONFINED_IF_POSSIBLE, options, signal);
}
