/** ffmpeg, and the program that feeds it where there is one: started together, ended together. */
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { seconds, type Millis } from '../../core/units.ts';
import { spawnError, tail } from '../../media/run-tool.ts';
import { asStranger, endChild, spawnConfined, type Confinement } from './confined-child.ts';
import type { Feed, FeedInput, PutPicture } from './feed.ts';
import { MaskedArea } from './masks.ts';
import { readable } from './picture-output.ts';
import type { PictureOptions, PicturePlan } from './picture-options.ts';
import type { SoundPlan } from '../sound/plan-sound.ts';
import {
  isCopied, MASK_FD, MP4_FD, packetArguments, PACKETS_FD, SOUND_FD, streamArguments,
} from './stream-arguments.ts';

export interface Pipeline {
  /** Its other outputs are the pictures that were planned, or packets. */
  readonly ffmpeg: ChildProcess;
  readonly mp4: Readable;
  /**
   * Every packet as a fragment of its own, where pictures are decoded elsewhere; undefined where `ffmpeg` decodes them.
   */
  readonly packets: Readable | undefined;
  /** The sound alone, where it was planned. */
  readonly sound: Readable | undefined;
  /**
   * Resolves when all programs have ended and what they wrote was read, with what they complained about last.
   * @throws {Error} When one could not be started, or the pictures that this process gets failed.
   */
  readonly ended: Promise<string>;
  /** Lets the programs finish what they write; they are gone after `grace` at most. One second if not given. */
  stop(grace?: Millis): void;
}

const GRACE = seconds(1);

export interface PipelinePlan {
  readonly plan: PicturePlan;
  readonly options: PictureOptions;
  readonly sound: SoundPlan | undefined;
}

export function startPipeline(feed: Feed, { plan, options, sound }: PipelinePlan, confinement: Confinement): Pipeline {
  const gated = isCopied(feed.codec) && (options.decode ?? 'auto') === 'auto';
  const decoded = options.decode === 'none' ? undefined : plan;
  const mask = new MaskedArea(isCopied(feed.codec) ? [] : options.masks ?? [], feed.size);
  const feeder = feed.stdin.type === 'program'
    ? spawnConfined(confinement, feed.stdin.command, feed.stdin.args, ['ignore', 'pipe', 'pipe'])
    : undefined;
  const stdin = feeder?.stdout ?? (feed.stdin.type === 'nothing' ? 'ignore' : 'pipe');
  const rights = feed.opensHere === true ? confinement : asStranger(confinement);
  const ffmpeg = gated
    ? spawnConfined(
      rights, 'ffmpeg', packetArguments(feed, sound), [stdin, 'pipe', 'pipe', 'pipe', ...withSound('ignore', sound)],
    )
    : spawnConfined(rights, 'ffmpeg', streamArguments(feed, decoded, { masked: !mask.empty, sound }), [
      stdin, 'pipe', 'pipe', 'pipe', ...withSound('pipe', sound),
    ]);
  if (!gated) giveMask(ffmpeg, mask);
  // ffmpeg alone reads now: when it ends, the feeder's next picture ends the feeder.
  feeder?.stdout?.destroy();
  const children = feeder === undefined ? [ffmpeg] : [feeder, ffmpeg];
  const stop = (grace = GRACE): void => children.forEach((child) => endChild(child, grace));
  const fed = feedStdin(feed.stdin, ffmpeg.stdin);
  return {
    ffmpeg, mp4: readable(ffmpeg, MP4_FD), packets: gated ? readable(ffmpeg, PACKETS_FD) : undefined,
    sound: sound === undefined ? undefined : readable(ffmpeg, SOUND_FD),
    ended: whenEnded(children, fed, stop), stop,
  };
}

/** What stands between the recording's descriptor and that of the sound, and the latter. */
const withSound = (between: 'ignore' | 'pipe', sound: SoundPlan | undefined): readonly ('ignore' | 'pipe')[] =>
  [between, between, between, between, ...(sound === undefined ? [] : ['pipe'] as const)];

async function whenEnded(children: readonly ChildProcess[], fed: Fed, stop: () => void): Promise<string> {
  const complaints = children.map((child) => tail(child.stderr));
  const closed = children.map((child) => whenClosed(child, stop));
  try {
    await Promise.race([fed.failed, Promise.all(closed)]);
  } finally {
    fed.stop();
    stop();
    await Promise.allSettled(closed);
  }
  return complaints.map((complaint) => complaint()).filter((text) => text !== '').join('\n');
}

/** The end of one is the end of all. */
const whenClosed = (child: ChildProcess, stop: () => void): Promise<void> => new Promise((resolve, reject) => {
  child.once('error', (cause) => {
    stop();
    reject(child.spawnfile === 'ffmpeg' ? spawnError('ffmpeg', cause) : cause);
  });
  child.once('exit', () => stop());
  child.once('close', () => resolve());
});

interface Fed { readonly failed: Promise<never>; stop(): void }

/** Writes what this process has for ffmpeg. Pictures that ffmpeg is too slow for are dropped, not kept. */
function feedStdin(input: FeedInput, stdin: Writable | null): Fed {
  stdin?.on('error', () => {}); // ffmpeg ended first: its own end tells why
  if (input.type === 'text') stdin?.end(input.text);
  if (input.type !== 'pictures' || stdin === null) return { failed: new Promise<never>(() => {}), stop() {} };
  let stopPictures = (): void => {};
  const failed = new Promise<never>((_, reject) => {
    const put: PutPicture = (picture, taken = () => {}) => {
      if (stdin.writableNeedDrain || stdin.destroyed) taken();
      else stdin.write(picture, taken);
    };
    stopPictures = input.start(put, reject);
  });
  return { failed, stop: () => { stopPictures(); stdin.end(); } };
}

function giveMask(ffmpeg: ChildProcess, mask: MaskedArea): void {
  const stream = [...ffmpeg.stdio][MASK_FD];
  if (stream === null || stream === undefined || !('end' in stream)) return;
  stream.on('error', () => {}); // ffmpeg's own end tells why
  if (mask.empty) stream.end();
  else stream.end(mask.overlay());
}
