/**
 * Puts a camera's sound beside its video, fragment by fragment, whether it comes or not. Times are the input's at
 * first.
 */
import type { AacFormat } from '../../contract/aac.ts';
import { Mp4Error } from '../../contract/mp4-boxes.ts';
import { rebaseFragment, type Fragment } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { addSound, addSoundTrack } from '../../contract/mp4-sound.ts';
import { BugError } from '../../core/errors.ts';
import { millis } from '../../core/units.ts';
import { SoundLine } from './sound-line.ts';
import { SoundReader, type HeardFrame } from './sound-reader.ts';

/** Frames that come before the first picture. */
const MOST_EARLY = 512;

export class SoundJoiner {
  readonly #format: AacFormat;
  readonly #line: SoundLine;
  readonly #onTrouble: (error: Mp4Error) => void;
  #reader: SoundReader | undefined;
  readonly #early: HeardFrame[] = [];
  #init: InitSegment | undefined;
  /** Ticks of the first picture, in the input's time. */
  #base: number | undefined;
  #sequence = 0;

  /** @param onTrouble - Hears at most once that what comes is no sound; silence is recorded from then on. */
  constructor(format: AacFormat, onTrouble: (error: Mp4Error) => void) {
    this.#format = format;
    this.#onTrouble = onTrouble;
    this.#reader = new SoundReader(format.sampleRate);
    this.#line = new SoundLine(format);
  }

  /** The head of video alone, with a track of sound. */
  init(init: InitSegment): InitSegment {
    this.#init = addSoundTrack(init, this.#format);
    return this.#init;
  }

  /** ffmpeg's output of sound, as it comes. */
  heard(chunk: Uint8Array): void {
    try {
      for (const frame of this.#reader?.push(chunk) ?? []) this.#take(frame);
    } catch (error) {
      if (!(error instanceof Mp4Error)) throw error;
      this.#reader = undefined;
      this.#onTrouble(error);
    }
  }

  /** A fragment of video alone, with the sound that has come for it, on a timeline that starts at 0 with the first. */
  fragment(fragment: Fragment): Fragment {
    const { video, sound } = this.#init ?? {};
    if (video === undefined || sound === undefined)
      throw new BugError('camera.sound', 'a fragment came before the head of its stream');
    const base = this.#base ??= fragment.startTicks;
    for (const frame of this.#early.splice(0)) this.#put(frame, base);
    const startTicks = fragment.startTicks - base;
    const start = millis(startTicks * 1000 / video.timescale);
    const run = this.#line.take(Math.round((start + fragment.duration) * sound.timescale / 1000));
    const alone = rebaseFragment(fragment, base, ++this.#sequence);
    return {
      ...fragment, startTicks, start, data: run.samples.length === 0 ? alone : addSound(alone, sound, run),
      tracks: { video, sound },
    };
  }

  #take(frame: HeardFrame): void {
    if (this.#base !== undefined) return this.#put(frame, this.#base);
    this.#early.push(frame);
    if (this.#early.length > MOST_EARLY) this.#early.shift();
  }

  #put({ at, data }: HeardFrame, base: number): void {
    const { video } = this.#init ?? {};
    if (video !== undefined)
      this.#line.push({ ticks: Math.round((at - base / video.timescale) * this.#format.sampleRate), data });
  }
}
