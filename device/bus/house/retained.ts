/** Which of what a device says holds until it is said anew, and which is over once it is said. */

/** Below the prefix; `*` stands for one level. A broker is asked to keep these. */
const RETAINED = [
  'available', 'uploads', 'storage', 'system', 'outputs',
  '*/status/detect', '*/enabled/state', '*/arming', '*/record/state', '*/state', '*/tamper',
  '*/tamper/kinds', '*/places', '*/lines/*', '*/motion/snapshot',
];
/**
 * States too, but not kept: a replayed `ON` would be a false alarm. They are said again to a listener that has just
 * begun.
 */
const PASSING_STATES = ['*/motion', '*/zones/*/motion', '*/person', '*/vehicle', '*/animal', '*/face'];

/**
 * `kept`: the latest holds, and the broker keeps it. `state`: the latest holds. `message`: each counts, and none may be
 * lost.
 *
 * @param below - The topic without its prefix.
 */
export function kindOf(below: string): 'kept' | 'state' | 'message' {
  const levels = below.split('/');
  const fits = (pattern: string): boolean => {
    const parts = pattern.split('/');
    return parts.length === levels.length && parts.every((part, index) => part === '*' || part === levels[index]);
  };
  if (RETAINED.some(fits)) return 'kept';
  return PASSING_STATES.some(fits) ? 'state' : 'message';
}
