/** USB cameras, by Video4Linux. */
import { DeviceError } from '../../core/errors.ts';
import { explainComplaint } from '../stream/complaint.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { askProgram } from './ask-program.ts';
import { chooseFormat, parseFormats, type V4l2Choice } from './v4l2-formats.ts';

const FPS = 15;

export class V4l2Feed implements FeedSource {
  readonly label: string;
  constructor(device: string) { this.label = device; }

  async open(signal: AbortSignal): Promise<Feed> {
    const listing = await listFormats(this.label, signal);
    const choice = chooseFormat(parseFormats(listing));
    if (choice !== undefined) return v4l2Feed(this.label, choice);
    const complaint = explainComplaint(listing, this.label, false);
    throw complaint.code === 'camera.ended'
      ? new DeviceError('camera.no-video', `${this.label} is no camera that delivers H.264, MJPEG or raw pictures`)
      : complaint;
  }
}

/** What ffmpeg prints of `device`: its formats, or why it cannot tell. */
export const listFormats = async (device: string, signal: AbortSignal): Promise<string> =>
  await askProgram('ffmpeg', ['-nostdin', '-hide_banner', '-f', 'v4l2', '-list_formats', 'all', '-i', device], signal)
    ?? 'failed to execute ffmpeg';

/** The driver takes the nearest frame rate that it knows. */
export const v4l2Feed = (device: string, { format, size }: V4l2Choice): Feed => ({
  input: [
    '-fflags', '+genpts', '-f', 'v4l2', format.kind === 'raw' ? '-pixel_format' : '-input_format', format.name,
    '-video_size', `${size.width}x${size.height}`, '-framerate', String(FPS), '-i', device,
  ],
  stdin: { type: 'nothing' },
  codec: format.kind === 'raw' ? 'rawvideo' : format.name,
  size,
});
