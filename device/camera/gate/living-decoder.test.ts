import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../../test/eventually.ts';
import { withOwnFfmpeg } from '../../../test/own-ffmpeg.ts';
import { millis } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { clipPackets } from '../simulated/clip-packets.ts';
import { planPictures } from '../stream/picture-options.ts';
import type { HardwareArguments } from './decoder-hardware.ts';
import { LivingDecoder } from './living-decoder.ts';

describe('a decoder that goes over to hardware', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-living-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  it('still hands out what software was fed when the hardware dies at once', async () => {
    const { init, reader, packets } = await clipPackets(
      path.join(folder, 'packets.mp4'), 1, ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20'],
    );
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

describe('a decoder that was given all', () => {
  it('is not waited for where it shows nothing any more', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-living-'));
    try {
      const { init, reader, packets } = await clipPackets(
        path.join(folder, 'packets.mp4'), 1, ['-c:v', 'libx264', '-preset', 'ultrafast'],
      );
      let later = 0; // how far the clock is ahead
      const lost: string[] = [];
      await withOwnFfmpeg('exec tail -f /dev/null', async () => {
        using decoder = new LivingDecoder(init, {
          ...planPictures({}, init.size), confinement: [],
          clock: { ...systemClock, monotonic: () => millis(systemClock.monotonic() + later) },
        }, { gray() {}, colour() {}, lost: assert.fail, fault: (words) => lost.push(words ?? 'a picture') });
        for (const packet of packets) decoder.feed(packet, packet.number > 0, reader.origin);
        const finished = decoder.finish();
        later = 7000;
        decoder.check();
        later = 60_000;
        decoder.check();
        await finished;
      });
      assert.deepEqual(lost, ['the decoder hangs']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
