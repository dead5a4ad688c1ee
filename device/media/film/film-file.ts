/** A silent MP4 of a few pictures, with its head in front: what any browser, messenger and notification plays. */
import { concat } from '../../contract/mp4-boxes.ts';
import type { ColourFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import type { Millis } from '../../core/units.ts';
import { FilmEncoder } from './film-encoder.ts';
import { pictureSetHead, PROFILE, sequenceHead } from './heads.ts';

type Picture = Omit<ColourFrame, 'at'>;

/**
 * A film that shows each of `pictures`, which are of one size, for `shownFor`.
 * @param signal - Ends the work after the picture under way.
 * @throws {RangeError} When one has another size than the first, or there is none.
 * @throws {unknown} The signal's reason, once it aborts.
 */
export async function filmOf(
  pictures: readonly Picture[], shownFor: Millis, signal?: AbortSignal,
): Promise<Uint8Array> {
  const [first] = pictures;
  if (first === undefined) throw new RangeError('a film has a picture at least');
  const encoder = new FilmEncoder(first);
  const samples: Uint8Array[] = [];
  for (const picture of pictures) {
    signal?.throwIfAborted();
    const unit = await encoder.encode(picture);
    samples.push(concat([words(unit.byteLength), unit]));
  }
  const type = box('ftyp', text('isom'), words(512), text('isomiso2avc1mp41'));
  const bytes = samples.map(({ byteLength }) => byteLength);
  const head = (offset: number): Uint8Array => headOf(first, bytes, shownFor, offset);
  const offset = type.byteLength + head(0).byteLength + 8;
  return concat([type, head(offset), box('mdat', ...samples)]);
}

/** Of a movie's times: milliseconds. */
const TICKS = 1000;
/** No rotation and no zoom (ISO/IEC 14496-12, 6.2.2). */
const UPRIGHT = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/** As the language: not said. */
const NO_LANGUAGE = 0x55c4_0000;

function headOf({ width, height }: Size, bytes: readonly number[], shownFor: Millis, offset: number): Uint8Array {
  const length = bytes.length * shownFor;
  return box('moov',
    box('mvhd', words(0, 0, 0, TICKS, length, 0x1_0000, 0x100_0000, 0, 0, ...UPRIGHT, 0, 0, 0, 0, 0, 0, 2)),
    box('trak',
      box('tkhd', words(3, 0, 0, 1, 0, length, 0, 0, 0, 0, ...UPRIGHT, width << 16, height << 16)),
      box('mdia',
        box('mdhd', words(0, 0, 0, TICKS, length, NO_LANGUAGE)),
        box('hdlr', words(0, 0), text('vide'), words(0, 0, 0), text('\0')),
        box('minf',
          box('vmhd', words(1, 0, 0)),
          box('dinf', box('dref', words(0, 1), box('url ', words(1)))),
          box('stbl',
            box('stsd', words(0, 1), sampleEntry({ width, height })),
            box('stts', words(0, 1, bytes.length, shownFor)),
            box('stss', words(0, 1, 1)),
            box('stsc', words(0, 1, 1, bytes.length, 1)),
            box('stsz', words(0, 0, bytes.length, ...bytes)),
            box('stco', words(0, 1, offset)))))));
}

/** How a picture is decoded (ISO/IEC 14496-15, 5.4.2). */
function sampleEntry(size: Size): Uint8Array {
  const [sequence, pictures] = [sequenceHead(size), pictureSetHead()];
  const configuration = box('avcC',
    Uint8Array.of(1, ...PROFILE, 0xff, 0xe1, 0, sequence.byteLength), sequence,
    Uint8Array.of(1, 0, pictures.byteLength), pictures);
  return box('avc1',
    words(0, 1, 0, 0, 0, 0, size.width << 16 | size.height, 0x48_0000, 0x48_0000, 0),
    Uint8Array.of(0, 1), new Uint8Array(32), Uint8Array.of(0, 24, 255, 255), configuration);
}

function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const size = content.reduce((sum, { byteLength }) => sum + byteLength, 8);
  return concat([words(size), text(type), ...content]);
}

const text = (characters: string): Uint8Array => Uint8Array.from(characters, (one) => one.charCodeAt(0));

/** 32 bits each. */
function words(...values: readonly number[]): Uint8Array {
  const out = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => out.setUint32(4 * index, value));
  return new Uint8Array(out.buffer);
}
