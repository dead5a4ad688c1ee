/** IP cameras that speak RTSP, also over TLS. */
import { DeviceError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { millis, type Millis } from '../../core/units.ts';
import type { CameraCertificate } from '../../media/camera-certificate.ts';
import { probeVideo, type ProbeResult } from '../../media/probe.ts';
import type { Clock } from '../../runtime/clock.ts';
import { hostAndPort } from '../network/connect.ts';
import { ExpiryNotice } from '../network/expiry-notice.ts';
import { TlsTunnel } from '../network/tls-tunnel.ts';
import { openTrust } from '../network/trust.ts';
import { explainComplaint } from '../stream/complaint.ts';
import { asStranger, findCameraConfinement } from '../stream/confined-child.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { listInput, mediaList } from '../stream/media-list.ts';
import { isCopied } from '../stream/stream-arguments.ts';
import { unmetBut, uprightFeed, type CameraWishes } from '../wishes.ts';

export interface RtspCameraOptions {
  readonly label: string;
  /** How long the camera may be silent, when asked and later. */
  readonly timeout: Millis;
  readonly certificate: CameraCertificate;
  readonly wishes: CameraWishes;
  /** Whether sound is asked for, where the camera may have some. */
  readonly sound: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

type Seen = Extract<ProbeResult, { readonly ok: true }>;

/** RFC 2326 and RFC 7826. */
const USUAL_TLS_PORT = 322;

export class RtspFeed implements FeedSource {
  readonly label: string;
  readonly #address: URL;
  readonly #options: RtspCameraOptions;
  readonly #expiry: ExpiryNotice;
  #seen: Seen | undefined;
  #tunnel: TlsTunnel | undefined;

  constructor(address: URL, options: RtspCameraOptions) {
    this.label = options.label;
    this.#address = address;
    this.#options = options;
    this.#expiry = new ExpiryNotice(options);
  }

  /** Looking costs a connection and the wait for a keyframe: after a mere interruption it is left out. */
  async open(signal: AbortSignal, anew: boolean): Promise<Feed> {
    const { timeout, wishes, sound: wantsSound } = this.#options;
    const { input, text } = rtspInput(await this.#reach(signal), timeout, wantsSound);
    const remembered = anew ? undefined : this.#seen;
    this.#seen = remembered ?? await this.#look(text, input, signal);
    const { video, sound } = this.#seen;
    const copied = isCopied(video.codec);
    return {
      input: [...input, '-i', 'pipe:0'],
      stdin: { type: 'text', text },
      codec: video.codec,
      reorders: video.reorders,
      ownClock: true,
      ...uprightFeed(video.size, copied ? undefined : wishes.orientation),
      unmet: unmetBut(
        wishes, copied ? [] : ['orientation'], `${this.label} has such settings on a page of its own, if any`,
      ),
      ...(wantsSound && sound !== undefined ? { sound } : {}),
      ...(remembered === undefined ? {} : { remembered: true }),
    };
  }

  /** The address for ffmpeg: behind a tunnel where the camera speaks TLS. */
  async #reach(signal: AbortSignal): Promise<URL> {
    if (this.#address.protocol === 'rtsp:') return this.#address;
    const { label: where, certificate, timeout } = this.#options;
    // Anew each time: the owner may have put another certificate into the file.
    const trust = await openTrust(certificate, (shown) => this.#expiry.seen(shown, where, signal));
    this.#tunnel?.[Symbol.dispose]();
    const tunnel = await TlsTunnel.open(
      { ...hostAndPort(this.#address, USUAL_TLS_PORT), trust, where, timeout }, signal,
    );
    this.#tunnel = tunnel;
    const { username, password, pathname, search } = this.#address;
    return new URL(`rtsp://${username}${password === '' ? ''
      : `:${password}`}${username === '' && password === '' ? '' : '@'}127.0.0.1:${tunnel.port}${pathname}${search}`);
  }

  async #look(text: string, input: readonly string[], signal: AbortSignal): Promise<Seen> {
    const probe = await probeVideo('pipe:0', input, {
      stdin: text, timeout: millis(this.#options.timeout * 2), confinement: asStranger(await findCameraConfinement()),
      signal,
    })
      .catch((error: unknown) => { throw this.#tunnel?.fault ?? tooSlow(error, this.label); });
    if (!probe.ok) throw this.#tunnel?.fault ?? explainComplaint(probe.complaint, this.label, false);
    return probe;
  }
}

function tooSlow(error: unknown, label: string): unknown {
  if (!(error instanceof DeviceError) || error.code !== 'media.tool-timeout') return error;
  return new DeviceError('camera.timeout', `${label} answers, but sends no video`, { cause: error });
}

/** ffmpeg gives up a little before it would be stopped, if it can: it then still hands over the last half fragment. */
const EARLIER = millis(500);

/**
 * How ffmpeg reads the camera. Nothing that the camera sends can lead to other protocols or to files. TCP: through
 * every router, and no picture is torn. What is not wanted is not even asked for; sound that is announced and does not
 * come is not waited for (`max_ts_probe`).
 */
export const rtspInput = (
  address: URL, timeout: Millis, sound: boolean,
): { readonly input: readonly string[]; readonly text: string } => ({
  input: [...listInput(['rtsp', 'tcp']), ...(sound ? ['-max_ts_probe', '0'] : [])],
  text: mediaList(address.href, [
    'rtsp_transport tcp', ...(sound
      ? ['allowed_media_types video+audio', 'max_ts_probe 0']
      : ['allowed_media_types video']), `timeout ${(timeout - EARLIER) * 1000}`,
  ]),
});
