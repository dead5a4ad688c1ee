/** Smooths all edges of blocks in a coded picture, in the order in which decoders do it (ITU-T H.264, 8.7). */
import type { Size } from '../../core/geometry.ts';
import type { CoefficientCounts } from './coefficient-counts.ts';
import { smoothColour, smoothLight, type Strength } from './deblock.ts';
import type { Plane, Planes } from './plane.ts';

/** @param size - In macroblocks. */
export function smoothPicture(planes: Planes, size: Size, counts: CoefficientCounts): void {
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      for (const isUpright of [true, false])
        for (let edge = 0; edge < 4; edge += 1) smoothEdge(planes, counts, { x, y, edge, isUpright });
    }
  }
}

interface Edge {
  /** Of the macroblock. */
  readonly x: number;
  readonly y: number;
  /** 0 to 3, from the left or from above. */
  readonly edge: number;
  readonly isUpright: boolean;
}

function smoothEdge(planes: Planes, counts: CoefficientCounts, { x, y, edge, isUpright }: Edge): void {
  if (edge === 0 && (isUpright ? x : y) === 0) return;
  for (let along = 0; along < 4; along += 1) {
    const [column, row] = isUpright ? [x * 4 + edge, y * 4 + along] : [x * 4 + along, y * 4 + edge];
    const strength = strengthAt(counts, column, row, isUpright);
    if (strength === 0) continue;
    const [light, ...colours] = planes;
    smoothLight(light, row * 4 * light.stride + column * 4, steps(light, isUpright), strength);
    if (edge % 2 === 1) continue;
    for (const colour of colours)
      smoothColour(colour, row * 2 * colour.stride + column * 2, steps(colour, isUpright), strength);
  }
}

const steps = ({ stride }: Plane, isUpright: boolean): readonly [number, number] =>
  (isUpright ? [1, stride] : [stride, 1]);

/** Of the side on the left of, or above, the block in that column and row. */
function strengthAt(counts: CoefficientCounts, column: number, row: number, isUpright: boolean): Strength {
  const [besideColumn, besideRow] = isUpright ? [column - 1, row] : [column, row - 1];
  const isNew = counts.isNew(column >> 2, row >> 2);
  const isInside = column >> 2 === besideColumn >> 2 && row >> 2 === besideRow >> 2;
  if (isInside && isNew) return 3;
  if (isNew || counts.isNew(besideColumn >> 2, besideRow >> 2)) return 4;
  return counts.of(0, column, row) > 0 || counts.of(0, besideColumn, besideRow) > 0 ? 2 : 0;
}
