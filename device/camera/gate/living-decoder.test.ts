import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
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

describe('a decoder of a stream without end', () => {
  it('is begun anew now and then, for it remembers all that it was given, and shows the same', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-living-'));
    try {
      const { init, reader, packets } = await clipPackets(
        path.join(folder, 'packets.mp4'), 8, ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20'],
      );
      const show = async (renewAfter?: number): Promise<{ shown: readonly string[]; begun: number }> => {
        const [log, shown] = [path.join(folder, `begun-${renewAfter}`), new Array<string>()];
        await withOwnFfmpeg(`echo >> ${log}; real "$@"`, async () => {
          using decoder = new LivingDecoder(init, {
            ...planPictures({}, init.size), confinement: [], clock: systemClock, renewAfter,
          }, {
            gray: ({ ticks, pixels }) => shown.push(`${ticks} ${createHash('md5').update(pixels).digest('hex')}`),
            colour() {}, lost: assert.fail, fault: assert.fail,
          });
          for (const packet of packets) {
            decoder.feed(packet, packet.number > 0, reader.origin);
            await setImmediate(); // as of a camera: one by one, and no more than the decoder keeps up with
            if (packet.number % 5 === 0) await eventually('its picture', () => shown.length >= packet.number / 5);
          }
          await decoder.finish();
        });
        return { shown, begun: (await readFile(log, 'utf8')).length };
      };
      const [one, several] = [await show(), await show(50)];
      assert.deepEqual([one.begun, several.begun, one.shown.length], [1, 4, 40]);
      assert.deepEqual(several.shown, one.shown);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
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
