/** An ffmpeg of its own that decodes the packets it is given, and nothing else: it may die without harm to the recording. */
import type { ChildProcess } from 'node:child_process';
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { Size } from '../../core/geometry.ts';
import { endWords, FfmpegFaults, TELL_FAULTS } from '../../media/ffmpeg-faults.ts';
import { tail } from '../../media/run-tool.ts';
import { colourBytes, colourOutput } from '../stream/colour.ts';
import { asStranger, spawnConfined, withoutEnvironment, type Confinement } from '../stream/confined-child.ts';
import { grayOutput } from '../stream/gray.ts';
import { readPictures, type PictureDescriptors, type RawPicture } from '../stream/picture-output.ts';
import { LESS_DEBLOCKING } from '../stream/stream-arguments.ts';
import { fragmentHead } from './encoded-picture.ts';
import type { HardwareArguments } from './decoder-hardware.ts';
import { endOfSequence, spliceOf, type Splice } from './nal-units.ts';
import type { Packet } from './packet.ts';

export interface DecoderOptions {
  readonly init: InitSegment;
  /** Ticks of the stream's first picture: from there on time is cut into slots. */
  readonly origin: number;
  readonly gray: { readonly size: Size; readonly framesPerSecond: number };
  readonly colour?: { readonly size: Size; readonly framesPerSecond: number } | undefined;
  readonly confinement: Confinement;
  /** Software decodes if not given. */
  readonly hardware?: HardwareArguments | undefined;
}

/** `ticks` are those of its packet, `part` counts what was fed in one go. */
export interface DecodedPicture extends RawPicture { readonly part: number }

export interface DecoderHandlers {
  gray(picture: DecodedPicture): void;
  colour(picture: DecodedPicture): void;
  /** It has ended though nobody told it to, with its last complaint. */
  died(complaint: string): void;
  /**
   * A picture could not be decoded, or not without fault; or, with its last words, it was told that it was given all, and ended before
   * that was decoded. Without it nobody listens to what it complains of.
   */
  readonly fault?: ((lastWords?: string) => void) | undefined;
}

const GRAY = { pixels: 1, times: 3 } as const;
const COLOUR = { pixels: 4, times: 5 } as const;

export class PictureDecoder implements Disposable {
  readonly #ffmpeg: ChildProcess;
  readonly #trackId: number;
  readonly #timeline: Timeline;
  /** What it was told of hardware. */
  readonly hardware: HardwareArguments | undefined;
  /** Undefined where it does not understand it. */
  readonly #end: Uint8Array | undefined;
  readonly #splice: Splice;
  #latest: Packet | undefined;
  #sequence = 1;
  #over = false;
  /** It was given all. */
  #finishing = false;

  constructor(options: DecoderOptions, handlers: DecoderHandlers) {
    const { init, origin, gray, colour, confinement, hardware } = options;
    this.hardware = hardware;
    this.#end = hardware === undefined ? endOfSequence(init) : undefined;
    this.#splice = spliceOf(init);
    this.#trackId = init.video.trackId;
    this.#timeline = new Timeline(init.video.timescale, origin);
    // Hardware is a device, which not everybody may open.
    this.#ffmpeg = spawnConfined(hardware === undefined ? asStranger(confinement) : withoutEnvironment(confinement), 'ffmpeg',
      decoderArguments(options, handlers.fault !== undefined), ['pipe', 'pipe', 'pipe', 'pipe', ...(colour === undefined ? [] : ['pipe', 'pipe'] as const)]);
    const complaint = this.#listen(handlers);
    this.#ffmpeg.stdin?.on('error', () => {}); // its end tells
    const end = (why: string): void => {
      if (this.#over) return;
      this.#over = true;
      handlers.died(why);
    };
    this.#ffmpeg.once('error', (error) => end(error.message));
    this.#ffmpeg.once('close', (code, signal) => {
      const words = endWords(complaint(), code, signal);
      if (this.#finishing && words !== undefined) handlers.fault?.(words);
      end(words ?? complaint());
    });
    this.#read(GRAY, gray.size.width * gray.size.height, (picture) => handlers.gray(picture));
    if (colour !== undefined) this.#read(COLOUR, colourBytes(colour.size), (picture) => handlers.colour(picture));
    this.#ffmpeg.stdin?.write(init.data);
  }

  /** Bytes that wait to be decoded. */
  get backlog(): number { return this.#ffmpeg.stdin?.writableLength ?? 0; }

  /** The number of the part that was fed last. */
  get part(): number { return this.#timeline.part; }

  /** @param follows - Whether this is the packet next to the one before, so that it continues that decoding. */
  feed(packet: Packet, follows: boolean): void {
    const shift = this.#timeline.place(packet.ticks, follows);
    this.#latest = packet;
    const { picture } = packet;
    const payload = follows ? picture.payload : this.#splice(picture.payload);
    this.#write(fragmentHead(picture, this.#trackId, shift, this.#sequence++), payload);
  }

  /**
   * Has it let go of one picture that it holds back until it gets more. False where it cannot be told, and does not.
   * What follows is decoded as if nothing had been said.
   */
  letGo(): boolean {
    const [latest, payload] = [this.#latest, this.#end];
    if (latest === undefined || payload === undefined) return false;
    const { picture } = latest;
    const end = { ...picture, decodeTicks: picture.decodeTicks + 1, duration: 1, key: false, payload };
    this.#write(fragmentHead(end, this.#trackId, this.#timeline.place(latest.ticks, true), this.#sequence++), payload);
    return true;
  }

  /** What it was given is all: it ends once that is decoded. Resolves then. */
  async finish(): Promise<void> {
    const closed = new Promise<void>((resolve) => { this.#ffmpeg.once('close', () => resolve()); });
    if (this.#over) return;
    this.#over = this.#finishing = true;
    this.#ffmpeg.stdin?.end();
    await closed;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#finishing = false;
    this.#ffmpeg.kill('SIGKILL');
  }

  /** Returns what is held of its complaints. */
  #listen({ fault }: DecoderHandlers): () => string {
    if (fault === undefined) return tail(this.#ffmpeg.stderr);
    const faults = new FfmpegFaults(this.#ffmpeg.stderr, () => fault());
    return () => faults.words;
  }

  /** What is fed in one turn of the event loop goes in one go. */
  #write(head: Uint8Array, payload: Uint8Array): void {
    const { stdin } = this.#ffmpeg;
    if (stdin === null || this.#over) return;
    if (stdin.writableCorked === 0) {
      stdin.cork();
      setImmediate(() => stdin.uncork());
    }
    stdin.write(head);
    stdin.write(payload);
  }

  #read(descriptors: PictureDescriptors, bytes: number, take: (picture: DecodedPicture) => void): void {
    readPictures(this.#ffmpeg, descriptors, bytes, ({ ticks, pixels }) => take({ ...this.#timeline.true(ticks), pixels }));
  }
}

const HEADROOM_SECONDS = 10;

/**
 * What the decoder is told of time. It never runs backwards there, also when a part of the stream is decoded that lies before
 * one that was; and whatever does not follow on what was decoded last falls into another slot of sampling than that.
 */
class Timeline {
  readonly #second: number;
  /** From which decoder time on which shift was in force; the newest last. */
  readonly #shifts: { readonly part: number; readonly from: number; readonly shift: number }[] = [];
  #part = 0;
  #newest = -Infinity;

  readonly #firstShift: number;

  constructor(timescale: number, origin: number) {
    this.#second = timescale;
    // Decoding times lie before those of showing, and must not be negative.
    this.#firstShift = HEADROOM_SECONDS * timescale - origin;
  }

  /** How much later the decoder is told that a picture of `ticks` is. */
  place(ticks: number, follows: boolean): number {
    let shift = this.#shifts.at(-1)?.shift ?? this.#firstShift;
    if (!follows) {
      // Whole seconds: the slots stay where they are. Two: pictures that lead the newest are later than that, too.
      if (this.#newest > -Infinity && ticks + shift < this.#newest + this.#second) {
        shift += Math.ceil((this.#newest + this.#second - ticks - shift) / this.#second) * this.#second;
      }
      this.#shifts.push({ part: ++this.#part, from: ticks + shift, shift });
      if (this.#shifts.length > 64) this.#shifts.shift();
    }
    this.#newest = Math.max(this.#newest, ticks + shift);
    return shift;
  }

  /** @param told - Time of a picture that came out. */
  true(told: number): { readonly ticks: number; readonly part: number } {
    const { part, shift } = this.#shifts.findLast(({ from }) => from <= told) ?? { part: 0, shift: this.#firstShift };
    return { ticks: told - shift, part };
  }

  /** How many parts were begun: each is decoded in one go. */
  get part(): number { return this.#part; }
}

function decoderArguments({ gray, colour, hardware }: DecoderOptions, tellsFaults: boolean): readonly string[] {
  return [
    '-nostdin', '-hide_banner', ...(tellsFaults ? TELL_FAULTS : ['-loglevel', 'error']), '-threads', '1', '-filter_threads', '1',
    '-flags', 'low_delay', ...LESS_DEBLOCKING,
    // Nothing is to be found out by waiting for more: the head says it all, and times are to stay as they are.
    '-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0', '-copyts', '-ignore_editlist', '1',
    '-protocol_whitelist', 'pipe', ...(hardware?.input ?? []), '-f', 'mp4', '-i', 'pipe:0',
    ...grayOutput(gray.size, gray.framesPerSecond, 'as-given', GRAY, hardware?.fetch),
    ...(colour === undefined ? [] : colourOutput(colour.size, colour.framesPerSecond, 'as-given', COLOUR, hardware?.fetch)),
  ];
}
