import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../../test/eventually.ts';
import { withOwnFfmpeg } from '../../../test/own-ffmpeg.ts';
import { FragmentReader } from '../../contract/mp4-fragment.ts';
import { systemClock } from '../../runtime/clock.ts';
import { makeClip } from '../simulated/clips.ts';
import { planPictures } from '../stream/picture-options.ts';
import { pictureIn } from './encoded-picture.ts';
import type { HardwareArguments } from './decoder-hardware.ts';
import { LivingDecoder } from './living-decoder.ts';
import { PacketReader } from './packet.ts';

describe('a decoder that goes over to hardware', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-living-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  it('still hands out what software was fed when the hardware dies at once', async () => {
    const file = path.join(folder, 'packets.mp4');
    await makeClip('-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25', '-t', '1', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20',
      '-movflags', '+frag_every_frame+empty_moov+default_base_moof', file);
    const parts = new FragmentReader().push(await readFile(file));
    const init = parts.flatMap((part) => (part.type === 'init' ? part.init : []))[0];
    assert.ok(init !== undefined);
    const reader = new PacketReader(init);
    const packets = parts.flatMap((part) => (part.type === 'fragment' ? reader.read(pictureIn(part.fragment)) : []));
    let inUse: HardwareArguments | undefined;
    const seen: number[] = [];
    const lost: string[] = [];
    // Software that shows nothing before it has everything: the hardware is dead by then.
    const script = `case "$*" in *h264_v4l2m2m*) echo broken >&2; exit 1;; esac; held=$(mktemp); cat > $held; exec < $held; rm $held; real "$@"`;
    await withOwnFfmpeg(script, async () => {
      using decoder = new LivingDecoder(init, {
        ...planPictures({}, init.size), confinement: [], clock: systemClock,
        hardware: { get inUse() { return inUse; }, failed() { inUse = undefined; } },
      }, { gray: ({ ticks }) => seen.push(ticks), colour() {}, lost: (reason) => lost.push(reason) });
      for (const packet of packets) {
        if (packet.number === 20) inUse = { input: ['-c:v', 'h264_v4l2m2m'], fetch: undefined };
        decoder.feed(packet, packet.number > 0, reader.origin);
      }
      await eventually('software has shown the first keyframe', () => lost.length > 0 && seen.length > 0);
    });
    assert.deepEqual([seen[0], lost], [packets[0]?.ticks, ['broken']]);
  });
});
