import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FragmentReader } from '../../contract/mp4-fragment.ts';
import type { PictureDecoderState } from '../../contract/topics.ts';
import { silentLog } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { openCamera } from '../open-camera.ts';
import { ENCODINGS, makeClip } from '../simulated/clips.ts';
import { boardFfmpeg, listDevices, withOwnFfmpeg } from '../../../test/own-ffmpeg.ts';
import { RecordingSink } from '../simulated/recording-sink.ts';
import { eventually } from '../../../test/eventually.ts';
import { DecoderHardware } from './decoder-hardware.ts';

/** Up to six programs start one after the other, each behind a shell: a busy machine takes its time. */
const PATIENCE_MS = 60_000;

interface Watched { readonly states: readonly PictureDecoderState[]; readonly sink: RecordingSink }

describe('the board\'s own decoder', function () {
  let folder: string;
  let devices: string;
  const file = (name: string): string => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-hardware-'));
    devices = await listDevices(path.join(folder, 'devices'), 'bcm2835-codec-decode', 'rpi-hevc-dec', 'HD Webcam');
    // Always something new, so that all of it is decoded.
    const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '4'];
    await Promise.all([
      makeClip(...scene, ...ENCODINGS['plain.mp4'], file('h264.mp4')), makeClip(...scene, ...ENCODINGS['hevc.mkv'], file('hevc.mkv')),
      makeClip(...scene, ...ENCODINGS['pictures.avi'], file('pictures.avi')),
    ]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function watch(
    name: string, seen: (watched: Watched) => boolean, { mode = 'auto', decode = 'auto', in: list = devices }: { mode?: 'auto' | 'off'; decode?: 'auto' | 'full'; in?: string } = {},
  ): Promise<Watched> {
    const stop = new AbortController();
    const sink = new RecordingSink();
    const states: PictureDecoderState[] = [];
    const camera = await openCamera({ source: file(name), stallTimeout: seconds(10), hardware: mode, pictures: { decode } }, { clock: systemClock, log: silentLog, devices: list }, stop.signal);
    const run = camera.run(Object.assign(sink, { decoder: (state: PictureDecoderState) => { states.push(state); } }), stop.signal);
    try {
      await Promise.race([sink.until(() => seen({ states, sink }), PATIENCE_MS), run]);
    } finally {
      stop.abort();
      await run;
    }
    return { states, sink };
  }
  const told = ({ states }: Watched): boolean => states.length > 0;

  it('is tried on the camera\'s own pictures, and used from a keyframe on without a picture being lost', async () => {
    const log = file('uses.log');
    const kinds = [['h264.mp4', 'H.264', 'h264'], ['hevc.mkv', 'H.265', 'hevc']] as const;
    const usesOf = (decoder: string): number =>
      (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\n').filter((use) => use === decoder).length;
    const all = await withOwnFfmpeg(boardFfmpeg(log), () => Promise.all(kinds.map(([name, , decoder]) => {
      let used = 0;
      return watch(name, ({ states, sink }) => {
        if (states[0]?.kind === 'hardware') used ||= sink.sessions[0]?.frames.length ?? 0;
        const isShown = used > 0 && (sink.sessions[0]?.frames.length ?? 0) > used + 15;
        return isShown && usesOf(decoder) >= 2; // once for the trial, then to decode
      });
    })));
    for (const [index, [, codec]] of kinds.entries()) {
      const watched = all[index];
      assert.deepEqual(watched?.states, [{ kind: 'hardware', reason: `the board's decoder for ${codec} was tried on this camera's pictures, and works` }]);
      const times = watched?.sink.sessions[0]?.frames.map(({ at }) => at) ?? [];
      assert.ok(times.every((at, place) => place === 0 || at - (times[place - 1] ?? 0) <= 240), `no gap: ${times.join()}`);
    }
  });

  it('is all that those who decode may open: in trial and in use they may do nothing, and know nothing of the environment', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const log = file('rights.log');
    await writeFile(log, '');
    await Promise.all([chmod(folder, 0o755), chmod(log, 0o666)]); // nobody writes into it
    process.env['TYTO_TEST_SECRET'] = 'Tr0ub4dor';
    const rights = `echo "$UID $(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) \${TYTO_TEST_SECRET:-knows nothing} $*" >> ${log}`;
    try {
      await withOwnFfmpeg(`${rights}\n${boardFfmpeg(file('rights-uses.log'))}`, async () => {
        let used = 0;
        await watch('h264.mp4', ({ states, sink }) => {
          if (states[0]?.kind === 'hardware') used ||= sink.sessions[0]?.frames.length ?? 0;
          return used > 0 && (sink.sessions[0]?.frames.length ?? 0) > used + 15;
        });
      });
    } finally {
      delete process.env['TYTO_TEST_SECRET'];
    }
    const decoders = (await readFile(log, 'utf8')).split('\n').filter((line) => line.includes('-f mp4 -i pipe:0'));
    const byHardware = decoders.filter((line) => line.includes('h264_v4l2m2m'));
    assert.ok(byHardware.length >= 2 && decoders.length - byHardware.length >= 2, decoders.join('\n'));
    for (const line of decoders) {
      assert.match(line, byHardware.includes(line) ? /^0 0+ knows nothing / : /^65534 0+ knows nothing /);
    }
  });

  it('is tried on the pictures of one connection, also where the one before was lost while it waited for them', async () => {
    const fed = file('fed');
    const video = file('fragments.mp4');
    await makeClip('-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '1', '-c:v', 'libx264', '-g', '6', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', video);
    const parts = new FragmentReader().push(await readFile(video));
    const head = parts.flatMap((part) => (part.type === 'init' ? part.init : []))[0];
    const [lost, ...rest] = parts.flatMap((part) => (part.type === 'fragment' ? part.fragment : []));
    assert.ok(head !== undefined && lost !== undefined);
    const states: PictureDecoderState[] = [];
    await withOwnFfmpeg(`exec < <(tee ${fed})\n${boardFfmpeg(file('one.log'))}`, async () => {
      const hardware = new DecoderHardware({ mode: 'auto', devices, confinement: [], tell: (state) => { states.push(state); } }, new AbortController().signal);
      await hardware.begin(head, 'h264', true);
      hardware.see(lost);
      await hardware.begin(head, 'h264', true);
      for (const fragment of rest) hardware.see(fragment);
      await eventually('the outcome', () => states.length > 0, PATIENCE_MS);
    });
    assert.equal(states[0]?.reason, 'the board\'s decoder for H.264 was tried on this camera\'s pictures, and works');
    assert.ok((await readFile(fed)).equals(Buffer.concat([head, ...rest.slice(0, 2)].map(({ data }) => data))), 'the second connection, and nothing else');
  });

  it('that fails its trial is not used: software decodes, and the reason is told', async () => {
    // The real ffmpeg on a machine that has no such decoder.
    const { states: [real] } = await watch('h264.mp4', told);
    assert.ok(real?.kind === 'software' && real.reason.startsWith('the hardware decoder was tried: '), JSON.stringify(real));
    const black = 'case "$*" in *h264_v4l2m2m*) dd if=/dev/zero bs=2304 count=60 2>/dev/null; exit 0;; esac; real "$@"';
    const { states: [gray] } = await withOwnFfmpeg(black, () => watch('h264.mp4', told));
    assert.match(gray?.reason ?? '', /^the hardware decoder was tried: its pictures are others \(by \d+\.\d of 255 levels\)$/);
  });

  it('that dies later is replaced by software for good', async () => {
    const log = file('dying.log');
    const { states } = await withOwnFfmpeg(`case "$*" in *h264_v4l2m2m*metadata*) exit 1;; esac\n${boardFfmpeg(log)}`, () =>
      watch('h264.mp4', ({ states: seen, sink }) => seen.length >= 2 && (sink.sessions[0]?.frames.length ?? 0) > 20));
    assert.deepEqual(states.map(({ kind }) => kind), ['hardware', 'software']);
    assert.match(states[1]?.reason ?? '', /^the hardware decoder failed: /);
  });

  it('is not even tried where there is none, where it may not be, or where there is nothing for it', async () => {
    const none = path.join(folder, 'none');
    const reasons = await Promise.all([
      watch('h264.mp4', told, { in: none }), watch('h264.mp4', told, { mode: 'off' }), watch('h264.mp4', told, { decode: 'full' }), watch('pictures.avi', told),
    ]);
    assert.deepEqual(reasons.map(({ states: [state] }) => state), [
      { kind: 'software', reason: 'this machine has no hardware decoder for H.264' },
      { kind: 'software', reason: 'as it is set (vision.hardware)' },
      { kind: 'software', reason: 'what is recorded depends on the same program, where every picture is decoded (vision.decode)' },
      { kind: 'software', reason: 'boards decode H.264 and H.265 only, and the camera sends mjpeg' },
    ]);
  });

  it('is not spoken of where there is nothing to decode', async () => {
    const states: PictureDecoderState[] = [];
    const hardware = new DecoderHardware({ mode: 'auto', devices, confinement: [], tell: (state) => { states.push(state); } }, new AbortController().signal);
    const clip = file('plain.mp4');
    await makeClip('-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=5', '-t', '1', '-c:v', 'libx264', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', clip);
    const [head] = new FragmentReader().push(await readFile(clip)).flatMap((part) => (part.type === 'init' ? part.init : []));
    assert.ok(head !== undefined);
    await hardware.begin(head, 'rawvideo', false);
    assert.deepEqual(states, []);
  });
});
