/** From the setting to the camera. */
import { ConfigError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { AttachedFeed, type AttachedSource } from './adapters/attached-feed.ts';
import { DemoFeed } from './adapters/demo-feed.ts';
import { Painters } from './demo/painter-thread.ts';
import { FileFeed } from './adapters/file-feed.ts';
import { findAttached, SYSTEM_DEVICES, type AttachedOptions } from './find-attached.ts';
import { findLegacyCamera, LegacyRaspberryFeed } from './adapters/legacy-raspberry-feed.ts';
import { HttpFeed } from './adapters/http-feed.ts';
import { findRpicam, RPICAM_PROGRAMS, RpicamFeed } from './adapters/rpicam-feed.ts';
import { RtspFeed } from './adapters/rtsp-feed.ts';
import { V4l2Feed } from './adapters/v4l2-feed.ts';
import type { Camera } from './camera.ts';
import type { Command } from './command.ts';
import { ReconnectingCamera } from './reconnecting-camera.ts';
import { CAMERA_CERTIFICATE, readCertificate, type CameraCertificate } from '../media/camera-certificate.ts';
import { describeSource, parseSource, parseSubSource, type CameraSource } from '../media/camera-source.ts';
import type { FeedSource } from './stream/feed.ts';
import type { PictureOptions } from './stream/picture-options.ts';
import { TwoStreamCamera } from './two-stream-camera.ts';
import { readWishes, type AskedOfCamera, type CameraWishes } from './wishes.ts';

export interface CameraSettings {
  /** As the setting `camera.source`. */
  readonly source: string;
  /**
   * As the setting `camera.sub_source`: the stream that is watched; the same that is recorded if not given, or empty.
   */
  readonly subSource?: string;
  /** Without a picture for this long the camera is taken for gone. */
  readonly stallTimeout: Millis;
  /** As the setting `camera.certificate`; the system's authorities if not given. */
  readonly certificate?: string;
  /** Size, rate, orientation, exposure and the like, as the settings say them; as the source has it if not given. */
  readonly asked?: AskedOfCamera;
  /** As the setting `vision.hardware`; `off` if not given. */
  readonly hardware?: 'auto' | 'off';
  /** Whether sound is recorded, where the source has some; not if not given. */
  readonly sound?: boolean;
  /** What vision is given: `decode` as the setting `vision.decode`, frames a second, colour frames, privacy masks. */
  readonly pictures?: PictureOptions;
}

export interface CameraSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the device is too slow just now for what it has to do; never if not given. */
  readonly isBusy?: () => boolean;
  /** What outlives a demo camera that is begun anew; nothing does if not given. */
  readonly painters?: Painters;
  /** Programs that speak as `rpicam-vid` does; those of the system by default. */
  readonly rpicam?: readonly Command[];
  /** The system's list of video devices; `/sys/class/video4linux` by default. */
  readonly devices?: string;
}

/**
 * The camera that `settings` name; nothing is connected before its `run`. With `auto` it
 * looks now whether one is attached.
 * @throws {ConfigError} `camera.source`, `camera.sub-source`, `camera.certificate` when the setting is not understood.
 */
export async function openCamera(
  settings: CameraSettings, surroundings: CameraSurroundings, signal: AbortSignal,
): Promise<Camera> {
  const { clock, log, isBusy = () => false, rpicam = RPICAM_PROGRAMS, devices = SYSTEM_DEVICES } = surroundings;
  const wishes = settings.asked === undefined ? {} : readWishes(settings.asked);
  const { sound = false, certificate = '' } = settings;
  const { painters = new Painters() } = surroundings;
  const around = { log, clock, rpicam, devices, wishes, sound, painters, certificate: certificateOf(certificate) };
  const asked = parseSource(settings.source);
  const source = asked.type === 'auto' ? await attachedOrDemo(around, signal) : asked;
  const feed = await feedOf(source, settings.stallTimeout, around, signal);
  const { stallTimeout, pictures = {} } = settings;
  const options = {
    stallTimeout, clock, log, isBusy, random: Math.random, hardware: { mode: settings.hardware ?? 'off', devices },
  };
  const subSource = parseSubSource(settings.subSource ?? '');
  if (certificate !== '' && !showsCertificate(source) && !(subSource !== undefined && showsCertificate(subSource))) {
    log.warn('camera.certificate is not used: only cameras with rtsps:// or https:// show one', { camera: feed.label });
  }
  if (subSource === undefined) return new ReconnectingCamera(feed, { ...options, pictures });
  const subFeed = await feedOf(subSource, stallTimeout, {
    ...around, sound: false, wishes: {},
  }, signal, `${describeSource(subSource)} (sub-stream)`);
  return new TwoStreamCamera(
    new ReconnectingCamera(feed, { ...options, pictures: { ...pictures, colour: false, decode: 'none' } }),
    new ReconnectingCamera(subFeed, { ...options, log: log.child('sub-stream'), pictures }),
    { pictures, clock, log },
  );
}

const showsCertificate = (source: CameraSource): boolean =>
  (source.type === 'rtsp' || source.type === 'mjpeg')
    && (source.address.protocol === 'rtsps:' || source.address.protocol === 'https:');

function certificateOf(text: string): CameraCertificate {
  const certificate = readCertificate(text);
  if (!('got' in certificate)) return certificate;
  throw new ConfigError(
    'camera.certificate', `camera.certificate: expected ${CAMERA_CERTIFICATE}; got ${certificate.got}`,
  );
}

type DecidedSource = Exclude<CameraSource, { readonly type: 'auto' }>;

async function attachedOrDemo(around: Around, signal: AbortSignal): Promise<DecidedSource> {
  const lookup = await findAttached(around, signal);
  if (lookup.found) return { type: 'attached' };
  around.log.info(`the demo camera it is: ${lookup.reason.message}`);
  return { type: 'demo', speed: 1 };
}

async function feedOf(
  source: DecidedSource, stallTimeout: Millis, around: Around, signal: AbortSignal, label = describeSource(source),
): Promise<FeedSource> {
  switch (source.type) {
    case 'attached':
      return new AttachedFeed(label, (stop) => findAttached(around, stop), (found) => attachedFeed(found, around));
    case 'demo': return new DemoFeed(label, source.speed, around.wishes, around.painters);
    case 'file': return new FileFeed(source.path, around.wishes, around);
    case 'v4l2': return new V4l2Feed(source.device, around.wishes);
    case 'rtsp': return new RtspFeed(source.address, { ...around, label, timeout: stallTimeout });
    case 'mjpeg': return new HttpFeed(source.address, { ...around, label, timeout: stallTimeout });
    case 'raspberry': return raspberryFeed(label, around, signal);
    default: return source satisfies never;
  }
}

interface Around extends AttachedOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly wishes: CameraWishes;
  readonly painters: Painters;
  readonly sound: boolean;
  readonly certificate: CameraCertificate;
}

const attachedFeed = (source: AttachedSource, { rpicam, wishes }: Around): FeedSource =>
  (source.type === 'v4l2' ? new V4l2Feed(source.device, wishes)
    : new RpicamFeed(describeSource(source), rpicam, wishes));

/** Today's programs, else the package for the old camera stack; with neither, the former says what is missing. */
async function raspberryFeed(label: string, { log, rpicam, wishes }: Around, signal: AbortSignal): Promise<FeedSource> {
  if ((await findRpicam(rpicam, signal)).found === 'no-program') {
    const legacy = await findLegacyCamera();
    if (legacy.ok) return new LegacyRaspberryFeed(label, legacy.camera, log, wishes);
    log.info(`rpicam-vid is not installed, and ${legacy.reason}`);
  }
  return new RpicamFeed(label, rpicam, wishes);
}
