/** Photographs as pixels, the way they are displayed: decoded by ffmpeg, bounded in time and size. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, systemCode } from '../../core/errors.ts';
import { mebibytes, seconds } from '../../core/units.ts';
import { runTool } from '../../media/run-tool.ts';
import type { Picture } from '../nets/picture.ts';
import { isAnimatedWebp, jpegHasEnd } from './picture-blocks.ts';
import { orientationOf, UPRIGHT } from './picture-orientation.ts';

/** By their first bytes: what a file is, and the one demuxer of ffmpeg that may read it. */
const FORMATS: readonly (readonly [first: RegExp, demuxer: string])[] = [
  [/^\xff\xd8\xff/, 'jpeg_pipe'], [/^\x89PNG\r\n/, 'png_pipe'], [/^RIFF[^]{4}WEBP/, 'webp_pipe'], [/^BM/, 'bmp_pipe'],
  [/^GIF8[79]a/, 'gif_pipe'], [/^P6\s/, 'ppm_pipe'], [/^P5\s/, 'pgm_pipe'],
];
const KNOWN = 'JPEG, PNG, WebP, BMP, GIF, PPM or PGM';

/** Larger ones are made smaller: faces are sought down to about a fiftieth of this. */
const LONGEST_SIDE = 2048;
/** Never larger than it is, never longer than that, never stretched; a line stays a line. */
const shrunk = (side: string): string => `'max(1,round(${side}*min(1,${LONGEST_SIDE}/max(iw,ih))))'`;
const SHRINK = `scale=w=${shrunk('iw')}:h=${shrunk('ih')}:flags=area`;
const MOST_BYTES = mebibytes(64);
const MOST_PIXELS = 100_000_000;
const TIMEOUT = seconds(30);

export interface ReadPicture extends Picture {
  /** It ends before its picture does: what is missing is of one colour. */
  readonly isCut: boolean;
}

/**
 * Reads a photograph; one with an EXIF orientation as it is displayed, a large one made smaller.
 *
 * @throws {ConfigError} `picture.unreadable`, `picture.unknown`, `picture.damaged`, `picture.too-large`
 * @throws {DeviceError} As `runTool`.
 */
export async function readPicture(file: string, signal?: AbortSignal): Promise<ReadPicture> {
  return decodePicture(await readBounded(file), file, signal);
}

/**
 * As `readPicture`, for a photograph that is in memory.
 * @param name - What errors call it.
 */
export async function decodePicture(bytes: Uint8Array, name: string, signal?: AbortSignal): Promise<ReadPicture> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1');
  const demuxer = FORMATS.find(([first]) => first.test(start))?.[1];
  if (demuxer === undefined) throw new ConfigError('picture.unknown', `${name} is no picture: expected ${KNOWN}`);
  if (isAnimatedWebp(bytes)) {
    throw new ConfigError('picture.unknown',
      `${name} is an animated WebP, which cannot be read: save one of its pictures as JPEG or PNG`);
  }
  const turned = UPRIGHT[orientationOf(bytes)];
  const { exitCode, output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe', '-max_pixels', String(MOST_PIXELS),
      '-noautorotate', '-f', demuxer, '-i', 'pipe:0', '-frames:v', '1',
      '-vf', [...turned, SHRINK].join(','),
      '-pix_fmt', 'rgb24', '-c:v', 'ppm', '-f', 'image2pipe', 'pipe:1',
    ],
    input: bytes, timeout: TIMEOUT, maxOutputBytes: LONGEST_SIDE * LONGEST_SIDE * 3 + 64,
    ...(signal === undefined ? {} : { signal }),
  });
  const picture = exitCode === 0 ? pixelsOf(output) : undefined;
  if (picture !== undefined)
    return { ...picture, isCut: complaint !== '' && demuxer === 'jpeg_pipe' && !jpegHasEnd(bytes) };
  throw new ConfigError('picture.damaged', `${name} cannot be decoded: it is damaged, of a kind that is not supported, `
    + `or has more than ${MOST_PIXELS / 1_000_000} million pixels`);
}

async function readBounded(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would hold it up
    const facts = await handle.stat();
    if (!facts.isFile()) throw new ConfigError('picture.unreadable', noFile(file, facts.isDirectory()));
    if (facts.size > MOST_BYTES) {
      throw new ConfigError('picture.too-large',
        `${file} has ${facts.size} bytes; a picture may have up to ${MOST_BYTES}`);
    }
    return await handle.readFile();
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = systemCode(cause);
    if (code === 'ENOENT') throw new ConfigError('picture.unreadable', `${file}: there is no such file`);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new ConfigError('picture.unreadable', `this user may not read ${file}; change its owner or mode (${code})`);
    }
    throw new ConfigError('picture.unreadable', `${file} cannot be read`, { cause });
  }
}

const noFile = (file: string, isFolder: boolean): string => (isFolder
  ? `${file} is a folder; expected a picture: name those in it, as ${path.join(file, '*.jpg')}`
  : `${file} is a pipe or a device; expected a file: save the picture in one first`);

/** A binary PPM: `P6`, width, height, 255, then the pixels. */
function pixelsOf(ppm: Buffer): Picture | undefined {
  const head = /^P6\s(\d+)\s(\d+)\s255\s/.exec(ppm.toString('latin1', 0, 64));
  if (head === null) return undefined;
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = new Uint8Array(ppm.buffer, ppm.byteOffset + head[0].length, ppm.length - head[0].length);
  return pixels.length === width * height * 3 ? { width, height, pixels } : undefined;
}
