/** ffmpeg, and the program that feeds it where there is one: started together, ended together. */
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BugError } from '../../core/errors.ts';
import { seconds, type Millis } from '../../core/units.ts';
import { spawnError, tail } from '../../media/run-tool.ts';
import { endChild, spawnConfined, type Confinement } from './confined-child.ts';
import type { Feed, FeedInput } from './feed.ts';
import { GRAY_FD, MP4_FD, streamArguments } from './stream-arguments.ts';

export interface Pipeline {
  readonly gray: Readable;
  readonly mp4: Readable;
  /**
   * Resolves when all programs have ended and what they wrote was read, with what they complained about last.
   * @throws {Error} When one could not be started, or the pictures that this process gets failed.
   */
  readonly ended: Promise<string>;
  /** Lets the programs finish what they write; they are gone after `grace` at most. One second if not given. */
  stop(grace?: Millis): void;
}

const GRACE = seconds(1);

export function startPipeline(feed: Feed, confinement: Confinement): Pipeline {
  const feeder = feed.stdin.type === 'program'
    ? spawnConfined(confinement, feed.stdin.command, feed.stdin.args, ['ignore', 'pipe', 'pipe'])
    : undefined;
  const ffmpeg = spawnConfined(confinement, 'ffmpeg', streamArguments(feed),
    [feeder?.stdout ?? (feed.stdin.type === 'nothing' ? 'ignore' : 'pipe'), 'pipe', 'pipe', 'pipe']);
  // ffmpeg alone reads now: when it ends, the feeder's next picture ends the feeder.
  feeder?.stdout?.destroy();
  const children = feeder === undefined ? [ffmpeg] : [feeder, ffmpeg];
  const stop = (grace = GRACE): void => children.forEach((child) => endChild(child, grace));
  const fed = feedStdin(feed.stdin, ffmpeg.stdin);
  return { gray: readable(ffmpeg, GRAY_FD), mp4: readable(ffmpeg, MP4_FD), ended: whenEnded(children, fed, stop), stop };
}

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
    const put = (picture: Uint8Array): void => { if (!stdin.writableNeedDrain && !stdin.destroyed) stdin.write(picture); };
    stopPictures = input.start(put, reject);
  });
  return { failed, stop: () => { stopPictures(); stdin.end(); } };
}

function readable(child: ChildProcess, fd: number): Readable {
  const stream = child.stdio[fd];
  if (stream !== null && stream !== undefined && 'read' in stream) return stream;
  throw new BugError('camera.pipe', `descriptor ${fd} is no pipe`);
}
