/**
 * What the setting `camera.source` may say: for the settings, that refuse the rest, and for the camera that is opened.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/errors.ts';

export type CameraSource =
  /** The attached camera if there is one at the start, the demo camera otherwise. */
  | { readonly type: 'auto' }
  /** Whatever camera is attached; while there is none, it is waited for. */
  | { readonly type: 'attached' }
  /** `speed`: how fast its time runs, 1 as ours; `demo:8` lets eight times as many visitors come. */
  | { readonly type: 'demo'; readonly speed: number }
  | { readonly type: 'raspberry' }
  | { readonly type: 'file'; readonly path: string }
  /** `address` may hold a password: it goes nowhere but to the camera. */
  | { readonly type: 'rtsp' | 'mjpeg'; readonly address: URL }
  | { readonly type: 'v4l2'; readonly device: string };

/** What is accepted, for people. */
export const CAMERA_SOURCES = 'auto, attached, demo, raspberry, /dev/videoN, rtsp://host/path, rtsps://host/path, ' +
  'http://host/path or https://host/path (MJPEG or a JPEG picture), or a video file';
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/**
 * What looks like an address and is none: a colon before the first slash, an @, a ?, an IP address in front. A file of
 * such a name has a path in front (`./a@b.mp4`), but not two slashes.
 */
const ADDRESS_SLIP = /^(?:[^/]*:|\d+\.\d+\.\d+\.\d+(?:\/|$)|\/\/|[^./].*[@?])/;

/**
 * @param text - The setting; a relative path is taken from the working directory.
 * @throws {ConfigError} `camera.source` when it is none of what is accepted; a password in it is not repeated.
 */
export function parseSource(text: string): CameraSource {
  const source = readSource(text);
  if (!('got' in source)) return source;
  throw new ConfigError('camera.source', `camera.source: expected ${CAMERA_SOURCES}; got ${source.got}`);
}

/** What `camera.sub_source` accepts, for people. */
export const SUB_SOURCES =
  'nothing, rtsp://host/path, rtsps://host/path, http://host/path or https://host/path (MJPEG), or a video file';

/**
 * The sub-stream that the setting `camera.sub_source` names; undefined when it is empty.
 * What is attached has one stream only.
 * @throws {ConfigError} `camera.sub-source` when it is none of what is accepted; a password in it is not repeated.
 */
export function parseSubSource(text: string): SubSource | undefined {
  const source = readSubSource(text);
  if (source === undefined || !('got' in source)) return source;
  throw new ConfigError('camera.sub-source', `camera.sub_source: expected ${SUB_SOURCES}; got ${source.got}`);
}

export type SubSource = Extract<CameraSource, { readonly type: 'rtsp' | 'mjpeg' | 'file' }>;

/** As `parseSubSource`, with the fault as a value. */
export function readSubSource(text: string): SubSource | SourceFault | undefined {
  if (text.trim() === '') return undefined;
  const source = readSource(text);
  if ('got' in source || source.type === 'rtsp' || source.type === 'mjpeg' || source.type === 'file') return source;
  return { got: `"${text.trim()}"` };
}

/** What came in place of a source, for people: without a password that may be in it. */
export interface SourceFault { readonly got: string }

/** As `parseSource`, with the fault as a value. */
export function readSource(text: string): CameraSource | SourceFault {
  const source = text.trim();
  if (source === 'auto' || source === 'attached' || source === 'raspberry') return { type: source };
  const [demo, speed = '1'] = /^demo(?::([1-9]|1\d|20))?$/.exec(source) ?? [];
  if (demo !== undefined) return { type: 'demo', speed: Number(speed) };
  const scheme = SCHEME.exec(source)?.[1]?.toLowerCase();
  if (scheme !== undefined) return readAddress(scheme, source);
  if (/^\/dev\/(video\d+|v4l\/.+)$/.test(source)) return { type: 'v4l2', device: source };
  if (ADDRESS_SLIP.test(source)) {
    return { got: 'something like an address without its beginning (not shown: it may hold a password); ' +
      'a file of such a name is written ./name' };
  }
  // A word alone is rather a slip of the pen than a file; such a file is named as ./word.
  if (!/[./]/.test(source) || source.startsWith('/dev/')) return { got: `"${source}"` };
  return { type: 'file', path: path.resolve(source) };
}

function readAddress(scheme: string, source: string): CameraSource | SourceFault {
  const shown = `"${scheme}://…"`;
  const address = URL.parse(source) ?? undefined;
  if (scheme === 'file') return readFileAddress(address, shown);
  const type = ADDRESS_TYPES.get(scheme);
  if (type === undefined) return { got: shown };
  if (address === undefined || address.hostname === '') {
    const escapes = 'in a user name or password write @ / : # ? % as %40 %2F %3A %23 %3F %25';
    return { got: `${shown}, which is no sound address (${escapes})` };
  }
  if (address.hash !== '') return { got: `${shown} with a #, which no address has (in a password write it as %23)` };
  return { type, address };
}

const ADDRESS_TYPES: ReadonlyMap<string, 'rtsp' | 'mjpeg'> = new Map([
  ['rtsp', 'rtsp'], ['rtsps', 'rtsp'], ['http', 'mjpeg'], ['https', 'mjpeg'],
]);

function readFileAddress(address: URL | undefined, shown: string): CameraSource | SourceFault {
  try {
    if (address !== undefined) return { type: 'file', path: fileURLToPath(address) };
  } catch { /* said below */ }
  return { got: `${shown}, which names no file of this machine (write file:///path)` };
}

/** The source for people and logs: no path and no query of an address, for cameras take passwords there too. */
export function describeSource(source: CameraSource): string {
  switch (source.type) {
    case 'auto':
    case 'attached': return 'the attached camera';
    case 'demo': return 'the demo camera';
    case 'raspberry': return 'the Raspberry Pi camera';
    case 'file': return source.path;
    case 'v4l2': return source.device;
    case 'rtsp':
    case 'mjpeg': return `${source.address.protocol}//${source.address.host}`;
    default: return source satisfies never;
  }
}
