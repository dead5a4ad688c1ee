import type { EventFace } from '../../device/contract/event.ts';

/** The faces, of which nobody's are those at `places`: what the fleet was told to forget, whatever is told of it. */
export const withoutNames = (faces: readonly EventFace[], places: readonly number[]): EventFace[] =>
  faces.map((face, place) => (places.includes(place) ? { ...face, person: null, similarity: null } : face));
