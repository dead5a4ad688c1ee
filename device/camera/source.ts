/** What the setting `camera.source` may say. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/errors.ts';

export type CameraSource =
  /** The attached camera if there is one at the start, the demo camera otherwise. */
  | { readonly type: 'auto' }
  /** Whatever camera is attached; while there is none, it is waited for. */
  | { readonly type: 'attached' }
  | { readonly type: 'demo' }
  | { readonly type: 'raspberry' }
  | { readonly type: 'file'; readonly path: string }
  /** `address` may hold a password: it goes nowhere but to the camera. */
  | { readonly type: 'rtsp' | 'mjpeg'; readonly address: URL }
  | { readonly type: 'v4l2'; readonly device: string };

const ACCEPTED = 'auto, attached, demo, raspberry, /dev/videoN, rtsp://host/path, rtsps://host/path, ' +
  'http://host/path or https://host/path (MJPEG), or a video file';
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
  const source = text.trim();
  if (source === 'auto' || source === 'attached' || source === 'demo' || source === 'raspberry') return { type: source };
  const scheme = SCHEME.exec(source)?.[1]?.toLowerCase();
  if (scheme !== undefined) return parseAddress(scheme, source);
  if (/^\/dev\/(video\d+|v4l\/.+)$/.test(source)) return { type: 'v4l2', device: source };
  if (ADDRESS_SLIP.test(source)) {
    throw notAccepted('something like an address without its beginning (not shown: it may hold a password); ' +
      'a file of such a name is written ./name');
  }
  // A word alone is rather a slip of the pen than a file; such a file is named as ./word.
  if (!/[./]/.test(source) || source.startsWith('/dev/')) throw notAccepted(`"${source}"`);
  return { type: 'file', path: path.resolve(source) };
}

function parseAddress(scheme: string, source: string): CameraSource {
  const shown = `"${scheme}://…"`;
  const address = URL.parse(source) ?? undefined;
  if (scheme === 'file') return { type: 'file', path: pathOf(address, shown) };
  const type = ADDRESS_TYPES.get(scheme);
  if (type === undefined) throw notAccepted(shown);
  if (address === undefined || address.hostname === '') {
    const escapes = 'in a user name or password write @ / : # ? % as %40 %2F %3A %23 %3F %25';
    throw notAccepted(`${shown}, which is no sound address (${escapes})`);
  }
  if (address.hash !== '') throw notAccepted(`${shown} with a #, which no address has (in a password write it as %23)`);
  return { type, address };
}

const ADDRESS_TYPES: ReadonlyMap<string, 'rtsp' | 'mjpeg'> = new Map([
  ['rtsp', 'rtsp'], ['rtsps', 'rtsp'], ['http', 'mjpeg'], ['https', 'mjpeg'],
]);

function pathOf(address: URL | undefined, shown: string): string {
  try {
    if (address !== undefined) return fileURLToPath(address);
  } catch { /* said below */ }
  throw notAccepted(`${shown}, which names no file of this machine (write file:///path)`);
}

const notAccepted = (got: string): ConfigError =>
  new ConfigError('camera.source', `camera.source: expected ${ACCEPTED}; got ${got}`);

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
