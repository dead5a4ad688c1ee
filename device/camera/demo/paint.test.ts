import assert from 'node:assert/strict';
import { cornersInPixels, type Box } from '../../core/geometry.ts';
import { millis, seconds, type Millis } from '../../core/units.ts';
import { frameBytes, planesOf } from './frame/planes.ts';
import { DemoPainter } from './paint.ts';
import { sceneAt, type DemoScene } from './scene.ts';

const size = { width: 320, height: 184 };

describe('the demo camera\'s painter', () => {
  const painter = new DemoPainter(size);
  const paint = (scene: DemoScene): Uint8Array => {
    const frame = new Uint8Array(frameBytes(size));
    painter.paint(scene, frame);
    return frame;
  };
  const at = (time: Millis): Uint8Array => paint(sceneAt(time));
  const brightness = (frame: Uint8Array): number => {
    const { y } = planesOf(frame, size);
    return y.reduce((sum, value) => sum + value, 0) / y.length;
  };
  /** Mean change of brightness inside and outside of `box`. */
  const change = (one: Uint8Array, other: Uint8Array, box: Box): { inside: number; outside: number } => {
    const [left, top, right, bottom] = cornersInPixels(box, size);
    const sums = { inside: [0, 0], outside: [0, 0] } as const satisfies Record<string, [number, number]>;
    for (let pixel = 0; pixel < size.width * size.height; pixel++) {
      const [x, y] = [pixel % size.width, Math.floor(pixel / size.width)];
      const sum: number[] = x >= left && x < right && y >= top && y < bottom ? sums.inside : sums.outside;
      sum[0] = (sum[0] ?? 0) + Math.abs((one[pixel] ?? 0) - (other[pixel] ?? 0));
      sum[1] = (sum[1] ?? 0) + 1;
    }
    return { inside: sums.inside[0] / sums.inside[1], outside: sums.outside[0] / sums.outside[1] };
  };

  it('paints frames of one and a half bytes a pixel', () => {
    assert.equal(frameBytes({ width: 1280, height: 720 }), 1_382_400);
    assert.equal(frameBytes(size), (size.width * size.height * 3) / 2);
  });

  it('refuses a frame of another length and odd sides, naming both', () => {
    const short = new Uint8Array(10);
    assert.throws(() => { painter.paint(sceneAt(millis(0)), short); }, /320x184 frame has 88320 bytes .*got 10/);
    assert.throws(() => new DemoPainter({ width: 321, height: 184 }), /multiples of 8, got 321x184/);
  });

  it('paints a scene the same way each time, whatever it painted before, and as any other painter does', () => {
    const moments = [seconds(16), seconds(182), seconds(260), seconds(430)];
    const first = moments.map(at);
    moments.toReversed().forEach((moment, index) => assert.deepEqual(at(moment), first.at(-1 - index)));
    const other = new DemoPainter(size);
    const frame = new Uint8Array(frameBytes(size));
    other.paint(sceneAt(seconds(260)), frame);
    assert.deepEqual(frame, first[2]);
  });

  it('paints the same where lights that do not shine are packed, each of them once', () => {
    const kept: Uint8Array[] = [];
    const packing = new DemoPainter(size, {
      pack: (bytes) => { kept.push(bytes.slice()); return Uint8Array.of(kept.length - 1); },
      unpack: (packed) => kept[packed[0] ?? -1]?.slice() ?? new Uint8Array(0),
    });
    const day = [16, 182, 210, 260, 430, 460].map(seconds);
    for (const moment of [...day, ...day]) {
      const frame = new Uint8Array(frameBytes(size));
      packing.paint(sceneAt(moment), frame);
      assert.deepEqual(frame, at(moment));
    }
    assert.equal(kept.length, 4);
  });

  it('changes the picture where the figure is and hardly elsewhere', () => {
    for (const moment of [seconds(16), seconds(115), seconds(256), seconds(308)]) {
      const scene = sceneAt(moment);
      const [figure] = scene.figures;
      assert.ok(figure !== undefined);
      const { inside, outside } = change(paint(scene), paint({ ...scene, figures: [] }), figure.box);
      const said = `${moment}: ${inside} inside, ${outside} outside`;
      assert.ok(inside > 4 && outside < 0.4 && inside > 20 * outside, said);
    }
  });

  it('hides the visitor behind the hedge until the gate', () => {
    const start = sceneAt(millis(64_470));
    const [figure] = start.figures;
    assert.ok(figure !== undefined);
    assert.equal(change(paint(start), paint({ ...start, figures: [] }), figure.box).inside < 3, true);
  });

  it('is darkest at night, and not black', () => {
    const [day, dusk] = [brightness(at(seconds(5))), brightness(at(seconds(201)))];
    const [night, dawn] = [brightness(at(seconds(270))), brightness(at(seconds(441)))];
    assert.ok(night < dusk && dusk < day && night < dawn && dawn < day, `${day} ${dusk} ${night} ${dawn}`);
    assert.ok(night > 30 && day < 200);
  });

  it('loses nearly all colour at night, as an infrared camera does', () => {
    const colourOf = (time: Millis): number => {
      const { v } = planesOf(at(time), size);
      return v.reduce((sum, value) => sum + Math.abs(value - 128), 0) / v.length;
    };
    assert.ok(colourOf(seconds(270)) < 0.3 * colourOf(seconds(5)));
  });

  it('is dimmer under clouds', () => {
    const clear = { ...sceneAt(seconds(5)), cloud: sceneAt(seconds(30)).cloud };
    const dim = { ...clear, cloud: sceneAt(seconds(170)).cloud };
    assert.ok(clear.cloud < 0.1 && dim.cloud > 0.9);
    assert.ok(brightness(paint(dim)) < 0.95 * brightness(paint(clear)));
  });

  it('moves the leaves, and gives the sensor some noise, but no more', () => {
    const scene = sceneAt(seconds(5));
    const crown: Box = [0.68, 0.02, 0.24, 0.3];
    const later = { ...sceneAt(seconds(6)), leafPhase: scene.leafPhase + 1.4, drift: scene.drift };
    const { inside, outside } = change(paint(scene), paint(later), crown);
    assert.ok(inside > 2 * outside && outside > 0.3 && outside < 2.5, `${inside} in the crown, ${outside} elsewhere`);
  });
});
