/** Decoding by the board's own decoder: how ffmpeg is told to, and how it is found out whether that works. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Fragment } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { PictureDecoderState } from '../../contract/topics.ts';
import { describeError, isAbort } from '../../core/errors.ts';
import { redactAddresses } from '../../core/redact-addresses.ts';
import { seconds } from '../../core/units.ts';
import { runTool } from '../../media/run-tool.ts';
import { asStranger, type Confinement } from '../stream/confined-child.ts';

/** What makes an ffmpeg decode by hardware. */
export interface HardwareArguments {
  /** Options that stand before the input. */
  readonly input: readonly string[];
  /** Fetches the pictures that are looked at out of the hardware's memory; none where they come by themselves. */
  readonly fetch: string | undefined;
}

interface Board {
  readonly codec: string;
  /** What the system calls the decoder. */
  readonly device: RegExp;
  readonly hardware: HardwareArguments;
}

/** Every Raspberry Pi up to the 4 decodes H.264, the 4 and the 5 decode H.265; ffmpeg as Raspberry Pi builds it knows the latter. */
const BOARDS: readonly Board[] = [
  { codec: 'H.264', device: /^bcm2835-codec-decode/, hardware: { input: ['-c:v', 'h264_v4l2m2m'], fetch: undefined } },
  // Told where its pictures are to stay, ffmpeg cannot fall back to software without our noticing.
  { codec: 'H.265', device: /^(?:rpivid|rpi-hevc-dec)/, hardware: {
    input: ['-hwaccel', 'drm', '-hwaccel_output_format', 'drm_prime'], fetch: 'hwdownload,format=yuv420p|nv12|yuv420p10|p010',
  } },
];

interface Trial { readonly kind: string; readonly board: Board; readonly parts: Uint8Array[]; pictures: number }

export interface DecoderHardwareOptions {
  /** As the setting `vision.hardware`. */
  readonly mode: 'auto' | 'off';
  /** The system's list of video devices. */
  readonly devices: string;
  /** Of the camera's programs. */
  readonly confinement: Confinement;
  readonly tell: (state: PictureDecoderState) => void;
}

/** So many pictures are tried with. */
const TRIAL_PICTURES = 12;
/** Levels by which the hardware's pictures may differ from the software's, in the mean. */
const MOST_DIFFERENCE = 4;
const TRIAL_SIZE = { width: 64, height: 36 };

/** One camera's. It is tried once for each kind of video, on the first pictures that come, while software decodes them. */
export class DecoderHardware {
  readonly #options: DecoderHardwareOptions;
  readonly #signal: AbortSignal;
  /** The head of the connection that there is. */
  #latest: InitSegment | undefined;
  /** The kind of video of the latest trial. */
  #tried: string | undefined;
  #working: HardwareArguments | undefined;
  #trial: Trial | undefined;
  #told = '';

  constructor(options: DecoderHardwareOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Undefined while software decodes. */
  get inUse(): HardwareArguments | undefined { return this.#working; }

  /** A connection begins. @param apart - Whether its pictures are decoded by a program of its own, and `codec` at all. */
  async begin(init: InitSegment, codec: string, apart: boolean): Promise<void> {
    this.#latest = init;
    // A trial that still waited for pictures is not to get those of two connections.
    if (this.#trial !== undefined) this.#trial = this.#tried = undefined;
    if (codec === 'rawvideo') return; // nothing is to be decoded
    if (codec !== 'h264' && codec !== 'hevc') return this.#software(`boards decode H.264 and H.265 only, and the camera sends ${codec}`);
    if (this.#options.mode === 'off') return this.#software('as it is set (vision.hardware)');
    if (!apart) return this.#software('what is recorded depends on the same program, where every picture is decoded (vision.decode)');
    const kind = `${init.codec} ${init.size.width}x${init.size.height}`;
    if (kind === this.#tried) return;
    this.#working = undefined;
    const board = BOARDS.find((one) => one.codec === (codec === 'h264' ? 'H.264' : 'H.265'));
    const isThere = board !== undefined && await hasDevice(this.#options.devices, board.device);
    if (this.#latest !== init) return;
    this.#tried = kind;
    if (!isThere) {
      return this.#software(`this machine has no hardware decoder for ${board?.codec ?? codec}`);
    }
    this.#trial = { kind, board, parts: [init.data], pictures: 0 };
  }

  /** What is recorded, while a trial waits for its pictures. */
  see({ data, key, samples }: Fragment): void {
    const trial = this.#trial;
    if (trial === undefined || (trial.pictures === 0 && !key)) return;
    trial.parts.push(data);
    trial.pictures += samples;
    if (trial.pictures < TRIAL_PICTURES) return;
    this.#trial = undefined;
    void this.#try(trial, Buffer.concat(trial.parts));
  }

  /** It worked once, and does no more: software from now on. */
  failed(reason: string): void {
    if (this.#working === undefined) return;
    this.#working = undefined;
    this.#software(`the hardware decoder failed: ${firstLine(reason)}`);
  }

  async #try({ kind, board, pictures }: Trial, video: Uint8Array): Promise<void> {
    try {
      const { confinement } = this.#options;
      const expected = await this.#decode(video, { input: [], fetch: undefined }, asStranger(confinement));
      // Hardware is a device, which not everybody may open.
      const got = await this.#decode(video, board.hardware, confinement);
      if (this.#tried !== kind) return;
      const fault = differenceOf(expected, got, pictures);
      if (fault !== undefined) return this.#software(`the hardware decoder was tried: ${fault}`);
      this.#working = board.hardware;
      this.#tell({ kind: 'hardware', reason: `the board's decoder for ${board.codec} was tried on this camera's pictures, and works` });
    } catch (error) {
      if (!isAbort(error, this.#signal) && this.#tried === kind) this.#software(`the hardware decoder was tried: ${describeError(error)}`);
    }
  }

  async #decode(video: Uint8Array, { input, fetch }: HardwareArguments, confinement: Confinement): Promise<Buffer> {
    const { width, height } = TRIAL_SIZE;
    const { exitCode, output, complaint } = await runTool({
      tool: 'ffmpeg', confinement, input: video, timeout: seconds(20), signal: this.#signal,
      args: [
        '-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1', '-protocol_whitelist', 'pipe', ...input, '-f', 'mp4', '-i', 'pipe:0', '-map', '0:V:0',
        '-vf', [...(fetch === undefined ? [] : [fetch]), `scale=${width}:${height}:flags=area`, 'format=gray'].join(), '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1',
      ],
    });
    if (exitCode !== 0) throw new Error(firstLine(complaint));
    return output;
  }

  #software(reason: string): void { this.#tell({ kind: 'software', reason }); }

  #tell(state: PictureDecoderState): void {
    const text = JSON.stringify(state);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.tell(state);
  }
}

async function hasDevice(folder: string, wanted: RegExp): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  const titles = await Promise.all(names.map((name) => readFile(path.join(folder, name, 'name'), 'utf8').catch(() => '')));
  return titles.some((title) => wanted.test(title));
}

/** Why what the hardware made is not good enough; undefined when it is. */
function differenceOf(expected: Uint8Array, got: Uint8Array, pictures: number): string | undefined {
  const each = TRIAL_SIZE.width * TRIAL_SIZE.height;
  if (got.byteLength < expected.byteLength) return `it gave ${Math.floor(got.byteLength / each)} of ${pictures} pictures`;
  const sum = expected.reduce((total, level, at) => total + Math.abs(level - (got[at] ?? 0)), 0);
  const difference = sum / Math.max(expected.byteLength, 1);
  return difference > MOST_DIFFERENCE ? `its pictures are others (by ${difference.toFixed(1)} of 255 levels)` : undefined;
}

const firstLine = (complaint: string): string => redactAddresses(complaint).split('\n')[0]?.replace(/^\[[^\]]*\] /, '') || 'it gave no reason';
