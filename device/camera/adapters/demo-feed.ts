/** The demo camera: a thread of ours paints a yard in real time, ffmpeg encodes it. */
import type { Size } from '../../core/geometry.ts';
import { seconds } from '../../core/units.ts';
import { Painters } from '../demo/painter-thread.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { unmetBut, uprightFeed, type CameraWishes } from '../wishes.ts';

const SIZE: Size = { width: 1280, height: 720 };
const FPS = 10;
/** The noise of its sensor is painted, too, and most of its bits: a third fewer show the same, and are less to hold. */
const RATE_FACTOR = 26;
/** All that stands still is painted first: a second of a desktop's processor, half a minute of a small board's. */
const FIRST_WITHIN = seconds(180);

export class DemoFeed implements FeedSource {
  readonly label: string;
  readonly isDemo = true;
  readonly #speed: number;
  readonly #wishes: CameraWishes;
  readonly #painters: Painters;

  /**
   * @param speed - How fast the yard's time runs: 1 as ours.
   * @param painters - Where the painter of a demo camera before this one may still be.
   */
  constructor(label: string, speed = 1, wishes: CameraWishes = {}, painters = new Painters()) {
    this.label = label;
    this.#speed = speed;
    this.#wishes = wishes;
    this.#painters = painters;
  }

  open(): Promise<Feed> {
    const { frameRate = FPS, orientation } = this.#wishes;
    const size = paintable(this.#wishes.size ?? SIZE);
    return Promise.resolve({
      input: [
        // A painter that has no time for a picture leaves it out; the others must not come earlier for that.
        '-protocol_whitelist', 'pipe', '-use_wallclock_as_timestamps', '1', '-f', 'rawvideo', '-pix_fmt', 'yuv420p',
        '-video_size', `${size.width}x${size.height}`, '-framerate', String(frameRate), '-i', 'pipe:0',
      ],
      stdin: { type: 'pictures', start: (put, fail) =>
        this.#painters.start({ size, framesPerSecond: frameRate, speed: this.#speed }, put, fail) },
      codec: 'rawvideo',
      rateFactor: RATE_FACTOR,
      firstWithin: FIRST_WITHIN,
      ...uprightFeed(size, orientation),
      repeats: true,
      unmet: unmetBut(this.#wishes, ['size', 'frameRate', 'orientation'], 'the demo camera is painted'),
    });
  }
}

/** It is painted in blocks of eight, from 64 to 4096 pixels. */
const paintable = ({ width, height }: Size): Size => ({ width: blocks(width), height: blocks(height) });
const blocks = (side: number): number => Math.min(Math.max(Math.round(side / 8), 8), 512) * 8;
