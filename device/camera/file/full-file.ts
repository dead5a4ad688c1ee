/** A file of any kind, every picture of it decoded. */
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { tail } from '../../media/run-tool.ts';
import { FILE_ONLY } from './file-only.ts';
import type { FileAnalysis, FileOptions } from './file-analysis.ts';
import { decodesAll } from '../gate/decoding-state.ts';
import { spawnConfined, type Confinement } from '../stream/confined-child.ts';
import { FrameQueue } from '../stream/frame-queue.ts';
import { planPictures, type PicturePlan } from '../stream/picture-options.ts';
import { takeColour, takeGray } from '../stream/plan-frames.ts';
import { COLOUR_FDS, GRAY_FDS, LESS_DEBLOCKING, pictureOutputs } from '../stream/stream-arguments.ts';
import { damaged } from './damaged.ts';

const WAITING = 32;

export function analyseAll(
  file: string, size: Size, confinement: Confinement, options: FileOptions, signal: AbortSignal,
): FileAnalysis {
  const plan = planPictures(options, size);
  return {
    video: { size },
    frames: allFrames(file, plan, { confinement, onColour: options.onColour ?? (() => {}) }, signal),
    attend() {}, // all is decoded as it is
    decoding: decodesAll('asked'),
  };
}

interface Around { readonly confinement: Confinement; readonly onColour: (frame: ColourFrame) => void }

async function* allFrames(
  file: string, plan: PicturePlan, { confinement, onColour }: Around, signal: AbortSignal,
): AsyncGenerator<GrayFrame, void> {
  const ffmpeg = spawnConfined(confinement, 'ffmpeg', [
    '-nostdin', '-v', 'error', '-threads', '1', '-filter_threads', '1', ...LESS_DEBLOCKING, ...FILE_ONLY,
    '-i', `file:${file}`, ...pictureOutputs(plan),
  ], ['ignore', 'pipe', 'pipe', 'ignore', 'pipe', ...(plan.colour === undefined ? [] : ['pipe', 'pipe'] as const)]);
  const complaint = tail(ffmpeg.stderr);
  const queue = new FrameQueue(WAITING);
  ffmpeg.once('error', (error) => queue.end(error));
  ffmpeg.once('close', (code) => queue.end(code === 0 ? undefined : damaged(file, complaint(), code ?? -1)));
  const gray = takeGray(ffmpeg, plan, GRAY_FDS, (frame) => {
    queue.put(frame);
    if (!queue.full || gray.isPaused()) return;
    gray.pause();
    void queue.room().then(() => gray.resume());
  });
  takeColour(ffmpeg, plan, COLOUR_FDS, onColour);
  const kill = (): void => { ffmpeg.kill('SIGKILL'); };
  signal.addEventListener('abort', kill);
  try {
    for await (const frame of queue.read()) {
      signal.throwIfAborted();
      yield frame;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', kill);
    queue.end();
    kill();
  }
}
