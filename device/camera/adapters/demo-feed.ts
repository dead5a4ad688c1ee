/** The demo camera: a program of ours paints a yard in real time, ffmpeg encodes it. */
import { fileURLToPath } from 'node:url';
import type { Feed, FeedSource } from '../stream/feed.ts';

const SIZE = { width: 1280, height: 720 };
const FPS = 10;

export class DemoFeed implements FeedSource {
  readonly label: string;
  readonly isDemo = true;
  constructor(label: string) { this.label = label; }

  open(): Promise<Feed> {
    return Promise.resolve({
      input: [
        '-protocol_whitelist', 'pipe', '-f', 'rawvideo', '-pix_fmt', 'yuv420p',
        '-video_size', `${SIZE.width}x${SIZE.height}`, '-framerate', String(FPS), '-i', 'pipe:0',
      ],
      stdin: {
        type: 'program',
        command: process.execPath,
        args: [demoProgram(), '--size', `${SIZE.width}x${SIZE.height}`, '--fps', String(FPS), '--realtime'],
      },
      codec: 'rawvideo',
      size: SIZE,
    });
  }
}

/** Beside us, compiled as we are. */
const demoProgram = (): string =>
  fileURLToPath(new URL(`../demo/main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));
