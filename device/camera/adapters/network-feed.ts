/** IP cameras: RTSP, and MJPEG over HTTP. */
import { DeviceError } from '../../core/errors.ts';
import { millis, type Millis } from '../../core/units.ts';
import { probeVideo, type VideoFacts } from '../../media/probe.ts';
import { explainComplaint } from '../stream/complaint.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { listInput, mediaList } from '../stream/media-list.ts';
import { isCopied } from '../stream/stream-arguments.ts';
import { unmetBut, uprightFeed, type CameraWishes } from '../wishes.ts';

export interface NetworkCamera {
  readonly type: 'rtsp' | 'mjpeg';
  readonly address: URL;
}

export class NetworkFeed implements FeedSource {
  readonly label: string;
  readonly #camera: NetworkCamera;
  readonly #timeout: Millis;
  readonly #wishes: CameraWishes;
  #seen: VideoFacts | undefined;

  /** @param timeout - How long the camera may be silent, when asked and later. */
  constructor(camera: NetworkCamera, label: string, timeout: Millis, wishes: CameraWishes = {}) {
    this.label = label;
    this.#camera = camera;
    this.#timeout = timeout;
    this.#wishes = wishes;
  }

  /** Looking costs a connection and the wait for a keyframe: after a mere interruption it is left out. */
  async open(signal: AbortSignal, anew: boolean): Promise<Feed> {
    const { input, text } = networkInput(this.#camera, this.#timeout);
    const remembered = anew ? undefined : this.#seen;
    this.#seen = remembered ?? await this.#look(text, input, signal);
    const copied = isCopied(this.#seen.codec);
    return {
      input: [...input, '-i', 'pipe:0'],
      stdin: { type: 'text', text },
      codec: this.#seen.codec,
      ...uprightFeed(this.#seen.size, copied ? undefined : this.#wishes.orientation),
      unmet: unmetBut(this.#wishes, copied ? [] : ['orientation'], `${this.label} has such settings on a page of its own, if any`),
      ...(remembered === undefined ? {} : { remembered: true }),
    };
  }

  async #look(text: string, input: readonly string[], signal: AbortSignal): Promise<VideoFacts> {
    const probe = await probeVideo('pipe:0', input, { stdin: text, timeout: millis(this.#timeout * 2), signal })
      .catch((error: unknown) => { throw tooSlow(error, this.label); });
    if (!probe.ok) throw explainComplaint(probe.complaint, this.label, false);
    return probe.video;
  }
}

function tooSlow(error: unknown, label: string): unknown {
  if (!(error instanceof DeviceError) || error.code !== 'media.tool-timeout') return error;
  return new DeviceError('camera.timeout', `${label} answers, but sends no video`, { cause: error });
}

/** ffmpeg gives up a little before it would be stopped, if it can: it then still hands over the last half fragment. */
const EARLIER = millis(500);

interface NetworkInput { readonly input: readonly string[]; readonly text: string }

/** How ffmpeg reads the camera. Nothing that the camera sends can lead to other protocols or to files. */
export const networkInput = ({ type, address }: NetworkCamera, timeout: Millis): NetworkInput => (type === 'rtsp'
  ? { input: listInput(['rtsp', 'tcp', 'tls']), text: mediaList(address.href, rtspOptions(timeout)) }
  : { input: listInput(['http', 'https', 'tcp', 'tls']), text: mediaList(address.href, mjpegOptions(timeout)) });

/** TCP: through every router, and no picture is torn. Sound and metadata are not even asked for. */
const rtspOptions = (timeout: Millis): readonly string[] => [
  'rtsp_transport tcp', 'allowed_media_types video', `timeout ${(timeout - EARLIER) * 1000}`,
];

/** The pictures carry no times: they get those of their arrival. */
const mjpegOptions = (timeout: Millis): readonly string[] => [
  'format_whitelist mpjpeg', 'use_wallclock_as_timestamps 1', `rw_timeout ${(timeout - EARLIER) * 1000}`,
];
