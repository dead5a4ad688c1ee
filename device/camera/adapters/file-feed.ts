/** A video file that behaves as a camera: in real time, and from the start again after its end. */
import { DeviceError } from '../../core/errors.ts';
import { minutes, type Millis } from '../../core/units.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { listInput, mediaList } from '../stream/media-list.ts';
import { isCopied } from '../stream/stream-arguments.ts';
import { unmetBut, uprightFeed, type CameraWishes } from '../wishes.ts';
import { inspectFile } from './inspect-file.ts';

export class FileFeed implements FeedSource {
  readonly label: string;
  readonly #wishes: CameraWishes;
  readonly #wantsSound: boolean;
  constructor(file: string, wishes: CameraWishes = {}, { sound = false } = {}) {
    this.label = file;
    this.#wishes = wishes;
    this.#wantsSound = sound;
  }

  /** The file stands in a list as often as a day is long: ffmpeg's own loop loses pictures in some containers. */
  async open(signal: AbortSignal): Promise<Feed> {
    const inspection = await inspectFile(this.label, signal);
    if (!inspection.ok) throw new DeviceError(inspection.code, inspection.reason);
    const { codec, size, duration } = inspection.video;
    const copied = isCopied(codec);
    const sound = this.#wantsSound ? inspection.sound : undefined;
    return {
      input: ['-re', '-fflags', '+genpts', ...listInput(['file']), '-i', 'pipe:0'],
      stdin: { type: 'text', text: mediaList(`file:${this.label}`, [], roundsOf(duration)) },
      codec,
      ...uprightFeed(size, copied ? undefined : this.#wishes.orientation),
      repeats: true,
      opensHere: true,
      unmet: unmetBut(this.#wishes, copied ? [] : ['orientation'], 'the video of a file is taken as it is'),
      ...(sound === undefined ? {} : { sound }),
    };
  }
}

const DAY = minutes(24 * 60);
const MOST_ROUNDS = 43_200;

/** Without a known length the second round could not be put behind the first: the camera is then connected anew. */
const roundsOf = (duration: Millis | undefined): number =>
  (duration === undefined || duration <= 0 ? 1 : Math.min(Math.ceil(DAY / duration), MOST_ROUNDS));
