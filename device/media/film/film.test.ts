import assert from 'node:assert/strict';
import { boxesIn } from '../../contract/mp4-boxes.ts';
import { seconds } from '../../core/units.ts';
import { runTool } from '../run-tool.ts';
import { FilmEncoder } from './film-encoder.ts';
import { filmOf } from './film-file.ts';
import type { Plane } from './plane.ts';

interface Picture { readonly width: number; readonly height: number; readonly pixels: Uint8Array }
type Paint = (x: number, y: number, plane: number) => number;

function painted(width: number, height: number, paint: Paint): Picture {
  const planes = [0, 1, 2].map((plane) => {
    const [wide, high] = plane === 0 ? [width, height] : [width / 2, height / 2];
    return Uint8Array.from({ length: wide * high }, (_, at) => paint(at % wide, Math.floor(at / wide), plane));
  });
  return { width, height, pixels: new Uint8Array(Buffer.concat(planes)) };
}

/** The same numbers at every run. */
function chance(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x8000_0000;
  };
}

/** What all of `film`'s pictures look like to ffmpeg, as it decodes them, in planes one after the other. */
async function decoded(film: Uint8Array): Promise<Uint8Array> {
  const { exitCode, output, complaint } = await runTool({
    tool: 'ffmpeg', input: film, timeout: seconds(60), maxOutputBytes: 64 * 1024 * 1024,
    args: ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
  });
  assert.deepEqual([exitCode, complaint], [0, '']);
  return output;
}

/** What a film's encoder believes that a decoder shows, picture after picture. */
async function believed(pictures: readonly Picture[]): Promise<Uint8Array> {
  const [{ width, height }] = pictures as [Picture];
  const encoder = new FilmEncoder({ width, height });
  const rows: Uint8Array[] = [];
  for (const picture of pictures) {
    await encoder.encode(picture);
    for (const [index, plane] of encoder.shown.entries())
      rows.push(...rowsOf(plane, index === 0 ? width : width / 2, index === 0 ? height : height / 2));
  }
  return Buffer.concat(rows);
}

const rowsOf = ({ pixels, stride }: Plane, width: number, height: number): Uint8Array[] =>
  Array.from({ length: height }, (_, row) => pixels.slice(row * stride, row * stride + width));

function off(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, at) => sum + (value - (b[at] as number)) ** 2, 0) / a.length;
}

describe('a film of a few pictures', () => {
  const random = chance();
  const garden: Paint = (x, y, plane) => (plane === 0 ? 90 + 50 * Math.sin(x / 9) + 40 * Math.cos(y / 7) : 118 + x / 8);
  const walker = (step: number): Paint => (x, y, plane) =>
    (plane === 0 && Math.abs(x - 12 * step) < 9 && y > 20 ? 200 : garden(x, y, plane));
  const everything: readonly Paint[] = [
    garden, garden, walker(1), walker(2),
    () => random() * 255, () => random() * 255,
    (x, y, plane) => garden(x, y, plane) + random() * 12,
    () => 0, () => 255, (x, y) => ((x + y) % 2) * 255, (x) => (x % 16 < 8 ? 16 : 235), (_x, y) => y, (x) => 2 * x,
    (x, y, plane) => (plane === 1 ? x * y : 128), (x, y) => (x > 30 ? random() * 255 : y), garden,
    ...Array.from({ length: 6 }, (_, step) => walker(step)),
  ];

  for (const [width, height] of [[64, 48], [70, 34], [16, 16], [2, 2], [320, 180]] as const) {
    it(`is shown by decoders bit by bit as it was meant, at ${width}x${height}`, async () => {
      const pictures = everything.map((paint) => painted(width, height, paint));
      const [seen, meant] = [await decoded(await filmOf(pictures, seconds(0.4))), await believed(pictures)];
      assert.equal(seen.byteLength, meant.byteLength);
      assert.equal(Buffer.compare(seen, meant), 0);
    });
  }

  it('looks like the pictures that it is made of', async () => {
    const pictures = [garden, walker(1), walker(2), walker(4)].map((paint) => painted(128, 96, paint));
    const seen = await decoded(await filmOf(pictures, seconds(0.4)));
    for (const [index, { pixels }] of pictures.entries()) {
      const shown = seen.subarray(index * pixels.byteLength, (index + 1) * pixels.byteLength);
      assert.ok(off(shown, pixels) < 12, `picture ${index}: ${off(shown, pixels)}`);
    }
  });

  it('takes next to nothing for a picture that is as the one before', async () => {
    const encoder = new FilmEncoder({ width: 320, height: 180 });
    const still = painted(320, 180, garden);
    const [first, second] = [await encoder.encode(still), await encoder.encode(still)];
    assert.ok(second.byteLength * 20 < first.byteLength, `${second.byteLength} after ${first.byteLength}`);
  });

  it('has its head in front, and shows each picture for as long', async () => {
    const film = await filmOf(everything.slice(0, 5).map((paint) => painted(64, 36, paint)), seconds(0.4));
    assert.deepEqual([...boxesIn(film)].map(({ type }) => type), ['ftyp', 'moov', 'mdat']);
    const { output } = await runTool({
      tool: 'ffprobe', input: film,
      args: ['-v', 'error', '-show_entries', 'stream=codec_name,profile,width,height,nb_frames,duration,pix_fmt', '-of',
        'default=nw=1', '-f', 'mp4', 'pipe:0'],
    });
    assert.deepEqual(output.toString().trim().split('\n'), [
      'codec_name=h264', 'profile=Constrained Baseline', 'width=64', 'height=36', 'pix_fmt=yuv420p',
      'duration=2.000000', 'nb_frames=5',
    ]);
  });

  it('is given up when nobody waits for it any more', async () => {
    const stop = new AbortController();
    const made = filmOf(everything.map((paint) => painted(320, 180, paint)), seconds(0.4), stop.signal);
    stop.abort();
    await assert.rejects(made, { name: 'AbortError' });
  });

  it('refuses pictures of two sizes, and none at all', async () => {
    await assert.rejects(filmOf([painted(16, 16, garden), painted(32, 16, garden)], seconds(1)), RangeError);
    await assert.rejects(filmOf([], seconds(1)), RangeError);
  });
});
