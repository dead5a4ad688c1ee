import type { Places } from './places.ts';

export type PlaceKind = keyof Places;
export const PLACE_KINDS = ['zones', 'lines', 'privacy_masks'] as const satisfies readonly PlaceKind[];
