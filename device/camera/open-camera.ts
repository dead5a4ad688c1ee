/** From the setting to the camera. */
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { AttachedFeed, type AttachedSource } from './adapters/attached-feed.ts';
import { DemoFeed } from './adapters/demo-feed.ts';
import { FileFeed } from './adapters/file-feed.ts';
import { findAttached, SYSTEM_DEVICES, type AttachedOptions } from './find-attached.ts';
import { findLegacyCamera, LegacyRaspberryFeed } from './adapters/legacy-raspberry-feed.ts';
import { NetworkFeed } from './adapters/network-feed.ts';
import { findRpicam, RPICAM_PROGRAMS, RpicamFeed } from './adapters/rpicam-feed.ts';
import { V4l2Feed } from './adapters/v4l2-feed.ts';
import type { Camera } from './camera.ts';
import type { Command } from './command.ts';
import { ReconnectingCamera } from './reconnecting-camera.ts';
import { describeSource, parseSource, type CameraSource } from '../media/camera-source.ts';
import type { FeedSource } from './stream/feed.ts';
import type { PictureOptions } from './stream/picture-options.ts';
import { readWishes, type AskedOfCamera, type CameraWishes } from './wishes.ts';

export interface CameraSettings {
  /** As the setting `camera.source`. */
  readonly source: string;
  /** Without a picture for this long the camera is taken for gone. */
  readonly stallTimeout: Millis;
  /** Size, rate, orientation, exposure and the like, as the settings say them; as the source has it if not given. */
  readonly asked?: AskedOfCamera;
  /** What vision is given: `decode` as the setting `vision.decode`, frames a second, colour frames, privacy masks. */
  readonly pictures?: PictureOptions;
}

export interface CameraSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Programs that speak as `rpicam-vid` does; those of the system by default. */
  readonly rpicam?: readonly Command[];
  /** The system's list of video devices; `/sys/class/video4linux` by default. */
  readonly devices?: string;
}

/**
 * The camera that `settings` name; nothing is connected before its `run`. With `auto` it looks now whether one is attached.
 * @throws {ConfigError} `camera.source` when the setting is not understood.
 */
export async function openCamera(
  settings: CameraSettings, surroundings: CameraSurroundings, signal: AbortSignal,
): Promise<Camera> {
  const { clock, log, rpicam = RPICAM_PROGRAMS, devices = SYSTEM_DEVICES } = surroundings;
  const wishes = settings.asked === undefined ? {} : readWishes(settings.asked);
  const around = { log, rpicam, devices, wishes };
  const asked = parseSource(settings.source);
  const source = asked.type === 'auto' ? await attachedOrDemo(around, signal) : asked;
  const feed = await feedOf(source, settings.stallTimeout, around, signal);
  const { stallTimeout, pictures = {} } = settings;
  return new ReconnectingCamera(feed, { stallTimeout, pictures, clock, log, random: Math.random });
}

type DecidedSource = Exclude<CameraSource, { readonly type: 'auto' }>;

async function attachedOrDemo(around: Around, signal: AbortSignal): Promise<DecidedSource> {
  const lookup = await findAttached(around, signal);
  if (lookup.found) return { type: 'attached' };
  around.log.info(`the demo camera it is: ${lookup.reason.message}`);
  return { type: 'demo' };
}

async function feedOf(
  source: DecidedSource, stallTimeout: Millis, around: Around, signal: AbortSignal,
): Promise<FeedSource> {
  const label = describeSource(source);
  switch (source.type) {
    case 'attached': return new AttachedFeed(label, (stop) => findAttached(around, stop), (found) => attachedFeed(found, around));
    case 'demo': return new DemoFeed(label, around.wishes);
    case 'file': return new FileFeed(source.path, around.wishes);
    case 'v4l2': return new V4l2Feed(source.device, around.wishes);
    case 'rtsp':
    case 'mjpeg': return new NetworkFeed(source, label, stallTimeout, around.wishes);
    case 'raspberry': return raspberryFeed(label, around, signal);
    default: return source satisfies never;
  }
}

interface Around extends AttachedOptions { readonly log: Log; readonly wishes: CameraWishes }

const attachedFeed = (source: AttachedSource, { rpicam, wishes }: Around): FeedSource =>
  (source.type === 'v4l2' ? new V4l2Feed(source.device, wishes) : new RpicamFeed(describeSource(source), rpicam, wishes));

/** Today's programs, else the package for the old camera stack; with neither, the former says what is missing. */
async function raspberryFeed(label: string, { log, rpicam, wishes }: Around, signal: AbortSignal): Promise<FeedSource> {
  if ((await findRpicam(rpicam, signal)).found === 'no-program') {
    const legacy = await findLegacyCamera();
    if (legacy.ok) return new LegacyRaspberryFeed(label, legacy.camera, log, wishes);
    log.info(`rpicam-vid is not installed, and ${legacy.reason}`);
  }
  return new RpicamFeed(label, rpicam, wishes);
}
