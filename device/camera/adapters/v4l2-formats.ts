/** What a USB camera offers, and what of it we take. */
import type { Size } from '../../core/geometry.ts';

export interface V4l2Format {
  readonly kind: 'compressed' | 'raw';
  /** ffmpeg's name: `mjpeg`, `h264`, `yuyv422`. */
  readonly name: string;
  /** Empty when the driver tells only ranges. */
  readonly sizes: readonly Size[];
}

/** Reads what `ffmpeg -f v4l2 -list_formats all` prints. */
export function parseFormats(listing: string): readonly V4l2Format[] {
  return listing.split('\n').flatMap((line) => {
    const [, kind, name, sizes] = /\b(Raw|Compressed)\s*:\s*(\S+)\s*:.*?:([^:]*)$/.exec(line) ?? [];
    if (kind === undefined || name === undefined || name === 'Unsupported') return [];
    return [{ kind: kind === 'Raw' ? 'raw' as const : 'compressed' as const, name, sizes: parseSizes(sizes ?? '') }];
  });
}

const parseSizes = (text: string): readonly Size[] =>
  [...text.matchAll(/(?<![\d{-])(\d+)x(\d+)(?![\d}-])/g)]
    .map(([, width, height]) => ({ width: Number(width), height: Number(height) }));

export interface V4l2Choice { readonly format: V4l2Format; readonly size: Size }

const WANTED: Size = { width: 1280, height: 720 };
/** USB carries no more of raw video at a useful rate. */
const WANTED_RAW: Size = { width: 640, height: 480 };

/** What is wished of a USB camera's pictures; `turned` ones must be encoded here. */
export interface V4l2Wish { readonly size?: Size | undefined; readonly turned?: boolean }

/** H.264 is recorded as it comes, MJPEG must be encoded, raw video is small besides. Undefined when there is none. */
export function chooseFormat(
  formats: readonly V4l2Format[], { size, turned = false }: V4l2Wish = {},
): V4l2Choice | undefined {
  const copied = formats.find(({ name }) => name === 'h264');
  const encoded = formats.find(({ name }) => name === 'mjpeg') ?? formats.find(({ kind }) => kind === 'raw');
  const format = turned ? encoded ?? copied : copied ?? encoded;
  return format && { format, size: chooseSize(format.sizes, size ?? (format.kind === 'raw' ? WANTED_RAW : WANTED)) };
}

/** The largest that is not larger than `wanted`, else the smallest. */
function chooseSize(sizes: readonly Size[], wanted: Size): Size {
  const byArea = sizes.toSorted((a, b) => a.width * a.height - b.width * b.height);
  return byArea.findLast(({ width, height }) =>
    width <= wanted.width && height <= wanted.height) ?? byArea[0] ?? wanted;
}
