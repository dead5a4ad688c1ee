import { z } from 'zod';
import type { Size } from '../core/geometry.ts';
import { seconds, type Millis } from '../core/units.ts';
import { runTool } from './run-tool.ts';

export interface VideoFacts {
  /** ffmpeg's name: `h264`, `hevc`, `mjpeg`, `rawvideo`. */
  readonly codec: string;
  readonly size: Size;
  readonly framesPerSecond: number | undefined;
  /** How many pictures a decoder waits for until it knows which is shown next; 0 where they come in that order. */
  readonly reorders: number;
  /** Undefined for a live stream. */
  readonly duration: Millis | undefined;
}

export interface SoundFacts {
  /** ffmpeg's name: `aac`, `pcm_alaw`, `opus`. */
  readonly codec: string;
  /** ffmpeg's name, such as `LC`; undefined where none is known. */
  readonly profile: string | undefined;
  /** Samples a second. */
  readonly sampleRate: number;
  readonly channels: number;
}

export type ProbeResult =
  | { readonly ok: true; readonly video: VideoFacts; readonly sound?: SoundFacts }
  | { readonly ok: false; readonly complaint: string };

/**
 * Asks ffprobe what video `input` holds, and what sound besides; a cover picture of a piece of music is no video.
 *
 * @param inputArgs - ffmpeg options that stand before the input: `-rtsp_transport tcp`, `-protocol_whitelist …`.
 * @throws {DeviceError} As `runTool`.
 */
export async function probeVideo(input: string, inputArgs: readonly string[], options: {
  readonly timeout?: Millis; readonly signal?: AbortSignal;
  /** What stands behind the input `pipe:0`. */
  readonly stdin?: string;
  /** As `ToolRun.confinement`. */
  readonly confinement?: readonly string[];
} = {}): Promise<ProbeResult> {
  const { exitCode, output, complaint } = await runTool({
    tool: 'ffprobe',
    args: [
      '-v', 'error', ...inputArgs, '-of', 'json',
      '-show_entries',
      'stream=codec_type,codec_name,profile,width,height,avg_frame_rate,r_frame_rate,has_b_frames,sample_rate,channels:stream_disposition=attached_pic:format=duration', '-i', input,
    ],
    timeout: options.timeout ?? seconds(20),
    ...(options.stdin === undefined ? {} : { input: Buffer.from(options.stdin) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.confinement === undefined ? {} : { confinement: options.confinement }),
  });
  if (exitCode !== 0) return { ok: false, complaint };
  const parsed = probeSchema.safeParse(JSON.parse(output.toString('utf8')));
  const streams = parsed.data?.streams ?? [];
  const stream = streams.map((one) => videoSchema.safeParse(one).data).find((found) => found !== undefined);
  if (stream === undefined) return { ok: false, complaint: complaint || 'it holds no video' };
  const sound = streams.map((one) => soundSchema.safeParse(one).data).find((found) => found !== undefined);
  return {
    ok: true,
    video: {
      codec: stream.codec_name,
      size: { width: stream.width, height: stream.height },
      framesPerSecond: rate(stream.avg_frame_rate) ?? rate(stream.r_frame_rate),
      reorders: stream.has_b_frames,
      duration: parsed.data?.format?.duration === undefined ? undefined : seconds(Number(parsed.data.format.duration)),
    },
    ...(sound === undefined ? {} : {
      sound: {
        codec: sound.codec_name, profile: sound.profile === 'unknown' ? undefined : sound.profile,
        sampleRate: sound.sample_rate, channels: sound.channels,
      },
    }),
  };
}

const videoSchema = z.object({
  codec_type: z.literal('video'), codec_name: z.string(),
  width: z.number().int().positive(), height: z.number().int().positive(),
  avg_frame_rate: z.string().optional(), r_frame_rate: z.string().optional(),
  has_b_frames: z.number().int().nonnegative().default(0),
  disposition: z.object({ attached_pic: z.literal(0) }),
});

const soundSchema = z.object({
  codec_type: z.literal('audio'), codec_name: z.string(), profile: z.string().optional(),
  sample_rate: z.coerce.number().int().positive(), channels: z.number().int().positive(),
});

const probeSchema = z.object({
  streams: z.array(z.unknown()),
  format: z.object({ duration: z.string().optional() }).optional(),
});

/** `25/1` -> 25; undefined for ffmpeg's `0/0`. */
function rate(text: string | undefined): number | undefined {
  const [numerator = NaN, denominator = NaN] = (text ?? '').split('/').map(Number);
  const value = numerator / denominator;
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
