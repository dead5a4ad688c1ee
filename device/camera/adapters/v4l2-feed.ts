/** USB cameras, by Video4Linux. */
import { DeviceError } from '../../core/errors.ts';
import type { Command } from '../command.ts';
import { explainComplaint } from '../stream/complaint.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { isCopied } from '../stream/stream-arguments.ts';
import { unmet, uprightFeed, type CameraWishes } from '../wishes.ts';
import { askProgram, unanswered } from './ask-program.ts';
import { applyControls, V4L2_CTL } from './v4l2-controls.ts';
import { chooseFormat, parseFormats, type V4l2Choice } from './v4l2-formats.ts';

const FPS = 15;

export class V4l2Feed implements FeedSource {
  readonly label: string;
  readonly #wishes: CameraWishes;
  readonly #ctl: Command;
  constructor(device: string, wishes: CameraWishes = {}, ctl: Command = V4L2_CTL) {
    this.label = device;
    this.#wishes = wishes;
    this.#ctl = ctl;
  }

  async open(signal: AbortSignal): Promise<Feed> {
    const listing = await listFormats(this.label, signal);
    const { size, orientation } = this.#wishes;
    const choice = chooseFormat(parseFormats(listing), { size, turned: orientation !== undefined });
    if (choice === undefined) {
      const complaint = explainComplaint(listing, this.label, false);
      throw complaint.code === 'camera.ended'
        ? new DeviceError('camera.no-video', `${this.label} is no camera that delivers H.264, MJPEG or raw pictures`)
        : complaint;
    }
    const feed = v4l2Feed(this.label, choice, this.#wishes);
    return {
      ...feed, unmet: [...feed.unmet ?? [], ...await applyControls(this.#ctl, this.label, this.#wishes, signal)],
    };
  }
}

/**
 * What ffmpeg prints of `device`: its formats, or why it cannot tell.
 * @throws {DeviceError} `media.tool-missing` without ffmpeg, `camera.timeout` when the camera does not answer.
 */
export async function listFormats(device: string, signal: AbortSignal): Promise<string> {
  const args = ['-nostdin', '-hide_banner', '-f', 'v4l2', '-list_formats', 'all', '-i', device];
  const answer = await askProgram('ffmpeg', args, { signal });
  switch (answer.type) {
    case 'said': return answer.text;
    case 'missing':
      throw new DeviceError('media.tool-missing', 'ffmpeg is not installed; type: sudo apt-get install ffmpeg');
    case 'silent': throw unanswered(device, answer.why);
    default: return answer satisfies never;
  }
}

/** The driver takes the nearest frame rate that it knows. */
export function v4l2Feed(device: string, { format, size }: V4l2Choice, wishes: CameraWishes = {}): Feed {
  const codec = format.kind === 'raw' ? 'rawvideo' : format.name;
  const copied = isCopied(codec);
  const wished = wishes.size ?? size;
  return {
    input: [
      '-fflags', '+genpts', '-f', 'v4l2', format.kind === 'raw' ? '-pixel_format' : '-input_format', format.name,
      '-video_size', `${size.width}x${size.height}`, '-framerate', String(wishes.frameRate ?? FPS), '-i', device,
    ],
    stdin: { type: 'nothing' },
    opensHere: true,
    codec,
    ...uprightFeed(size, copied ? undefined : wishes.orientation),
    unmet: [
      ...(wished.width === size.width && wished.height === size.height ? []
        : [
          unmet('size', `${device} offers ${format.sizes.map(({ width, height }) => `${width}x${height}`)
            .join(', ')}; ${size.width}x${size.height} is taken`),
        ]),
      ...(copied && wishes.orientation !== undefined
      ? [unmet('orientation', `${device} delivers nothing but H.264, which is recorded as it comes`)]
      : []),
    ],
  };
}
