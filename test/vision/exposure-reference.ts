/** The passes of `PixelPasses` that find exposure, in plain TypeScript: the measure for the WebAssembly routine. */
import type { PixelPasses } from '../../device/vision/pixel-passes.ts';

/** Areas across, and what is added to every brightness before a ratio is taken. */
const [across, offset] = [16, 4];

type ExposurePasses = Pick<
  PixelPasses, 'areaMeans' | 'areaRatios' | 'pictureGain' | 'bandGains' | 'rowGains' | 'medianChange'
>;

export function referenceExposure({ buffer }: PixelPasses['memory']): ExposurePasses {
  const doubles = (at: number, length: number): Float64Array => new Float64Array(buffer, at, length);

  /** Mean of each area of four rows, of pixels that are grey * `unit`. */
  function means(pixels: ArrayLike<number>, w: number, h: number, unit: number): Float64Array {
    const span = Math.floor(w / across);
    return Float64Array.from({ length: across * Math.floor(h / 4) }, (_, area) => {
      let sum = 0;
      for (let row = 0; row < 4; row += 1) {
        const from = (Math.floor(area / across) * 4 + row) * w + (area % across) * span;
        for (let at = from; at < from + span; at += 1) sum += pixels[at] ?? 0;
      }
      return sum * (1 / (unit * 4 * span));
    });
  }

  return {
    areaMeans: (image, _row, out, w, h, unit) => {
      const areas = means(new Uint16Array(buffer, image, w * h), w, h, unit);
      doubles(out, areas.length).set(areas);
    },
    areaRatios: (image, background, _row, _scratch, ratios, medians, w, h) => {
      const frame = means(new Uint8Array(buffer, image, w * h), w, h, 1);
      const usual = doubles(background, frame.length);
      const all = frame.map((grey, area) => (grey + offset) / ((usual[area] ?? 0) + offset));
      doubles(ratios, all.length).set(all);
      doubles(medians, all.length / across).set(bandsOf(all).map(median));
    },
    pictureGain: (ratios, medians, _scratch, gains, bands, before) => {
      const gain = agreed(doubles(ratios, across * bands), doubles(medians, bands), before);
      doubles(gains, bands).fill(gain);
      return gain;
    },
    bandGains: (ratios, medians, background, _scratch, gains, bands, gain, noise) => {
      const [middles, dark] = [doubles(medians, bands), doubles(background, across * bands)];
      const own = Float64Array.from(bandsOf(doubles(ratios, across * bands)), (areas, band) => {
        const middle = middles[band] ?? 0;
        const slack = 0.03 * middle + noise / (2 * ((dark[band * across] ?? 0) + offset));
        return agreeing(areas, middle, slack) >= 9 ? Math.min(Math.max(middle, 0.88 * gain), 1.12 * gain) : gain;
      });
      const steady = own.map((value, band) =>
        median(Float64Array.of(own[band - 1] ?? value, value, own[band + 1] ?? value)));
      doubles(gains, bands).set(steady.map((value, band) =>
        ((steady[band - 1] ?? value) + 2 * value + (steady[band + 1] ?? value)) / 4));
    },
    rowGains: (bands, before, rows, h) => {
      const last = Math.floor(h / 4) - 1;
      const [now, then] = [doubles(bands, last + 1), before === 0 ? undefined : doubles(before, last + 1)];
      const gains = now.map((gain, band) => gain / (then?.[band] ?? 1));
      new Uint16Array(buffer, rows, h).forEach((_, y, out) => {
        const place = Math.min(Math.max((y - 1.5) / 4, 0), last);
        const [here = 1, next = here] = gains.subarray(Math.floor(place));
        out[y] = Math.round(4096 * (here + (next - here) * (place - Math.floor(place))));
      });
    },
    medianChange: (a, b, _histogram, n) => {
      const [ours, theirs] = [new Uint8Array(buffer, a, n), new Uint8Array(buffer, b, n)];
      const changes = ours.map((grey, at) => Math.abs(grey - (theirs[at] ?? 0))).filter((_, at) => at % 3 === 0).sort();
      const half = changes.length / 2;
      const middle = changes[Math.ceil(half) - 1] ?? 0;
      const below = changes.indexOf(middle);
      return Math.max(0, middle + (half - below) / (changes.lastIndexOf(middle) + 1 - below) - 0.5);
    },
  };
}

const bandsOf = (areas: Float64Array): Float64Array[] =>
  Array.from({ length: areas.length / across }, (_, band) => areas.subarray(band * across, (band + 1) * across));

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  return ((sorted[(sorted.length - 1) >> 1] ?? 1) + (sorted[sorted.length >> 1] ?? 1)) / 2;
}

const agreeing = (ratios: Float64Array, middle: number, slack: number): number =>
  ratios.filter((ratio) => Math.abs(ratio - middle) < slack).length;

function agreed(ratios: Float64Array, medians: Float64Array, before: number): number {
  const limited = (gain: number): number => Math.min(Math.max(gain, 0.3), 3);
  const near = ratios.filter((ratio) => Math.abs(ratio - before) <= 0.08 * before);
  if (near.length >= 0.4 * ratios.length) return limited(median(near));
  const gain = median(medians);
  return agreeing(ratios, gain, 0.06 * gain) < 0.4 * ratios.length ? before : limited(gain);
}
