/**
 * Light that changes for the whole picture is no motion: clouds, automatic exposure, lamps that flicker on the mains.
 * The background is compared with the frame over areas, and what most areas agree on is taken as a gain: one for the
 * picture, and one for each band of four rows (a rolling shutter turns flicker into bands). Gains are
 * picture / background.
 */

/** Areas across the picture; a band of rows has as many. */
export const areasAcross = 16;

/** Added to every brightness before a ratio is taken: keeps black areas from deciding. */
const offset = 4;

/** Mean brightness of each area in the frame and in the background. */
export interface AreaPair { readonly frame: Float64Array; readonly background: Float64Array }

/** Picture / background for each area, and each band's median of them. */
export interface AreaRatios { readonly all: Float64Array; readonly medians: Float64Array }

export function areaRatios({ frame, background }: AreaPair): AreaRatios {
  const all = new Float64Array(frame.length);
  for (let at = 0; at < all.length; at += 1) all[at] = ((frame[at] ?? 0) + offset) / ((background[at] ?? 0) + offset);
  const medians = new Float64Array(all.length / areasAcross);
  const band = new Float64Array(areasAcross);
  for (let at = 0; at < medians.length; at += 1) {
    band.set(all.subarray(at * areasAcross, (at + 1) * areasAcross));
    medians[at] = sortedMiddle(band);
  }
  return { all, medians };
}

/**
 * The one gain that most areas agree on; `previous` when they disagree (something large is in the picture). Where the
 * shadow of a cloud covers a part, two gains are right: the one that was goes on as long as many areas stay with it.
 */
export function pictureGain({ all, medians }: AreaRatios, previous: number): number {
  const near = new Float64Array(all.length);
  let count = 0;
  for (const ratio of all) {
    if (Math.abs(ratio - previous) > 0.08 * previous) continue;
    near[count] = ratio;
    count += 1;
  }
  if (count >= 0.4 * all.length) return limited(sortedMiddle(near.subarray(0, count).sort()));
  const gain = sortedMiddle(medians.toSorted());
  if (agreeing(all, 0, all.length, gain, 0.06 * gain) < 0.4 * all.length) return previous;
  return limited(gain);
}

const limited = (gain: number): number => Math.min(Math.max(gain, 0.3), 3);

/**
 * A gain for each band, near the picture's `gain`: a band's own median where at least nine of its sixteen areas agree.
 * `background` as in the `AreaPair`; `noise` is the sensor's, in grey.
 */
export function bandGains(
  { all, medians }: AreaRatios, background: Float64Array, gain: number, noise: number,
): Float64Array {
  const own = medians.map((middle, band) => {
    const from = band * areasAcross;
    const slack = 0.03 * middle + noise / (2 * ((background[from] ?? 0) + offset));
    const agree = agreeing(all, from, from + areasAcross, middle, slack) >= 9;
    return agree ? Math.min(Math.max(middle, 0.88 * gain), 1.12 * gain) : gain;
  });
  return smooth(own.map((value, band) => medianOf3(own[band - 1] ?? value, value, own[band + 1] ?? value)));
}

function agreeing(ratios: Float64Array, from: number, to: number, middle: number, slack: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if (Math.abs((ratios[at] ?? 0) - middle) < slack) count += 1;
  return count;
}

/** Sorts in place (by insertion: there are few) and returns the median. */
function sortedMiddle(values: Float64Array): number {
  for (let end = 1; end < values.length; end += 1) {
    const value = values[end] ?? 0;
    let at = end;
    for (; at > 0 && (values[at - 1] ?? 0) > value; at -= 1) values[at] = values[at - 1] ?? 0;
    values[at] = value;
  }
  return ((values[(values.length - 1) >> 1] ?? 1) + (values[values.length >> 1] ?? 1)) / 2;
}

/** Band gains -> one gain for each of `height` rows, as 4096ths, interpolated between band centres. */
export function fillRowGains(bands: Float64Array, rows: Uint16Array): void {
  for (let y = 0; y < rows.length; y += 1) {
    const place = Math.min(Math.max((y - 1.5) / 4, 0), bands.length - 1);
    const band = Math.floor(place);
    const [here, next] = [bands[band] ?? 1, bands[Math.min(band + 1, bands.length - 1)] ?? 1];
    rows[y] = Math.round(4096 * (here + (next - here) * (place - band)));
  }
}

function smooth(values: Float64Array): Float64Array {
  return values.map((value, at) => ((values[at - 1] ?? value) + 2 * value + (values[at + 1] ?? value)) / 4);
}

const medianOf3 = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
