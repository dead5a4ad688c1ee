import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool } from '../../media/run-tool.ts';
import { analyseFile } from '../analyse-file.ts';

const never = new AbortController().signal;
const MOVING = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25:d=8', '-pix_fmt', 'yuv420p'];
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-bf', '2'];
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=50:bframes=3'];

/** Of each, what stands before where it is cut can be decoded. */
const CLIPS: Readonly<Record<string, readonly string[]>> = {
  'index-first.mp4': [...H264, '-movflags', '+faststart'],
  'fragments.mp4': [...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  'pictures.mp4': [...H264, '-movflags', '+frag_every_frame+empty_moov+default_base_moof'],
  'hevc.mkv': HEVC,
  'open-ended.mkv': [...H264, '-f', 'matroska', '-live', '1'],
  'stream.ts': H264,
  'h264.avi': H264,
  'jpegs.avi': ['-c:v', 'mjpeg', '-q:v', '8'],
  'vp8.webm': ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k'],
  'moving.gif': ['-pix_fmt', 'rgb8', '-r', '10'],
};
/** Of these nothing can. */
const INDEX_LAST: Readonly<Record<string, readonly string[]>> = {
  'index-last.mp4': H264,
  'quicktime.mov': [...H264, '-bf', '0'],
};
/** Whole, though some of what is said of them sounds like faults. */
const ODD: Readonly<Record<string, readonly string[]>> = {
  'open-groups.mp4': [...HEVC.slice(0, -1), 'log-level=none:keyint=25:open-gop=1:bframes=4'],
  'refresh.mp4': [...H264, '-x264-params', 'intra-refresh=1'],
  'one-keyframe.mp4': ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '9999'],
  'uneven.mp4': [...H264, '-vf', "select='gt(random(0),.5)'", '-fps_mode', 'vfr'],
  'mpeg2.ts': ['-c:v', 'mpeg2video', '-q:v', '6'],
  'mpeg4.avi': ['-c:v', 'mpeg4', '-q:v', '6', '-bf', '2'],
};

const words = (error: Error | undefined): string => error?.message ?? '';

interface Read { readonly times: readonly number[]; readonly error: Error | undefined }

describe('a file that is not as it was written', function () {
  this.timeout(120_000);
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-faulty-'));
    for (const [name, encoding] of Object.entries({ ...CLIPS, ...INDEX_LAST, ...ODD })) {
      const { exitCode, complaint } = await runTool({
        tool: 'ffmpeg', args: ['-nostdin', '-v', 'error', ...MOVING, ...encoding, file(name)],
      });
      assert.equal(exitCode, 0, complaint);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function read(name: string, decode: 'auto' | 'full', onFrame: (at: number) => void = () => {}): Promise<Read> {
    const times: number[] = [];
    try {
      const clip = await analyseFile(file(name), never, { decode });
      for await (const { at } of clip.frames) {
        times.push(at);
        clip.attend(at, true);
        onFrame(at);
      }
      return { times, error: undefined };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { times, error };
    }
  }

  async function damage(name: string, change: (bytes: Buffer) => void): Promise<string> {
    const bytes = await readFile(file(name));
    change(bytes);
    await writeFile(file(`damaged-${name}`), bytes);
    return `damaged-${name}`;
  }

  /** Without `mfra`, which Tyto does not write. */
  async function withoutIndex(name: string): Promise<Buffer> {
    const bytes = await readFile(file(name));
    return bytes.subarray(0, bytes.lastIndexOf('mfra') - 4);
  }

  it('is read without a word where it is whole', async () => {
    for (const name of Object.keys({ ...CLIPS, ...INDEX_LAST, ...ODD })) {
      for (const decode of ['auto', 'full'] as const) {
        const { times, error } = await read(name, decode);
        assert.equal(error, undefined, `${name}, ${decode}`);
        assert.ok(times.length >= 35, `${name}, ${decode}: ${times.length}`);
      }
    }
  });

  it('gives what comes before it is cut off, and then says so', async () => {
    for (const name of Object.keys(CLIPS)) {
      const { size } = await stat(file(name));
      for (const share of [0.35, 0.9]) {
        const bytes = Math.round(size * share);
        await copyFile(file(name), file(`cut-${name}`));
        await truncate(file(`cut-${name}`), bytes);
        for (const decode of ['auto', 'full'] as const) {
          const { times, error } = await read(`cut-${name}`, decode);
          const what = `${name} after ${bytes} bytes, ${decode}`;
          const cut = /^\S+ is cut off: [^;]* byte \d+[^;]*; the rest was read, up to \d\.\d s: copy /;
          assert.match(words(error), cut, what);
          assert.equal((error as { code?: string } | undefined)?.code, 'camera.damaged', what);
          assert.ok(times.length >= 40 * share - 8, `${what}: ${times.length}`);
        }
      }
    }
  });

  it('tells of a clip of Tyto that breaks off in a seal', async () => {
    const seal = Buffer.concat([Buffer.from('0000007d', 'hex'), Buffer.from('uuid'), Buffer.alloc(40, 7)]);
    await writeFile(file('sealed.mp4'), Buffer.concat([await withoutIndex('fragments.mp4'), seal]));
    for (const decode of ['auto', 'full'] as const) {
      const { times, error } = await read('sealed.mp4', decode);
      assert.match(words(error), / is cut off: box "uuid" at byte \d+ claims 125 bytes, 48 are left; the /);
      assert.equal(times.length, 40);
    }
  });

  it('says what is missing where nothing can be decoded without it', async () => {
    for (const name of Object.keys(INDEX_LAST)) {
      await truncate(file(name), Math.round((await stat(file(name))).size * 0.6));
      for (const decode of ['auto', 'full'] as const) {
        const { error } = await read(name, decode);
        assert.match(words(error), / is cut off: box "mdat" at byte \d+ claims \d+ bytes, \d+ are left; /, name);
      }
    }
  });

  it('is read on behind what was written over, and it is told where that was', async () => {
    for (const name of ['index-first.mp4', 'fragments.mp4', 'h264.avi', 'jpegs.avi']) {
      const damaged = await damage(name, (bytes) => {
        const half = Math.floor(bytes.length / 2);
        bytes.fill(0xa5, half, half + 3000);
      });
      for (const decode of ['auto', 'full'] as const) {
        const { times, error } = await read(damaged, decode);
        const [, from] = / is damaged: pictures (?:at about|between) (\d\.\d) s/.exec(words(error)) ?? [];
        assert.ok(Math.abs(Number(from) - 4) <= 2, `${name}, ${decode}: ${error?.message}`);
        assert.ok((times.at(-1) ?? 0) > 3800, `${name}, ${decode}`);
      }
    }
  });

  it('is told of both where it was written over and is cut off', async () => {
    const { exitCode } = await runTool({
      tool: 'ffmpeg', args: [...MOVING.with(3, `${MOVING[3]?.replace('d=8', 'd=30')}`), ...H264, file('long.mkv')],
    });
    assert.equal(exitCode, 0);
    const damaged = await damage('long.mkv', (bytes) => {
      const third = Math.floor(bytes.length / 3);
      bytes.fill(0xa5, third, third + 9000);
    });
    await truncate(file(damaged), Math.round((await stat(file(damaged))).size * 0.95));
    for (const decode of ['auto', 'full'] as const) {
      const { error } = await read(damaged, decode);
      const [, from] = / is cut off: .*; pictures (?:at about|between) (\d+\.\d) s.* are missing/.exec(words(error)) ?? [];
      assert.ok(Math.abs(Number(from) - 10) <= 5, `${decode}: ${error?.message}`);
    }
  });

  it('says from where on fragments cannot be found any more', async () => {
    const damaged = await damage('pictures.mp4', (bytes) => {
      const half = Math.floor(bytes.length / 2);
      bytes.fill(0x5a, bytes.lastIndexOf('moof', half) - 4, half);
    });
    for (const decode of ['auto', 'full'] as const) {
      const { times, error } = await read(damaged, decode);
      assert.match(words(error), / is damaged: no box begins at byte \d+, \d+ bytes from there on are not read; the /);
      assert.ok(times.length >= 12, `${decode}: ${times.length}`);
    }
  });

  it('says that what decodes it was ended, and is read on', async () => {
    for (const decode of ['auto', 'full'] as const) {
      let isKilled = false;
      const { times, error } = await read('index-first.mp4', decode, (at) => {
        if (at < 1000 || isKilled) return;
        isKilled = true;
        const children = execFileSync('pgrep', ['-P', String(process.pid), 'ffmpeg'], { encoding: 'utf8' });
        for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
      });
      assert.match(words(error), /the decoder of \S+ ended early: ffmpeg was ended from outside \(SIGKILL\)/, decode);
      if (decode === 'auto') assert.ok((times.at(-1) ?? 0) > 7500, `${times.at(-1)}`);
    }
  });

  it('may begin in the middle of a stream, and have anything behind its end', async () => {
    const stream = await readFile(file('stream.ts'));
    await writeFile(file('joined.ts'), stream.subarray(188 * 200));
    const tail = Buffer.from('SEFHj\0\0\0\x02\0\0\0a phone wrote this');
    await writeFile(file('phone.mp4'), Buffer.concat([await readFile(file('index-first.mp4')), tail]));
    await writeFile(file('padded.gif'), Buffer.concat([await readFile(file('moving.gif')), Buffer.alloc(5)]));
    await writeFile(file('two.ts'), Buffer.concat([stream, stream.subarray(188 * 200)]));
    for (const name of ['joined.ts', 'two.ts', 'phone.mp4', 'padded.gif']) {
      for (const decode of ['auto', 'full'] as const) {
        const { times, error } = await read(name, decode);
        assert.equal(error, undefined, `${name}, ${decode}`);
        assert.ok(times.length > 25, `${name}, ${decode}: ${times.length}`);
      }
    }
  });
});
