/** What a macroblock probably looks like, by what stands beside it (ITU-T H.264, 8.3.3 and 8.3.4). */
import type { Plane } from './plane.ts';

/** Where the rows or columns beside it go on, or their mean. */
export type Direction = 'down' | 'right' | 'mean';
/** `Intra16x16PredMode` and `intra_chroma_pred_mode`. */
export const LIGHT_MODE: Readonly<Record<Direction, number>> = { down: 0, right: 1, mean: 2 };
export const COLOUR_MODE: Readonly<Record<Direction, number>> = { mean: 0, right: 1, down: 2 };

export interface Place {
  /** In the plane, in pixels. */
  readonly x: number;
  readonly y: number;
}

const MIDDLE = 128;

export const directionsAt = ({ x, y }: Place): readonly Direction[] =>
  ['mean', ...(y > 0 ? ['down'] as const : []), ...(x > 0 ? ['right'] as const : [])];

/** Writes the prediction of `side` by `side` pixels of light at `place`, row after row. */
export function predictLight(plane: Plane, place: Place, direction: Direction, out: Uint8Array): void {
  if (direction === 'mean') out.fill(meanBeside(plane, place, 16, 'both'), 0, 256);
  else goOn(plane, place, 16, direction, out);
}

/** The same of eight by eight pixels of a colour; each quarter has a mean of its own. */
export function predictColour(plane: Plane, place: Place, direction: Direction, out: Uint8Array): void {
  if (direction !== 'mean') return goOn(plane, place, 8, direction, out);
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const [right, low] = [quarter & 1, quarter >> 1];
    const rather = right === low ? 'both' : right === 1 ? 'above' : 'left';
    const mean = quarterMean(plane, place, { right, low }, rather);
    for (let row = 0; row < 4; row += 1) {
      const at = (low * 4 + row) * 8 + right * 4;
      out.fill(mean, at, at + 4);
    }
  }
}

function goOn({ pixels, stride }: Plane, { x, y }: Place, side: number, direction: Direction, out: Uint8Array): void {
  const at = y * stride + x;
  for (let row = 0; row < side; row += 1) {
    if (direction === 'down') out.set(pixels.subarray(at - stride, at - stride + side), row * side);
    else out.fill(pixels[at + row * stride - 1] as number, row * side, (row + 1) * side);
  }
}

type Beside = 'both' | 'above' | 'left';

/**
 * Of the side above and the one on the left, or, where only one of them is wanted or there, of that.
 * @param from - The macroblock's own place: beside that there are pixels.
 */
function meanBeside(
  { pixels, stride }: Plane, { x, y }: Place, side: number, beside: Beside, from: Place = { x, y },
): number {
  const at = y * stride + x;
  const above = beside !== 'left' && from.y > 0;
  const left = beside !== 'above' && from.x > 0;
  if (!above && !left) return MIDDLE;
  const rowAbove = (from.y - 1) * stride + x;
  let sum = 0;
  for (let step = 0; step < side; step += 1) {
    if (above) sum += pixels[rowAbove + step] as number;
    if (left) sum += pixels[at + step * stride - 1 - (x - from.x)] as number;
  }
  const count = above && left ? 2 * side : side;
  return Math.floor((sum + count / 2) / count);
}

function quarterMean(
  plane: Plane, place: Place, { right, low }: { readonly right: number; readonly low: number }, rather: Beside,
): number {
  const quarter = { x: place.x + 4 * right, y: place.y + 4 * low };
  const isThere = rather === 'above' ? place.y > 0 : place.x > 0;
  const other = rather === 'above' ? 'left' : 'above';
  return meanBeside(plane, quarter, 4, rather === 'both' || isThere ? rather : other, place);
}
