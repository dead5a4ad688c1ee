/** Fragmented video as a camera's ffmpeg gives it, made on the spot: for tests of whatever carries or shows it. */
import { spawn } from 'node:child_process';
import { FragmentReader, type Fragment } from '../../device/contract/mp4-fragment.ts';
import type { InitSegment } from '../../device/contract/mp4-init.ts';
import { runTool } from '../../device/media/run-tool.ts';

export interface TestStream {
  readonly init: InitSegment;
  readonly fragments: readonly Fragment[];
  /** The whole of it: a recorded clip's bytes. */
  readonly bytes: Buffer;
}

export interface TestPicture {
  /** What ffmpeg reads: a `lavfi` source by default, or a file. */
  readonly input?: readonly string[];
  readonly seconds?: number;
  readonly framesPerSecond?: number;
  /** Pictures from one keyframe to the next. */
  readonly gop?: number;
  /** `width:height` */
  readonly scale?: string;
  /** A tone beside it, as AAC. */
  readonly sound?: true;
}

const SOURCE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240'];

const encoding = (
  { seconds = 4, framesPerSecond = 10, gop = 10, scale, sound }: TestPicture, more: readonly string[] = [],
): readonly string[] => [
  ...(sound === true ? ['-f', 'lavfi', '-i', 'sine=frequency=440'] : []),
  ...more, '-t', String(seconds), '-r',
  String(framesPerSecond), ...(scale === undefined ? [] : ['-vf', `scale=${scale}`]),
  ...(sound === true ? ['-c:a', 'aac'] : ['-an']), '-c:v', 'libx264', '-preset', 'ultrafast', '-tune',
  'zerolatency', '-pix_fmt', 'yuv420p', '-g', String(gop), '-f', 'mp4',
  '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000', 'pipe:1',
];

/** Made as fast as it goes. */
export async function makeTestStream(picture: TestPicture = {}): Promise<TestStream> {
  const args = ['-nostdin', '-v', 'error', ...(picture.input ?? SOURCE), ...encoding(picture)];
  const { output } = await runTool({ tool: 'ffmpeg', args, maxOutputBytes: 256 * 1024 * 1024 });
  const parts = new FragmentReader().push(output);
  const [head] = parts;
  if (head?.type !== 'init') throw new Error('ffmpeg made no fragmented video');
  return { init: head.init, fragments: parts.flatMap((part) =>
    (part.type === 'fragment' ? [part.fragment] : [])), bytes: output };
}

/** Made at the pace of a camera; the same parts, told as they come. @returns What stops it. */
export function playTestStream(
  picture: TestPicture, listener: { begin(init: InitSegment): void; fragment(fragment: Fragment): void },
): () => void {
  const reader = new FragmentReader();
  const child = spawn('ffmpeg', [
    '-nostdin', '-v', 'error', '-re', ...(picture.input ?? SOURCE), ...encoding(picture, ['-flush_packets', '1']),
  ], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk: Buffer) => {
    for (const part of reader.push(chunk)) {
      if (part.type === 'init') listener.begin(part.init);
      else listener.fragment(part.fragment);
    }
  });
  return () => { child.kill('SIGKILL'); };
}
