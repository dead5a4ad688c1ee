/** A video file as vision sees it: the very gray frames that a live camera gives, as fast as they can be decoded. */
import { ConfigError, DeviceError } from '../core/errors.ts';
import type { GrayFrame } from '../core/frame.ts';
import { redactAddresses } from '../core/redact-addresses.ts';
import type { VideoFacts } from '../media/probe.ts';
import { tail } from '../media/run-tool.ts';
import { FILE_ONLY, inspectFile } from './adapters/inspect-file.ts';
import { findConfinement, spawnConfined } from './stream/confined-child.ts';
import { grayOutput, GrayReader, graySize } from './stream/gray.ts';

export interface FileAnalysis {
  readonly video: VideoFacts;
  /**
   * All frames in order; `at` counts from the clip's start. Decoding waits for whoever reads; leaving the loop ends it.
   * @throws {DeviceError} `camera.damaged` when the rest of the file cannot be decoded.
   */
  readonly frames: AsyncIterable<GrayFrame>;
}

/**
 * Opens `file` for analysis.
 * @throws {ConfigError} `camera.missing`, `camera.permission` or `camera.no-video`: what was found instead of a video.
 * @throws {DeviceError} `media.tool-missing` when there is no ffmpeg.
 */
export async function analyseFile(file: string, signal: AbortSignal): Promise<FileAnalysis> {
  const inspection = await inspectFile(file, signal);
  if (!inspection.ok) throw new ConfigError(inspection.code, inspection.reason);
  return { video: inspection.video, frames: grayFrames(file, inspection.video, signal) };
}

async function* grayFrames(file: string, { size }: VideoFacts, signal: AbortSignal): AsyncGenerator<GrayFrame, void> {
  const gray = graySize(size);
  const ffmpeg = spawnConfined(await findConfinement(), 'ffmpeg', [
    '-nostdin', '-v', 'error', '-threads', '1', '-filter_threads', '1', ...FILE_ONLY, '-i', `file:${file}`,
    ...grayOutput(gray, 1),
  ], ['ignore', 'pipe', 'pipe']);
  const complaint = tail(ffmpeg.stderr);
  const ended = new Promise<number>((resolve, reject) => {
    ffmpeg.once('error', reject);
    ffmpeg.once('close', (code) => resolve(code ?? -1));
  });
  ended.catch(() => {}); // awaited below, unless the reader leaves before
  const kill = (): void => { ffmpeg.kill('SIGKILL'); };
  signal.addEventListener('abort', kill);
  try {
    const reader = new GrayReader(gray);
    for await (const chunk of ffmpeg.stdout ?? []) yield* reader.push(chunk as Uint8Array);
    signal.throwIfAborted();
    const exitCode = await ended;
    if (exitCode === 0) return;
    const why = lastLine(complaint()) ?? `ffmpeg ended with ${exitCode}`;
    throw new DeviceError('camera.damaged', `${file} cannot be decoded to its end: ${why}`);
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

const lastLine = (text: string): string | undefined => redactAddresses(text).split('\n').at(-1) || undefined;
