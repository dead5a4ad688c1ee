/** The camera and the disk in figures, for people: pure. */
import type { StateView } from '../../../../contract/device-api.ts';
import type { CameraState } from '../../../../contract/topics.ts';
import { durationInWords } from '../../../../ui/words.ts';

export interface Fact {
  readonly name: string;
  readonly text: string;
  /** Whether it needs a person. */
  readonly isBad?: true;
}

export function cameraFacts(camera: CameraState): readonly Fact[] {
  const { source, sound, watched, decoder, decoding, unmet, load, reason, visionFault, recognitionFault } = camera;
  return [
    ...fact('Watched', source),
    ...bad('Trouble', camera.state === 'online' ? null : reason || null),
    ...fact('Sends', sends(camera)),
    ...fact('Sound', sound === null ? null : soundInWords(sound)),
    ...fact('Analysed stream', watched === null ? null
      : listed(watched.source, `${watched.width} × ${watched.height}`, videoInWords(watched.codec), watched.reason)),
    ...fact('Decoded', decoding === null ? null : decodedInWords(decoding)),
    ...fact('Decoder', decoder === null ? null
    : [decoder.kind === 'hardware' ? 'hardware' : 'software', decoder.reason].filter((part) => part !== '').join(': ')),
    ...bad('Analysis', visionFault),
    ...bad('Recognition', recognitionFault),
    ...bad('Left out', load.shed.length === 0 ? null : load.shed.join('; ')),
    ...unmet.map((text): Fact => ({ name: 'Not taken', text, isBad: true })),
  ];
}

export function storageFacts({ storage }: Pick<StateView, 'storage'>): readonly Fact[] {
  if (storage === null) return [];
  const { used, most, free, kept_free: keptFree, rate, written, deleted, alarms } = storage;
  const total = used.events + used.continuous + used.timelapse + used.pictures;
  const today = written.recordings + written.pictures + written.catalogue + written.other;
  const left = rate > 0 ? Math.max(0, Math.min(most - total, free - keptFree)) / rate : undefined;
  const kinds = [
    ['events', used.events], ['continuous', used.continuous], ['films', used.timelapse], ['pictures', used.pictures],
  ] as const;
  const taken = kinds.filter(([, bytes]) => bytes > 0).map(([kind, bytes]) => `${kind} ${sizeInWords(bytes)}`);
  return [
    ...alarms.map(({ message }): Fact => ({ name: 'Alarm', text: message, isBad: true })),
    {
      name: 'Recordings',
      text: `${sizeInWords(total)} of ${sizeInWords(most)}${total === 0 ? '' : ': '}${listed(...taken)}`,
    },
    { name: 'Free', text: `${sizeInWords(free)}; below ${sizeInWords(keptFree)} the oldest are deleted` },
    ...fact('Room', left === undefined ? null
      : `for ${guessInWords(left)} at the present rate, before the oldest are deleted`),
    { name: 'Written today', text: `${sizeInWords(today)}, of it recordings ${sizeInWords(written.recordings)}` },
    ...fact('Deleted', deleted.bytes === 0 ? null
      : `${sizeInWords(deleted.bytes)} since the start, to make room or for its age`),
  ];
}

/** `about 4 h`, `about 17 days`: no finer than a guess from the present rate can be. */
function guessInWords(hours: number): string {
  if (hours > 365 * 24) return 'more than a year';
  return `about ${hours < 72 ? durationInWords(hours * 3600) : `${Math.round(hours / 24)} days`}`;
}

/** `3.2 GB`, as disks are sold. */
export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** A share that is no less than all. */
const ALL = 0.995;
/** Pictures that nobody has compressed, in ffmpeg's word: there is nothing to decode. */
const RAW = 'rawvideo';

/** `H.264`: of an RFC 6381 codec, or ffmpeg's word. */
export function videoInWords(codec: string): string {
  if (/^(avc|h264)/.test(codec)) return 'H.264';
  if (/^(hvc|hev|hevc)/.test(codec)) return 'H.265';
  if (codec === RAW) return 'plain pictures';
  return codec === 'mjpeg' ? 'MJPEG' : codec;
}

const soundInWords = (codec: string): string => (codec.startsWith('mp4a.40') ? 'AAC' : codec);

/** Where all are, the reason says so itself. */
const decodedInWords = ({ mode, reason, decoded }: NonNullable<CameraState['decoding']>): string =>
  (mode !== 'gated' && decoded >= ALL && reason !== '' ? reason
    : [share(decoded), reason].filter((part) => part !== '').join(': '));

const listed = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');
const share = (of: number): string => (of >= ALL ? 'all pictures' : `${Math.round(100 * of)} % of the pictures`);
const fact = (name: string, text: string | null): readonly Fact[] =>
  (text === null || text === '' ? [] : [{ name, text }]);
const bad = (name: string, text: string | null): readonly Fact[] =>
  (text === null || text === '' ? [] : [{ name, text, isBad: true }]);

function sends({ codec, width, height, stream }: CameraState): string | null {
  const sent = stream?.codec ?? codec;
  const recorded = stream !== null && codec !== null && videoInWords(stream.codec) !== videoInWords(codec)
    ? `recorded as ${videoInWords(codec)}`
    : undefined;
  const parts = [
    sent === null ? undefined : videoInWords(sent),
    recorded, width === null || height === null ? undefined : `${width} × ${height}`,
    stream?.frameRate == null ? undefined : `${Math.round(10 * stream.frameRate) / 10} pictures a second`,
    stream?.bitrate == null ? undefined : rateInWords(stream.bitrate),
    stream?.gop == null ? undefined : keyframesInWords(stream.gop),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(', ');
}

const keyframesInWords = (gop: number): string =>
  (gop === 1 ? 'every picture a keyframe' : `a keyframe every ${gop} pictures`);

const rateInWords = (bitsPerSecond: number): string =>
  (bitsPerSecond < 1e6 ? `${Math.round(bitsPerSecond / 1000)} kbit/s` : `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`);
