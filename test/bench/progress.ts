/** What a benchmark says on the way: of the error output, so that the tables alone can be kept. */
export const note = (text: string): void => {
  process.stderr.write(`bench: ${text}\n`);
};

/** Says what is begun, and when it is done how long it took. */
export async function noted<T>(what: string, work: () => Promise<T>): Promise<T> {
  note(what);
  const begun = performance.now();
  const result = await work();
  note(`that took ${shown((performance.now() - begun) / 1000)}`);
  return result;
}

/** @param duration - Seconds. */
const shown = (duration: number): string =>
  duration < 100 ? `${duration.toFixed(duration < 10 ? 1 : 0)} s` : `${(duration / 60).toFixed(1)} minutes`;
