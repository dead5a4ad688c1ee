/** The passes of `PixelPasses` in plain TypeScript: the measure for the WebAssembly routine. Tests only. */
import type { PixelPasses } from '../../device/vision/pixel-passes.ts';
import { referenceCells } from './blob-reference.ts';
import { referenceExposure } from './exposure-reference.ts';
import { referenceLight } from './light-passes-reference.ts';

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

export function referencePasses(bytes: number): PixelPasses {
  const memory = { buffer: new ArrayBuffer(bytes) };
  const dataView = new DataView(memory.buffer);
  const u8 = (pointer: number): number => dataView.getUint8(pointer);
  const setU8 = (pointer: number, value: number): void => dataView.setUint8(pointer, value);
  const u16 = (pointer: number, index: number): number => dataView.getUint16(pointer + 2 * index, true);
  const setU16 = (pointer: number, index: number, value: number): void =>
    dataView.setUint16(pointer + 2 * index, value, true);
  const i16 = (pointer: number, index: number): number => dataView.getInt16(pointer + 2 * index, true);
  const i32 = (pointer: number, index: number): number => dataView.getInt32(pointer + 4 * index, true);
  const setI32 = (pointer: number, index: number, value: number): void =>
    dataView.setInt32(pointer + 4 * index, value, true);
  const distance = (a: number, b: number): number => Math.abs(u8(a) - u8(b));

  function eachPixel(w: number, h: number, visit: (index: number, x: number, y: number) => void): void {
    for (let y = 0; y < h; y += 1) for (let x = 0; x < w; x += 1) visit(y * w + x, x, y);
  }

  const misfit: PixelPasses['misfit'] = (image, picture, w, h, dx, dy, border, clip) => {
    let sum = 0;
    for (let y = border; y < h - border; y += 2) {
      for (let x = border; x < w - border; x += 1) {
        sum += Math.min(distance(image + (y + dy) * w + x + dx, picture + y * w + x), clip);
      }
    }
    return sum;
  };

  return {
    memory,
    ...referenceCells(memory),
    ...referenceExposure(memory),
    ...referenceLight(memory),
    start(image, mean, deviation, blink, still, n) {
      for (let i = 0; i < n; i += 1) {
        setU16(mean, i, u8(image + i) * 128);
        setU16(deviation, i, 3 * 1024);
        setU16(blink, i, 0);
        setU16(still, i, 0);
      }
    },
    predict(mean, gain, expected, picture, w, h) {
      eachPixel(w, h, (i, _x, y) => {
        const value = clamp(Math.floor(((u16(mean, i) + 512) * u16(gain, y)) / 4096) - 512, 0, 65_535);
        setU16(expected, i, value);
        setU8(picture + i, Math.min((value + 64) >> 7, 255));
      });
    },
    scaleRows(image, gain, out, w, h) {
      eachPixel(w, h, (i, _x, y) => {
        setU8(out + i, clamp((((u8(image + i) + 4) * u16(gain, y) + 2048) >> 12) - 4, 0, 255));
      });
    },
    misfit,
    misfits(image, picture, sums, w, h, dx, dy, border, clip) {
      eachPixel(3, 3, (i, x, y) =>
        setI32(sums, i, misfit(image, picture, w, h, dx + x - 1, dy + y - 1, border, clip)));
    },
    blockMisfits(image, picture, sums, w, h, border, clip) {
      const [wide, high] = [Math.floor(w / 8), Math.floor(h / 6)];
      for (let block = 0; block < 48; block += 1) {
        const [column, row] = [block % 8, Math.floor(block / 8)];
        let sum = 0;
        for (let y = Math.max(border, row * high); y < Math.min(h - border, (row + 1) * high); y += 2) {
          for (let x = Math.max(border, column * wide); x < Math.min(w - border, (column + 1) * wide); x += 1) {
            sum += Math.min(distance(image + y * w + x, picture + y * w + x), clip);
          }
        }
        setI32(sums, block, sum);
      }
    },
    shift(image, out, w, h, dx, dy, fx, fy) {
      const at = (x: number, y: number): number => u8(image + clamp(y, 0, h - 1) * w + clamp(x, 0, w - 1));
      eachPixel(w, h, (i, x, y) => {
        const above = at(x + dx, y + dy) * (32 - fx) + at(x + dx + 1, y + dy) * fx;
        const below = at(x + dx, y + dy + 1) * (32 - fx) + at(x + dx + 1, y + dy + 1) * fx;
        setU8(out + i, (above * (32 - fy) + below * fy + 512) >> 10);
      });
    },
    flashes(now, before, earlier, counts, w, h, least) {
      const across = Math.floor(w / 16);
      for (let block = 0; block < across * Math.floor(h / 16); block += 1) {
        let count = 0;
        for (let i = 0; i < 256; i += 1) {
          const at = (Math.floor(block / across) * 16 + (i >> 4)) * w + (block % across) * 16 + (i & 15);
          const was = u8(before + at);
          if (was - Math.max(u8(now + at), u8(earlier + at)) > Math.max(least, 8 + (was >> 4))) count += 1;
        }
        setI32(counts, block, count);
      }
    },
    persist(image, before, earlier, picture, limit, _row, w, h, strides, bears) {
      const away = (at: number, i: number): number => u8(at + i) - u8(picture + i);
      const speeds = Array.from({ length: 2 * strides + 1 }, (_, index) => 2 * (index - strides));
      const lasting = (i: number, speed: number): number => {
        const [a, b, c] = [away(image, i), away(before, i - speed), away(earlier, i - 2 * speed)];
        const borne = bears === 0 ? a : Math.max(a, Math.min(b, c));
        const darker = a > u8(limit + i) ? Math.max(b, c) : borne;
        return Math.max(Math.min(a, b, c), 0) + Math.min(darker, 0);
      };
      const kept = Uint8Array.from({ length: w * h }, (_, i) => {
        const x = i % w;
        const stays = lasting(i, 0);
        const goes = speeds.filter((speed) => x - 2 * speed >= 0 && x - 2 * speed < w).reduce((most, speed) => {
          const one = lasting(i, speed);
          return Math.abs(one) > Math.abs(most) ? one : most;
        }, stays);
        return u8(picture + i) + (2 * Math.abs(goes) > u8(limit + i) ? goes : stays);
      });
      kept.forEach((value, i) => setU8(image + i, value));
    },
    thresholds(
      picture, deviation, blink, contrast, limit, energy, w, h, floor, slope, noise, energyFloor, energyNoise, edge,
    ) {
      eachPixel(w, h, (i, x, y) => {
        const [left, right] = [x > 0 ? i - 1 : i, x < w - 1 ? i + 1 : i];
        const [above, below] = [y > 0 ? i - w : i, y < h - 1 ? i + w : i];
        const edges = distance(picture + right, picture + left) + distance(picture + below, picture + above);
        const slack = (edges * edge) >> 8;
        const rise = (u8(picture + i) * slope) >> 8;
        const own = u16(deviation, i);
        const least = ((floor + rise) * u8(contrast + i)) >> 6;
        const leastEnergy = ((energyFloor + (rise >> 1)) * u8(contrast + i)) >> 6;
        setU8(limit + i, Math.min(Math.max(least, noise, own >> 7) + (u16(blink, i) >> 5) + slack, 140));
        setU8(energy + i, Math.min(Math.max(leastEnergy, energyNoise, (own * 3) >> 10) + slack, 140));
      });
    },
    differ(a, b, limit, asked, _rows, sums, mask, w, h) {
      const clipped = (x: number, y: number): number => {
        const i = clamp(y, 0, h - 1) * w + clamp(x, 0, w - 1);
        return clamp(u8(a + i) - u8(b + i), -u8(limit + i), u8(limit + i));
      };
      eachPixel(w, h, (i, x, y) => {
        let sum = 0;
        for (let v = y - 1; v <= y + 1; v += 1) for (let u = x - 1; u <= x + 1; u += 1) sum += clipped(u, v);
        dataView.setInt16(sums + 2 * i, sum, true);
        setU8(mask + i, 2 * Math.abs(sum) > 9 * u8(asked + i) ? 1 : 0);
      });
    },
    maskBorder(mask, w, h, left, right, top, bottom) {
      eachPixel(w, h, (i, x, y) => {
        if (x < left || x >= w - right || y < top || y >= h - bottom) setU8(mask + i, 0);
      });
    },
    cellCounts(mask, moving, _row, counts, w, h) {
      const columns = Math.floor(w / 4);
      for (let cell = 0; cell < columns * Math.floor(h / 4); cell += 1) {
        let [marked, both] = [0, 0];
        for (let pixel = 0; pixel < 16; pixel += 1) {
          const i = (Math.floor(cell / columns) * 4 + (pixel >> 2)) * w + (cell % columns) * 4 + (pixel & 3);
          marked += u8(mask + i);
          both += u8(mask + i) & u8(moving + i);
        }
        setI32(counts, cell * 4, marked);
        setI32(counts, cell * 4 + 1, both);
      }
    },
    rims(image, picture, mask, inImage, inPicture, shades, counts, w, h) {
      const [columns, rows] = [Math.floor(w / 4), Math.floor(h / 4)];
      const edges = (of: number, i: number): number =>
        distance(of + i - 1, of + i + 1) + distance(of + i - w, of + i + w);
      for (let cell = 0; cell < columns * rows; cell += 1) {
        setI32(inImage, cell, 0);
        setI32(inPicture, cell, 0);
      }
      eachPixel(w, h, (i, x, y) => {
        if (x === 0 || y === 0 || x >= Math.min(w - 1, columns * 4) || y >= Math.min(h - 1, rows * 4)) return;
        let around = 0;
        for (let v = -w; v <= w; v += w) for (let u = -1; u <= 1; u += 1) around += u8(mask + i + v + u);
        if (around === 0 || around === 9) return;
        const cell = (y >> 2) * columns + (x >> 2);
        setI32(inImage, cell, i32(inImage, cell) + edges(image, i));
        setI32(inPicture, cell, i32(inPicture, cell) + edges(picture, i));
      });
      eachPixel(columns, rows, (cell, x, y) => {
        setI32(counts, cell * 4 + 2, 0);
        if (i32(counts, cell * 4) === 0) return;
        let [ours, theirs] = [0, 0];
        for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v += 1) {
          for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u += 1) {
            ours += i32(inImage, v * columns + u);
            const shade = u16(shades, v * columns + u);
            const unlit = i32(inPicture, v * columns + u);
            theirs += shade === 0 ? unlit : Math.floor((unlit * shade) / 4096);
          }
        }
        setI32(counts, cell * 4 + 2, 10 * theirs > 13 * ours + 400 ? -1 : 10 * ours > 13 * theirs + 400 ? 1 : 0);
      });
    },
    textures(image, picture, mask, counts, shades, w, h, least, variance) {
      const [columns, rows] = [Math.floor(w / 4), Math.floor(h / 4)];
      eachPixel(columns, rows, (cell, column, row) => {
        setI32(counts, cell * 4 + 3, 0);
        setU16(shades, cell, 0);
        if (i32(counts, cell * 4) < least) return;
        const pixels: (readonly [a: number, b: number, u: number, v: number])[] = [];
        for (let y = Math.max(0, row * 4 - 4); y < Math.min(h, row * 4 + 8); y += 1) {
          for (let x = Math.max(0, column * 4 - 4); x < Math.min(w, column * 4 + 8); x += 1) {
            const i = y * w + x;
            if (u8(mask + i) === 1) pixels.push([u8(image + i), u8(picture + i), x - column * 4, y - row * 4]);
          }
        }
        const n = pixels.length;
        if (n < 24) return;
        const total = (value: (pixel: (typeof pixels)[number]) => number): number =>
          pixels.reduce((sum, pixel) => sum + value(pixel), 0);
        const together = (i: 0 | 1 | 2 | 3, j: 0 | 1 | 2 | 3): number =>
          n * total((pixel) => pixel[i] * pixel[j]) - total((pixel) => pixel[i]) * total((pixel) => pixel[j]);
        const [cau, cav, cbu, cbv] = [together(0, 2), together(0, 3), together(1, 2), together(1, 3)];
        const [cuu, cuv, cvv] = [together(2, 2), together(2, 3), together(3, 3)];
        const det = cuu * cvv - cuv * cuv;
        const by = det > 0 ? 1 / det : 0;
        const noise = n * n * (variance / 16);
        const va = together(0, 0) - by * (cau * cau * cvv - 2 * cau * cav * cuv + cav * cav * cuu) - noise;
        const vb = together(1, 1) - by * (cbu * cbu * cvv - 2 * cbu * cbv * cuv + cbv * cbv * cuu);
        const both = together(0, 1) - by * (cau * cbu * cvv - (cau * cbv + cav * cbu) * cuv + cav * cbv * cuu);
        const known = n * n * 9 + 2 * noise;
        const [ours, theirs] = [total(([grey]) => grey) + 4 * n, total(([, background]) => background) + 4 * n];
        setU16(shades, cell, Math.min(Math.floor((4096 * ours) / theirs), 16_384));
        const [slope, ratio, brighter] = [both * theirs, vb * ours, Math.max(ours / theirs, 1)];
        const relit = both > 0 && both * both > 0.64 * vb * va && slope > 0.5 * ratio && slope < 2 * ratio;
        setI32(counts, cell * 4 + 3, vb > known ? (relit ? 1 : -1) : va > 2 * known * brighter * brighter ? -2 : 0);
      });
    },
    spread(held, counts, heldMask, ghostMask, w, h) {
      const [columns, rows] = [Math.floor(w / 4), Math.floor(h / 4)];
      eachPixel(w, h, (i, x, y) => {
        const cell = Math.min(y >> 2, rows - 1) * columns + Math.min(x >> 2, columns - 1);
        setU8(heldMask + i, u8(held + cell) === 1 ? 1 : u8(held + cell) === 3 ? 2 : 0);
        const ghost = u8(held + cell) === 2 || i32(counts, cell * 4 + 2) < 0 ? 1 : 0;
        setU8(ghostMask + i, u8(held + cell) === 4 ? 2 : ghost);
      });
    },
    learn(image, expected, sums, mask, moving, before, heldMask, ghostMask, lit, mean, deviation, blink, still,
      n, stepMs, absorbMs, lightRate, rate, maskRate, staleRate, exposureRate, deviationRate, blinkFall) {
      for (let i = 0; i < n; i += 1) {
        const on = u8(mask + i) === 1 || u8(lit + i) === 1;
        const light = u8(lit + i) === 1 || (u8(mask + i) === 1 && u8(ghostMask + i) === 2);
        const held = u8(heldMask + i) > 0;
        const rest = u16(still, i);
        const now = !on ? 0 : u8(moving + i) === 1 ? Math.max(rest - 2 * stepMs, 0) : Math.min(rest + stepMs, 60_000);
        setU16(still, i, now);
        const absorb = !light && now > (u8(ghostMask + i) > 0 ? 600 : held ? 65_535 : absorbMs);
        const stale = on && !held && now > 2000;
        const share = light ? lightRate : absorb ? 16_384 : stale ? staleRate : !on ? rate : held ? 0 : maskRate;
        const [e, m] = [u16(expected, i), u16(mean, i)];
        const error = u8(image + i) >= 250 && e >= 32_000 ? 0 : (u8(image + i) << 7) - Math.min(e, 32_640);
        const relit = clamp(e - m, -32_767, 32_767);
        const step = ((share * error + 16_384) >> 15) + ((exposureRate * relit + 16_384) >> 15);
        setU16(mean, i, clamp(m + step, 0, 64_000));
        const d = u16(deviation, i);
        const seen = Math.min(Math.min(Math.abs(i16(sums, i)), 377) * 114, 2 * d + 2048);
        const learnt = d + ((deviationRate * (seen - d) + 16_384) >> 15);
        setU16(deviation, i, clamp(absorb ? Math.min(learnt, 4096) : on ? d : learnt, 307, 20_480));
        const toggled = on !== (u8(before + i) === 1) && u8(heldMask + i) !== 1 && !light;
        setU16(blink, i, toggled ? Math.min(u16(blink, i) + 192, 2560) : Math.max(u16(blink, i) - blinkFall, 0));
      }
    },
  };
}
