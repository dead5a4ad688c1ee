/** A video file as vision sees it: the very frames that a live camera gives, as fast as they can be decoded. */
import { ConfigError } from '../core/errors.ts';
import { findObstacle } from './adapters/file-obstacle.ts';
import type { FileAnalysis, FileOptions } from './file/file-analysis.ts';
import { findTorn } from './file/file-end.ts';
import { GatedFile } from './file/gated-file.ts';
import { IndexedFile } from './file/indexed-file.ts';
import type { PacketSource } from './file/packet-source.ts';
import type { Torn } from './file/torn.ts';
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
  const indexed = options.decode === 'full' ? undefined : await IndexedFile.open(file, signal);
  // Whose index holds together is whole.
  if (indexed !== undefined) return new GatedFile(indexed, undefined, CONFINED_IF_POSSIBLE, options, signal);
  const torn = findTorn(file);
  const demuxed = options.decode === 'full' ? undefined : await demux(file, torn, signal);
  if (demuxed !== undefined) return new GatedFile(demuxed, torn, CONFINED_IF_POSSIBLE, options, signal);
  // Looking into the file costs a process: only where there is something to explain, or another kind of video.
  const { inspectFile } = await import('./adapters/inspect-file.ts');
  const inspection = await inspectFile(file, signal, torn);
  if (!inspection.ok) throw new ConfigError(inspection.code, inspection.reason);
  const { analyseAll } = await import('./file/full-file.ts');
  return analyseAll({ file, size: inspection.video.size, torn }, CONFINED_IF_POSSIBLE, options, signal);
}

/** Undefined when it holds no video that can be gated, or is none. */
const demux = async (file: string, torn: Torn | undefined, signal: AbortSignal): Promise<PacketSource | undefined> =>
  (await import('./file/demuxed-file.ts')).DemuxedFile.open(file, torn, CONFINED_IF_POSSIBLE, signal);
