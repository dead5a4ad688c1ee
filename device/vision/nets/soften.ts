/**
 * Smooths a sampled square, in place: two means over `2 * radius + 1` values along each row and column, which together
 * are close to a Gaussian. What was magnified out of a noisy picture has blobs, not grain: networks never saw such.
 *
 * @param values - Shape `[side, side, 3]`, row-major.
 */
export function soften(values: Float32Array, side: number, radius: number): void {
  const between = new Float32Array(values.length);
  for (let times = 0; times < 2; times += 1) {
    meanAlong(values, between, { side, radius, step: 3, line: side * 3 });
    meanAlong(between, values, { side, radius, step: side * 3, line: 3 });
  }
}

interface Lines {
  readonly side: number;
  readonly radius: number;
  /** Values from one to the next along a line. */
  readonly step: number;
  /** Values from one line to the next. */
  readonly line: number;
}

/** A running sum; beyond its ends a line goes on with its last value. */
function meanAlong(from: Float32Array, to: Float32Array, { side, radius, step, line }: Lines): void {
  const share = 1 / (2 * radius + 1);
  for (let index = 0; index < side; index += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const start = index * line + channel;
      const end = start + (side - 1) * step;
      const value = (place: number): number => from[start + Math.min(Math.max(place, 0), side - 1) * step] as number;
      let sum = 0;
      for (let place = -radius; place <= radius; place += 1) sum += value(place);
      for (let place = 0, at = start; at <= end; place += 1, at += step) {
        to[at] = sum * share;
        sum += value(place + radius + 1) - value(place - radius);
      }
    }
  }
}
