/**
 * The sample tables of an ordinary MP4 (ISO/IEC 14496-12, 8.5 to 8.7): where each picture lies and when it is shown.
 * Pure. Whatever is out of the ordinary is not read here: ffmpeg knows it better.
 */
import { boxesIn, findBox, findPath, fourCharacters, Mp4Error, viewOf, type Mp4Box } from '../../contract/mp4-boxes.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { hasPlainTimeline, type ShownSpan } from './edit-list.ts';
import { fragmentedHead } from './fragmented-head.ts';
import { samplesOf, tableIn, type Sample, type Table, type Tables } from './sample-walk.ts';

export interface SampleTable {
  /** The same video as the head of a stream of fragments. */
  readonly init: InitSegment;
  /** They lie in the file in this order. Read anew from the tables each time. */
  samples(): Iterable<Sample>;
}

/** More than this in one picture is no video of a camera. */
const MOST_BYTES = 32 * 1024 * 1024;
/** ISO/IEC 14496-12, 8.6.1.2: 32 bits, but what differs by more than this is an error of the writer. */
const LONGEST = 0x7fff_ffff;

/**
 * The table of the one video track; undefined where it cannot be relied upon: several video tracks, one that is cut or
 * stretched when it is shown, another codec, encryption, fragments, tables that contradict each other or the file.
 */
export function readSampleTable(ftyp: Mp4Box, moov: Mp4Box, fileBytes: number): SampleTable | undefined {
  try {
    const [track, ...more] = videoTracks(moov.data);
    if (track === undefined || more.length > 0 || findBox(moov.data, 'mvex', 8) !== undefined) return undefined;
    const tables = readTables(track);
    if (tables === undefined) return undefined;
    const init = fragmentedHead(ftyp, moov.data, track);
    const span = checkSamples(samplesOf(tables), tables.sizes.count, fileBytes);
    if (span === undefined || !hasPlainTimeline(track, moov.data, init.video.timescale, span)) return undefined;
    return { init, samples: () => samplesOf(tables) };
  } catch (error) {
    if (error instanceof Mp4Error || error instanceof RangeError) return undefined;
    throw error;
  }
}

const videoTracks = (moov: Uint8Array): Uint8Array[] => [...boxesIn(moov, 8)].filter(({ type, data }) => {
  const handler = type === 'trak' ? findPath(data, 'mdia', 'hdlr') : undefined;
  return handler !== undefined && fourCharacters(handler, 16) === 'vide';
}).map(({ data }) => data);

function readTables(track: Uint8Array): Tables | undefined {
  const stbl = findPath(track, 'mdia', 'minf', 'stbl');
  if (stbl === undefined || !isSelfContained(track)) return undefined;
  const boxes = new Map([...boxesIn(stbl, 8)].map(({ type, data }) => [type, data]));
  const table = (type: string, stride: number, from = 16): Table | undefined => tableIn(boxes.get(type), stride, from);
  const description = boxes.get('stsd');
  const [durations, chunkLengths, sizes] = [table('stts', 8), table('stsc', 12), table('stsz', 4, 20)];
  const chunks = table('stco', 4) ?? table('co64', 8);
  // Groups may say of a picture that it is a keyframe; sizes that are all alike are none of compressed video.
  const isPlain = description !== undefined && viewOf(description).getUint32(12) === 1 && !boxes.has('sbgp')
    && sizes?.view.getUint32(12) === 0;
  if (!isPlain || durations === undefined || chunkLengths === undefined || chunks === undefined) return undefined;
  return { durations, offsets: table('ctts', 8), keys: table('stss', 4), chunkLengths, sizes, chunks };
}

/** `dref` says that the data lie in this very file. */
function isSelfContained(track: Uint8Array): boolean {
  const dref = findPath(track, 'mdia', 'minf', 'dinf', 'dref');
  const [entry, ...more] = dref === undefined ? [] : [...boxesIn(dref, 16)];
  return entry !== undefined && more.length === 0 && (entry.data[11] ?? 0) === 1;
}

/** When the first is shown and the last; undefined when the samples cannot be as they are said to be. */
function checkSamples(samples: Iterable<Sample>, count: number, fileBytes: number): ShownSpan | undefined {
  let [first, last, end, index] = [Infinity, -Infinity, 0, 0];
  for (const { at, bytes, decodeTicks, offset, duration } of samples) {
    index++;
    const isLast = index === count;
    if (bytes === 0 || bytes > MOST_BYTES || at < end || at + bytes > fileBytes) return undefined;
    if (duration > LONGEST || (duration === 0 && !isLast)) return undefined;
    end = at + bytes;
    first = Math.min(first, decodeTicks + offset);
    last = Math.max(last, decodeTicks + offset);
  }
  return index === 0 ? undefined : { first, last };
}
