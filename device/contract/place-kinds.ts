import type { Places, Seeing } from './places.ts';

export type PlaceKind = keyof Places;
export const PLACE_KINDS = ['zones', 'lines', 'privacy_masks'] as const satisfies readonly PlaceKind[];

/** The setting that each is. */
export const SEEING_SETTINGS = {
  zones: 'zones', lines: 'lines', privacy_masks: 'privacy_masks', sensitivity: 'motion.sensitivity',
} as const satisfies Readonly<Record<keyof Seeing, string>>;
