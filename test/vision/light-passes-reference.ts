/** The passes of `PixelPasses` that tell light, in plain TypeScript: part of `referencePasses`. Tests only. */
import type { PixelPasses } from '../../device/vision/pixel-passes.ts';

type Light = Pick<PixelPasses, 'relief' | 'erode' | 'relight'>;

interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly marked: (cell: number) => number;
  readonly told: (cell: number) => number;
  readonly shade: (cell: number) => number;
}

export function referenceLight({ buffer }: { readonly buffer: ArrayBuffer }): Light {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  const grey = (at: number): number => bytes[at] ?? 0;
  return {
    relief(image, out, w, h) {
      for (let i = 0; i < w * h; i += 1) {
        const [x, y] = [i % w, Math.floor(i / w)];
        const [above, below] = [y > 0 ? i - w : i, y < h - 1 ? i + w : i];
        const rise = grey(image + i + 1) - grey(image + i - 1) + grey(image + below) - grey(image + above);
        bytes[out + i] = x === 0 || x === w - 1 ? 128 : Math.min(Math.max(128 + rise, 0), 255);
      }
    },
    erode(mask, out, w, h) {
      for (let i = 0; i < w * h; i += 1) {
        bytes[out + i] = around(i % w, w, 1).every((x) =>
          around(Math.floor(i / w), h, 1).every((y) => grey(mask + y * w + x) === 1)) ? 1 : 0;
      }
    },
    relight(image, picture, limit, mask, counts, shades, sure, lit, w, h, least, votes, others, take) {
      bytes.fill(0, lit, lit + w * h);
      const cells: Cells = {
        columns: Math.floor(w / 4), rows: Math.floor(h / 4),
        marked: (cell) => view.getInt32(counts + 16 * cell, true),
        told: (cell) => view.getInt32(counts + 16 * cell + 12, true),
        shade: (cell) => view.getUint16(shades + 2 * cell, true),
      };
      const all = Array.from({ length: cells.columns * cells.rows }, (_, cell) => cell);
      const telling = all.filter((cell) => cells.told(cell) > 0).length;
      const other = all.filter((cell) => cells.told(cell) < 0).length;
      if (telling < votes || (others > 0 && other > others * telling)) return 0;
      const isSure = joined(cells, all.map((cell) => agrees(cells, cell, votes)));
      isSure.forEach((is, cell) => { bytes[sure + cell] = is ? 1 : 0; });
      const anywhere = all.filter((cell) => isSure[cell] && cells.told(cell) > 0).map(cells.shade);
      let count = 0;
      for (const cell of all.filter((one) => cells.marked(one) > 0)) {
        const lights = lightsAround(cells, isSure, cell, least);
        const isMute = cells.told(cell) === -2 || (cells.told(cell) === 0 && cells.marked(cell) >= least);
        if (take === 1 && isMute && anywhere.some((shade) => shade !== 4096)) lights.push(4096, ...anywhere);
        if (lights.length === 0) continue;
        for (let pixel = 0; pixel < 16; pixel += 1) {
          const y = 4 * Math.floor(cell / cells.columns) + (pixel >> 2);
          const i = y * w + 4 * (cell % cells.columns) + (pixel & 3);
          const [now, usual, slack] = [grey(image + i) + 4, grey(picture + i) + 4, (grey(limit + i) + 1) >> 1];
          const [low, high] = [Math.min(...lights), Math.max(...lights)].map((light) => (usual * light) >> 12);
          if (grey(mask + i) === 0 || now < (low ?? 0) - slack || now > (high ?? 0) + slack) continue;
          count += 1;
          if (take === 1) [bytes[mask + i], bytes[lit + i]] = [0, 1];
        }
      }
      return count;
    },
  };
}

/** Places up to `reach` from `middle`, within `length`. */
const around = (middle: number, length: number, reach: number): readonly number[] =>
  Array.from({ length: 2 * reach + 1 }, (_, step) => middle - reach + step).filter((at) => at >= 0 && at < length);

const cellsAround = ({ columns, rows }: Cells, cell: number, reach: number): readonly number[] =>
  around(Math.floor(cell / columns), rows, reach).flatMap((y) =>
    around(cell % columns, columns, reach).map((x) => y * columns + x));

function agrees(cells: Cells, cell: number, votes: number): boolean {
  if (cells.told(cell) <= 0) return false;
  const near = cellsAround(cells, cell, 2);
  const same = near.filter((other) => cells.told(other) > 0 &&
    12 * Math.abs(cells.shade(other) - cells.shade(cell)) < cells.shade(cell)).length;
  return same >= votes && 2 * same >= near.filter((other) => cells.told(other) === -1).length;
}

function joined(cells: Cells, sure: boolean[]): readonly boolean[] {
  const forward = sure.map((_, cell) => cell);
  for (const cell of [forward, forward.toReversed(), forward, forward.toReversed()].flat()) {
    if (sure[cell] === true || cells.shade(cell) === 0 || cells.told(cell) === -1) continue;
    const x = cell % cells.columns;
    const beside = [
      ...x > 0 ? [cell - 1] : [], ...x < cells.columns - 1 ? [cell + 1] : [],
      cell - cells.columns, cell + cells.columns,
    ];
    sure[cell] = beside.some((other) => sure[other] === true &&
      16 * Math.abs(cells.shade(other) - cells.shade(cell)) < cells.shade(cell));
  }
  return sure;
}

function lightsAround(cells: Cells, sure: readonly boolean[], cell: number, least: number): number[] {
  const lights = cellsAround(cells, cell, 2).filter((other) => sure[other]).map(cells.shade);
  const isRim = cellsAround(cells, cell, 1).some((other) => cells.marked(other) < least);
  return lights.length > 0 && isRim ? [4096, ...lights] : lights;
}
