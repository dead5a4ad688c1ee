/**
 * Looks into buckets in their order until `count` things are found: one at first, then more at a time, so that what is
 * near costs little and what is far does not take for ever.
 *
 * @param look - What is in a bucket, in order; of at least `count` only the first.
 */
export async function walk<B, T>(
  buckets: readonly B[], count: number, look: (bucket: B) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let [start, width] = [0, 1]; start < buckets.length
    && found.length < count; start += width, width = Math.min(2 * width, MOST_AT_ONCE)) {
    found.push(...(await Promise.all(buckets.slice(start, start + width).map(look))).flat());
  }
  return found.slice(0, count);
}

const MOST_AT_ONCE = 8;
