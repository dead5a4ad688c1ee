import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { GrayFrame } from '../../core/frame.ts';
import { nothingSeen } from '../../core/frame.ts';
import { seconds } from '../../core/units.ts';
import { maskBits } from '../../vision/motion-detector.ts';
import { encodePng } from './png.ts';
import { paintLook } from './seen-picture.ts';

const at = seconds(1.2);
const size = { width: 32, height: 32 };
const gray: GrayFrame = { at, ...size, pixels: new Uint8Array(32 * 32).fill(128) };
const nowhere = { zones: [], lines: [], privacy_masks: [] };
const blank = new Uint8Array(32 * 32);

/** The picture as ffmpeg reads it: red, green and blue at a pixel of the frame. */
function colourAt(png: Buffer, [x, y]: readonly [number, number]): readonly number[] {
  const { stdout } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-f', 'png_pipe', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    { input: png },
  );
  assert.equal(stdout.length, 128 * 128 * 3);
  const pixel = 3 * ((4 * y + 2) * 128 + 4 * x + 2);
  return [...stdout.subarray(pixel, pixel + 3)];
}

describe('a picture of a look', () => {
  it('is the frame, enlarged four times, with each kind of mark in a colour of its own', () => {
    const mask = Uint8Array.from(blank);
    mask[20 * 32 + 8] = maskBits.marked;
    mask[20 * 32 + 9] = maskBits.marked + maskBits.energy + maskBits.believed;
    mask[20 * 32 + 10] = maskBits.believed;
    mask[20 * 32 + 11] = maskBits.excluded + maskBits.energy;
    mask[20 * 32 + 12] = maskBits.outside;
    mask[20 * 32 + 13] = maskBits.outside + maskBits.marked;
    const png = encodePng(paintLook({ frame: gray, seen: nothingSeen(at), mask }, nowhere));
    const [
      plain = [], marked = [], changed = [], believed = [], excluded = [], outside = [], reaching = [],
    ] = [7, 8, 9, 10, 11, 12, 13].map((x) =>
      colourAt(png, [x, 20]),
    );
    assert.ok(Math.max(...plain) - Math.min(...plain) === 0 && Math.abs((plain[0] ?? 0) - 128) < 8, plain.join());
    assert.equal(Math.max(...marked), marked[2], 'what differs is blue');
    assert.equal(Math.max(...changed), changed[0], 'what changed is red and some green: orange');
    assert.equal(Math.max(...believed), believed[1], 'what is believed is green');
    assert.ok(Math.max(...excluded) < (plain[0] ?? 0) / 2, 'where nothing counts it is dark');
    assert.deepEqual(outside, excluded, 'nor does what lies outside of the zones');
    assert.deepEqual(reaching, marked, 'but what differs there may be a part of who stands in one');
  });

  it('draws things, zones and lines over it', () => {
    const track = { id: 7, box: [0.25, 0.5, 0.25, 0.25], since: at, moving: true, path: [], zones: [] } as const;
    const zone = {
      name: 'yard',
      type: 'include',
      polygon: [
        [0.05, 0.3],
        [0.95, 0.3],
        [0.95, 0.9],
        [0.05, 0.9],
      ],
    } as const;
    const line = { name: 'door', from: [0.6, 0.6], to: [0.9, 0.6] } as const;
    const painted = paintLook(
      { frame: gray, seen: { ...nothingSeen(at), motion: true, boxes: [track.box], tracks: [track] }, mask: blank },
      { zones: [zone], lines: [line], privacy_masks: [] },
    );
    const colours = new Set(painted.pixels);
    const plain = new Set(paintLook({ frame: gray, seen: nothingSeen(at), mask: blank }, nowhere).pixels);
    assert.deepEqual(
      [plain.size, colours.size],
      [3, 6],
      'gray, and black and white of the time; green, cyan and yellow besides',
    );
  });

  it('keeps what lies outside out, however a thing or a place lies', () => {
    const track = {
      id: 123_456,
      box: [0.9, 0.95, 0.5, 0.5],
      since: at,
      moving: false,
      path: [
        [-1, 2],
        [2, -1],
      ],
      zones: [],
    } as const;
    const painted = paintLook(
      { frame: gray, seen: { ...nothingSeen(at), tamper: ['covered', 'frozen'], tracks: [track] }, mask: blank },
      nowhere,
      [{ name: 'A very long name indeed', box: [0.5, 0.99, 0.6, 0.3] }],
    );
    assert.equal(painted.pixels.length, 128 * 128);
  });

  it('writes a letter with an accent without it, and leaves no gap', () => {
    const named = (name: string): Buffer => encodePng(paintLook({ frame: gray, seen: nothingSeen(at), mask: blank }, {
      ...nowhere, lines: [{ name, from: [0.2, 0.5], to: [0.8, 0.5] }],
    }));
    assert.deepEqual(named('Tür'), named('tur'));
    assert.notDeepEqual(named('Tür'), named('t r'));
  });

  it('refuses pixels that are not of the size', () =>
    assert.throws(
      () => encodePng({ ...size, pixels: new Uint8Array(3), palette: Uint8Array.of(0, 0, 0) }),
      /32x32 pixels are 1024 bytes, got 3/,
    ));
});
