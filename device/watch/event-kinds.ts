import type { EventKind } from '../contract/event.ts';

/**
 * The most telling first, so that an event's label says what matters of it: somebody acts against the camera, who or
 * what was there, what was asked for, that something moved.
 */
const BY_IMPORTANCE = [
  'covered', 'blinded', 'moved', 'defocused', 'frozen',
  'person', 'face', 'vehicle', 'animal',
  'manual', 'external', 'motion',
] as const satisfies readonly EventKind[];

/** `kinds` and `more`, each once, the most telling first; `kinds` itself when `more` adds nothing. */
export function withKinds(kinds: readonly EventKind[], more: readonly EventKind[]): readonly EventKind[] {
  if (more.every((kind) => kinds.includes(kind))) return kinds;
  return BY_IMPORTANCE.filter((kind) => kinds.includes(kind) || more.includes(kind));
}
