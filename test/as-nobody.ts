/** The mode of a file means nothing to root, as which tests may run. */

const NOBODY = 65_534;

/** Runs `work` as a user who may do no more than modes say, whoever runs the tests. */
export async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
