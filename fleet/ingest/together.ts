/**
 * What all of `work` comes to. Unlike `Promise.all` it waits for all of them also when one fails:
 * nothing is still being done then.
 * @throws {unknown} What the first of them threw.
 */
export async function together<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  return (await Promise.allSettled(work)).map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
