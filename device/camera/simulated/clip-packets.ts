import { readFile } from 'node:fs/promises';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { FragmentReader } from '../../contract/mp4-fragment.ts';
import { pictureIn } from '../gate/encoded-picture.ts';
import { PacketReader, type Packet } from '../gate/packet.ts';
import { makeClip } from './clips.ts';

export interface ClipPackets {
  readonly init: InitSegment;
  /** What has read the packets: it knows their times. */
  readonly reader: PacketReader;
  /** In the order in which they are decoded. */
  readonly packets: readonly Packet[];
}

/**
 * A changing picture, 64x48 and 25 a second, as a decoder is fed with it.
 * @param file - Where the clip is made.
 * @param duration - Seconds.
 * @param encoder - Options of ffmpeg.
 */
export async function clipPackets(file: string, duration: number, encoder: readonly string[]): Promise<ClipPackets> {
  await makeClip('-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25', '-t', String(duration), ...encoder,
    '-movflags', '+frag_every_frame+empty_moov+default_base_moof', file);
  const parts = new FragmentReader().push(await readFile(file));
  const [head] = parts;
  if (head?.type !== 'init') throw new Error(`${file} does not begin as a clip does`);
  const reader = new PacketReader(head.init);
  const packets = parts.flatMap((part) => (part.type === 'fragment' ? reader.read(pictureIn(part.fragment)) : []));
  return { init: head.init, reader, packets };
}
