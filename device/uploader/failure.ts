/** What a failed upload means for its event and for those behind it. */
import { BugError, ConfigError, describeError, TytoError } from '../core/errors.ts';

export interface Failure {
  /**
   * - `unfit`: this one file cannot go: it is gone, was altered, or the store takes no such
   *   object. The rest of the event goes.
   * - `refused`: the store answered, and wants none of it as things stand: somebody must act.
   * - `unreachable`: it may pass by itself: no network, a server that fails, a full disk.
   */
  readonly kind: 'unfit' | 'refused' | 'unreachable';
  readonly code: string;
  readonly reason: string;
}

const SOURCE = new Set(['landing.source-missing', 'landing.source-changed']);
const UNFIT = new Set([...SOURCE, 'landing.object-refused']);

export function judge(error: unknown): Failure {
  const code = error instanceof TytoError ? error.code : 'upload.failed';
  return { kind: kindOf(error, code), code, reason: describeError(error) };
}

/** Whether the fault lies with the recording, whatever the store is like. */
export const isOfSource = ({ code }: Failure): boolean => SOURCE.has(code);

/** Whether nothing goes until somebody acts. Who may not do one thing, such as list, may do another. */
export const needsSomebody = ({ kind, code }: Failure): boolean =>
  kind === 'refused' && !code.endsWith('.access-denied');

/** Whether there is no room for it: what is smaller may go all the same. */
export const isFull = ({ code }: Failure): boolean => code.endsWith('.full');

/** Whether what lies there in the way is to be taken first, by the fleet: that says nothing against the store. */
export const isInTheWay = ({ code }: Failure): boolean => code === 'landing.occupied';

function kindOf(error: unknown, code: string): Failure['kind'] {
  if (UNFIT.has(code)) return 'unfit';
  const passes = error instanceof TytoError && !(error instanceof ConfigError) && !(error instanceof BugError);
  return passes ? 'unreachable' : 'refused';
}
