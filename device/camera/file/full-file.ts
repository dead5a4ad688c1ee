/** A file of any kind, every picture of it decoded. */
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { endWords, FfmpegFaults, TELL_FAULTS } from '../../media/ffmpeg-faults.ts';
import type { FileAnalysis, FileOptions } from './file-analysis.ts';
import type { Torn } from './torn.ts';
import { FileFaults } from './file-faults.ts';
import { fileArguments } from './file-only.ts';
import { decodesAll } from '../gate/decoding-state.ts';
import { spawnConfined, type Confinement } from '../stream/confined-child.ts';
import { FrameQueue } from '../stream/frame-queue.ts';
import { planPictures, type PicturePlan } from '../stream/picture-options.ts';
import { takeColour, takeGray } from '../stream/plan-frames.ts';
import { COLOUR_FDS, GRAY_FDS, LESS_DEBLOCKING, pictureOutputs } from '../stream/stream-arguments.ts';

const WAITING = 32;

export interface WholeFile { readonly file: string; readonly size: Size; readonly torn: Torn | undefined }

export function analyseAll(
  { file, size, torn }: WholeFile, confinement: Confinement, options: FileOptions, signal: AbortSignal,
): FileAnalysis {
  const plan = planPictures(options, size);
  return {
    video: { size },
    frames: allFrames({ file, torn }, plan, { confinement, onColour: options.onColour ?? (() => {}) }, signal),
    attend() {}, // all is decoded as it is
    decoding: decodesAll('asked'),
  };
}

interface Around { readonly confinement: Confinement; readonly onColour: (frame: ColourFrame) => void }

async function* allFrames(
  { file, torn }: Omit<WholeFile, 'size'>, plan: PicturePlan, { confinement, onColour }: Around, signal: AbortSignal,
): AsyncGenerator<GrayFrame, void> {
  const ffmpeg = spawnConfined(confinement, 'ffmpeg', [
    '-nostdin', '-hide_banner', ...TELL_FAULTS, '-threads', '1', '-filter_threads', '1', ...LESS_DEBLOCKING,
    ...fileArguments(file, torn), ...pictureOutputs(plan),
  ], ['ignore', 'pipe', 'pipe', 'ignore', 'pipe', ...(plan.colour === undefined ? [] : ['pipe', 'pipe'] as const)]);
  const faults = new FileFaults(file, torn);
  // Whatever is said before its first picture: a stream may have been joined anywhere.
  const said = new FfmpegFaults(ffmpeg.stderr, () => { if (faults.hasShown) faults.add(); });
  const queue = new FrameQueue(WAITING);
  ffmpeg.once('error', (error) => queue.end(error));
  ffmpeg.once('close', (code, signalCode) => {
    const lastWords = endWords(said.words, code, signalCode);
    if (lastWords !== undefined) faults.ended(lastWords);
    queue.end(faults.error());
  });
  const gray = takeGray(ffmpeg, plan, GRAY_FDS, (frame) => {
    faults.shown(frame.at);
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
