/** The passes of `PixelPasses` over cells, in plain TypeScript: part of `referencePasses`. Tests only. */
import type { PixelPasses } from '../../device/vision/pixel-passes.ts';

type Cells = Pick<PixelPasses, 'measure' | 'groups' | 'markedIn' | 'countIn' | 'standOut' | 'shareOutside'>;

export function referenceCells({ buffer }: PixelPasses['memory']): Cells {
  const ints = (at: number, length: number): Int32Array => new Int32Array(buffer, at, length);
  const bytes = (at: number, length: number): Uint8Array => new Uint8Array(buffer, at, length);
  const all = (numbers: number, columns: number, rows: number): Int32Array => ints(numbers, 4 * columns * rows);

  function measured(numbers: Int32Array, cells: readonly number[], columns: number, rows: number): number[] {
    const sum = (value: (cell: number) => number): number => cells.reduce((total, cell) => total + value(cell), 0);
    const number = (cell: number, at: number): number => numbers[4 * cell + at] ?? 0;
    const [across, down] = [cells.map((cell) => cell % columns), cells.map((cell) => Math.floor(cell / columns))];
    return [
      cells.length, Math.min(columns, ...across), Math.min(rows, ...down), Math.max(-1, ...across) + 1,
      Math.max(-1, ...down) + 1, sum((cell) => number(cell, 0)), sum((cell) => number(cell, 1)),
      sum((cell) => (number(cell, 2) > 0 ? 1 : 0)), sum((cell) => (number(cell, 3) > 0 ? 1 : 0)),
      sum((cell) => (number(cell, 3) < 0 ? 1 : 0)),
    ];
  }

  return {
    measure: (numbers, cells, count, columns, rows, group) =>
      ints(group, 10).set(measured(all(numbers, columns, rows), [...ints(cells, count)], columns, rows)),
    groups: (numbers, _seen, cells, groups, columns, rows, gap, least, leastPixels) => {
      const shown = all(numbers, columns, rows);
      const left = new Set(Array.from({ length: columns * rows }, (_, cell) => cell)
        .filter((cell) => (shown[4 * cell] ?? 0) >= least));
      const near = (a: number, b: number): boolean => Math.abs(a % columns - b % columns) <= gap &&
        Math.abs(Math.floor(a / columns) - Math.floor(b / columns)) <= gap;
      let [count, end] = [0, 0];
      for (const first of left) {
        left.delete(first);
        const group = [first];
        for (const cell of group) {
          const joining = [...left].filter((other) => near(cell, other));
          for (const other of joining) left.delete(other);
          group.push(...joining);
        }
        const numbered = measured(shown, group, columns, rows);
        if ((numbered[5] ?? 0) < leastPixels) continue;
        ints(cells, columns * rows).set(group, end);
        ints(groups + 40 * count, 10).set(numbered);
        count += 1;
        end += group.length;
      }
      return count;
    },
    markedIn: (numbers, cells) =>
      ints(numbers, 4 * cells).reduce((sum, number, at) => sum + (at % 4 === 0 ? number : 0), 0),
    countIn: (mask, cells, count, w) => {
      const columns = Math.floor(w / 4);
      return ints(cells, count).reduce((sum, cell) => {
        const rows = [0, 1, 2, 3].map((row) =>
          bytes(mask + (Math.floor(cell / columns) * 4 + row) * w + (cell % columns) * 4, 4));
        return sum + rows.reduce((set, row) => set + row.reduce((a, b) => a + b), 0);
      }, 0);
    },
    standOut: (image, picture, limit, mask, out, n) => {
      const [ours, usual, asked, marked] = [bytes(image, n), bytes(picture, n), bytes(limit, n), bytes(mask, n)];
      bytes(out, n).set(marked.map((mark, at) =>
        (2 * Math.abs((ours[at] ?? 0) - (usual[at] ?? 0)) > (asked[at] ?? 0) ? mark : 0)));
    },
    shareOutside: (of, mask, n) => {
      const outside = bytes(of, n).filter((_, at) => bytes(mask, n)[at] === 0);
      return outside.reduce((sum, set) => sum + set, 0) / Math.max(outside.length, 1);
    },
  };
}
