import { oneAtATime } from '../core/one-at-a-time.ts';
import { HttpError } from '../http/http-error.ts';

/** @returns What `work` gave; undefined where nobody waits for it any more when its turn comes: it is not begun. */
export type ShortQueue = <T>(hasLeft: () => boolean, work: () => Promise<T>) => Promise<T | undefined>;

/**
 * Work that takes long, one after the other, of which no more than `most` waits or is done at a time.
 * @param what - In the words of the refusal: `pictures of faces`.
 */
export function shortQueue(what: string, most: number): ShortQueue {
  const inTurn = oneAtATime(<T>(work: () => Promise<T>) => work());
  let waiting = 0;
  return async (hasLeft, work) => {
    if (waiting >= most)
      throw new HttpError(
        503, 'http.too-many', `${most} ${what} are waited for already; ask again in a moment`, { retryAfter: 5 },
      );
    waiting += 1;
    try {
      return await inTurn(async () => hasLeft() ? undefined : await work());
    } finally {
      waiting -= 1;
    }
  };
}
