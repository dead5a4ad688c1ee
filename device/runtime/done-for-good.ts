/** A child process that is not needed again once it says that there is nothing to do. */
import type { Demand } from './demand.ts';

export const doneForGood: Demand = {
  prepare: () => Promise.resolve(),
  begin() {},
  serve() {},
  took() {},
  release: () => true,
  lost() {},
  needed: (signal) => new Promise((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); }),
};
