/**
 * A track of sound that never has a hole, made of frames that come, stop, come late or drift: players stand still where
 * a track breaks off, and so sound must not. Pure; times are ticks of the sample rate, on the video's timeline.
 */
import { AAC_FRAME, silentFrame, type AacFormat } from '../../contract/aac.ts';
import type { SoundRun, SoundSample } from '../../contract/mp4-sound.ts';

export interface SoundFrame { readonly ticks: number; readonly data: Uint8Array }

/** Seconds by which a frame may be off its place before silence or a cut puts the next one right. */
const TREMBLE = 0.05;
/** After this many seconds without a frame sound is taken for gone: silence keeps step with the video. */
const GONE_AFTER = 1;
/** Sound may be this many seconds behind the video; what comes later is not waited for. */
const MOST_LATE = 2;
/** Video that leaps ahead by more seconds than this leaves a hole in sound as it does in itself. */
const LEAP = 10;
/** Frames that belong to a picture which is still to come. No more are held. */
const MOST_WAITING = 512;

export class SoundLine {
  readonly #rate: number;
  readonly #silence: Uint8Array;
  readonly #waiting: SoundFrame[] = [];
  /** Where the track continues. */
  #next = 0;
  /** Nothing real stands right before it: the next frame goes exactly where it belongs. */
  #isSilent = true;
  #came = false;
  /** Up to where video had come when the latest frame came. */
  #heardAt = -Infinity;
  #dropped = 0;

  constructor({ sampleRate, channels }: AacFormat) {
    this.#rate = sampleRate;
    this.#silence = silentFrame(channels);
  }

  /** Frames that came too late, or for a time that was taken already. */
  get dropped(): number { return this.#dropped; }

  push(frame: SoundFrame): void {
    this.#came = true;
    this.#waiting.push(frame);
    if (this.#waiting.length > MOST_WAITING) this.#drop();
  }

  /** What sounds from where the last run ended up to `end`, or as far as it has come. It may have no samples. */
  take(end: number): SoundRun {
    if (this.#came) this.#heardAt = end;
    this.#came = false;
    if (end - this.#next > LEAP * this.#rate) {
      this.#next = Math.floor(end - MOST_LATE * this.#rate);
      this.#isSilent = true;
    }
    const run = new RunBuilder(this.#next);
    for (let [frame] = this.#waiting; frame !== undefined && frame.ticks < end; [frame] = this.#waiting) {
      if (!this.#place(frame, run)) this.#dropped++;
      this.#waiting.shift();
    }
    const isGone = end - this.#heardAt >= GONE_AFTER * this.#rate;
    if (isGone || end - this.#next > MOST_LATE * this.#rate)
      this.#fill(Math.floor((end - this.#next) / AAC_FRAME), 0, run);
    return run;
  }

  /** False when its time is taken. */
  #place({ ticks, data }: SoundFrame, run: RunBuilder): boolean {
    const off = ticks - this.#next;
    if (off < (this.#isSilent ? 0 : -TREMBLE * this.#rate)) return false;
    if (this.#isSilent || off > TREMBLE * this.#rate) this.#fill(Math.floor(off / AAC_FRAME), off % AAC_FRAME, run);
    run.add({ duration: AAC_FRAME, data });
    this.#next += AAC_FRAME;
    this.#isSilent = false;
    return true;
  }

  /** Silence of so many frames, and of `rest` ticks, less than one, after them. */
  #fill(frames: number, rest: number, run: RunBuilder): void {
    for (let n = 0; n < frames; n++) run.add({ duration: AAC_FRAME, data: this.#silence });
    run.stretch(rest);
    this.#next += Math.max(0, frames) * AAC_FRAME + rest;
    this.#isSilent = true;
  }

  #drop(): void {
    this.#waiting.shift();
    this.#dropped++;
  }
}

class RunBuilder implements SoundRun {
  startTicks: number;
  readonly samples: SoundSample[] = [];
  constructor(startTicks: number) { this.startTicks = startTicks; }

  add(sample: SoundSample): void { this.samples.push(sample); }

  /** The next sample begins so much later. */
  stretch(ticks: number): void {
    const last = this.samples.pop();
    if (last === undefined) this.startTicks += ticks;
    else this.samples.push({ ...last, duration: last.duration + ticks });
  }
}
