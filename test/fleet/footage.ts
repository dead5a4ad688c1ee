/** Clips and pictures made by ffmpeg as a device makes them, and what a device says of them. */
import { createHash } from 'node:crypto';
import { boxesIn } from '../../device/contract/mp4-boxes.ts';
import { FragmentReader } from '../../device/contract/mp4-fragment.ts';
import type { ClipFile, MediaFile } from '../../device/contract/event.ts';
import { Sealer } from '../../device/evidence/sealer.ts';
import { runTool } from '../../device/media/run-tool.ts';
import type { FileCipher } from '../../device/vault/file-cipher.ts';
import { testKey } from '../recording/key.ts';

/** ffmpeg's options for fragmented MP4 with fragments of half a second. */
export const FRAGMENTED = [
  '-f',
  'mp4',
  '-movflags',
  '+frag_keyframe+empty_moov+default_base_moof',
  '-frag_duration',
  '500000',
];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'];

/** What ffmpeg prints for `args`. */
export async function ffmpeg(...args: readonly string[]): Promise<Buffer> {
  const { exitCode, output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: ['-v', 'error', '-threads', '1', ...args, 'pipe:1'],
  });
  if (exitCode !== 0) throw new Error(complaint);
  return output;
}

/** A moving test picture. */
export const scene = (seconds: number, size = '320x240'): readonly string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=${size}:rate=10`,
  '-t',
  String(seconds),
];

export const makeClip = (seconds: number, size?: string): Promise<Buffer> =>
  ffmpeg(...scene(seconds, size), ...H264, ...FRAGMENTED);

/** What comes of a camera on a bad line: some pictures are missing, and others hold wrong bytes. */
export const makeFlakyClip = (seconds: number, size?: string): Promise<Buffer> =>
  ffmpeg(
    ...scene(seconds, size),
    ...H264, '-bsf:v', String.raw`noise=amount=2500:drop=not(mod(n\,7))*gt(n\,3)`, ...FRAGMENTED,
  );

export const makePicture = (size = '320x240'): Promise<Buffer> =>
  ffmpeg('-f', 'lavfi', '-i', `testsrc2=size=${size}`, '-frames:v', '1', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg');

export interface Footage { readonly clip: Buffer; readonly picture: Buffer }

/** What a device knows of a clip that it wrote. */
export function clipFacts(clip: Uint8Array): Pick<ClipFile, 'codec' | 'width' | 'height' | 'duration'> {
  const parts = new FragmentReader().push(clip);
  const init = parts.find((part) => part.type === 'init')?.init;
  if (init === undefined) throw new Error('no clip');
  const end = Math.max(
    ...parts.map((part) => (part.type === 'fragment' ? part.fragment.start + part.fragment.duration : 0)),
  );
  return { codec: init.codec, ...init.size, duration: end / 1000 };
}

export const fileFacts = (name: string, data: Uint8Array): MediaFile => ({
  name, bytes: data.byteLength, sha256: createHash('sha256').update(data).digest('hex'),
});

/** The clip with noise for pictures, every NAL unit as long as it was. */
export function hollow(clip: Uint8Array): Buffer {
  const copy = Buffer.from(clip);
  for (const { type, data } of boxesIn(copy)) {
    if (type !== 'mdat') continue;
    const media = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 8; at < media.length; at += 4 + media.readUInt32BE(at))
      media.fill(0xff, at + 4, at + 4 + media.readUInt32BE(at));
  }
  return copy;
}

/** The clip as a device writes it: each fragment behind its seal. */
export function sealed(clip: Uint8Array, key = testKey): Buffer {
  const sealer = new Sealer(key, { device: 'yard', camera: 'camera', name: 'clip.mp4' });
  const parts = new FragmentReader().push(clip).flatMap((part) => part.type === 'init'
    ? [part.init.data, sealer.head(part.init.data)]
    : [sealer.fragment(part.fragment.data), part.fragment.data]);
  return Buffer.concat([...parts, sealer.end()]);
}

/** `clip` as a device writes it that encrypts: sealed over what is encrypted. */
export function encryptedClip(clip: Uint8Array, cipher: FileCipher): Buffer {
  const sealer = new Sealer(testKey, { device: 'yard', camera: 'camera', name: 'clip.mp4' });
  const boxes = new FragmentReader().push(clip).flatMap((part): readonly Uint8Array[] => {
    const data = part.type === 'init' ? cipher.clipHead(part.init) : cipher.fragment(part.fragment.data, part.fragment);
    return part.type === 'init' ? [data, sealer.head(data)] : [sealer.fragment(data), data];
  });
  return Buffer.concat([...boxes, sealer.end()]);
}
