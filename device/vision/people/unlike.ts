/** Pictures of a person that may show somebody else: named wrongly, one spoils whom the person is taken for. */
import { similarity } from './descriptor.ts';
import type { Sample } from './person.ts';

/**
 * Two pictures less alike than this were hardly ever of one person where that was measured, and of strangers nearly
 * always (docs/reference/faces.md).
 */
const UNLIKE = 1 / 3;

/**
 * The ids of those that are like none of the others. None where there is only one to compare; both of two that are not
 * alike, for which of them is wrong nobody can tell.
 */
export function unlikeOthers(samples: readonly Sample[]): ReadonlySet<string> {
  const isLike = (a: Sample, b: Sample): boolean =>
    a.descriptor !== undefined && b.descriptor !== undefined && similarity(a.descriptor, b.descriptor) >= UNLIKE;
  const known = samples.filter(({ descriptor }) => descriptor !== undefined);
  if (known.length < 2) return new Set();
  const doubted = known.filter((one) => !known.some((other) => other !== one && isLike(one, other)));
  return new Set(doubted.map(({ id }) => id));
}
