/** The live stream as JPEGs: one ffmpeg, fed as a viewer of the hub is. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { LiveMessage } from '../../contract/device-api.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { coverWith } from '../../media/mask-picture.ts';
import { spawnError, tail } from '../../media/run-tool.ts';
import type { Viewer } from '../live-hub.ts';
import { JpegSplitter } from './jpeg-splitter.ts';

/** Pictures a second at most, and how wide. Decoding takes a processor's time that a small board has little of. */
export const FRAMES_PER_SECOND = 8;
const WIDEST = 1280;

export interface MjpegDecoderParts {
  /** From `maskPicture`: what must not be seen now. */
  readonly mask: () => string | undefined;
  readonly onPicture: (jpeg: Buffer) => void;
  /** It ended without being told to: of a picture that cannot be decoded, or for want of memory. */
  readonly onFailed: () => void;
  readonly log: Log;
}

export class MjpegDecoder implements Viewer, Disposable {
  readonly #parts: MjpegDecoderParts;
  #child: ChildProcess | undefined;
  #mask: string | undefined;

  constructor(parts: MjpegDecoderParts) { this.#parts = parts; }

  /** What it has not decoded yet: the hub lets it skip to the next keyframe when that is much. */
  get bufferedAmount(): number { return this.#child?.stdin?.writableLength ?? 0; }

  send(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      // What is to be hidden has changed, and this ffmpeg does not know: nothing is shown
      // until the stream begins anew by it.
      if (this.#child !== undefined && this.#mask !== this.#parts.mask()) this.#end();
      this.#child?.stdin?.write(data);
      return;
    }
    this.#end();
    if ((JSON.parse(data) as LiveMessage).type === 'init') this.#begin();
  }

  [Symbol.dispose](): void { this.#end(); }

  #begin(): void {
    const { mask, onPicture, onFailed, log } = this.#parts;
    this.#mask = mask();
    const child = spawn('ffmpeg', [...mjpegArguments(this.#mask)], { stdio: ['pipe', 'pipe', 'pipe'] });
    const splitter = new JpegSplitter();
    const complaint = tail(child.stderr);
    child.stdin.on('error', () => {}); // it ended: `exit` tells
    child.stdout.on('data', (chunk: Buffer) => {
      if (child === this.#child) for (const jpeg of splitter.push(chunk)) onPicture(jpeg);
    });
    const fail = (reason: string): void => {
      if (child !== this.#child) return; // it was told to end
      this.#child = undefined;
      log.warn('live pictures cannot be decoded; it is tried again in a moment', { reason });
      onFailed();
    };
    child.once('error', (cause) => fail(describeError(spawnError('ffmpeg', cause))));
    child.once('exit', (code) => fail(complaint() || `ffmpeg ended with ${code}`));
    this.#child = child;
  }

  #end(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
  }
}

const mjpegArguments = (mask: string | undefined): readonly string[] => {
  const size = `fps=${FRAMES_PER_SECOND},scale='min(${WIDEST},iw)':-2`;
  return [
    '-nostdin', '-v', 'error', '-threads', '1', '-filter_threads', '1',
    // Rather a damaged picture than none.
    '-flags', 'low_delay+output_corrupt', '-skip_loop_filter', 'noref',
    // The head tells all that there is to know: nothing is read ahead to guess it.
    '-analyzeduration', '0', '-fpsprobesize', '0', '-protocol_whitelist', 'pipe', '-f', 'mp4', '-i', 'pipe:0',
    ...(mask === undefined
      ? ['-map', '0:V:0', '-vf', size]
      : [
        '-protocol_whitelist', 'data', '-f', 'png_pipe', '-i', mask, '-filter_complex',
        `${coverWith('0:V', '1:v', 'covered')};[covered]${size}[out]`, '-map', '[out]',
      ]),
    '-c:v', 'mjpeg', '-q:v', '5', '-pix_fmt', 'yuvj420p', '-threads', '1', '-f', 'image2pipe', '-flush_packets',
    '1', 'pipe:1',
  ];
};
