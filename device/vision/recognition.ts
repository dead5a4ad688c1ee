/** What the recognition thread is asked, and what it answers. */
import type { ColourFrame, Track } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import type { Millis } from '../core/units.ts';
import type { ThingLabel } from './objects/labels.ts';

export interface RecognitionWishes {
  readonly faces: boolean;
  readonly objects: boolean;
  /** How sure a face must be; setting `faces.minimum_score`. */
  readonly minimumScore: number;
  /** How alike a face must be to a named person to be called by the name; setting `faces.match`. */
  readonly match: number;
}

/** One frame to look at, only where something moves. */
export interface Look {
  readonly frame: ColourFrame;
  /** The largest few are looked at. */
  readonly tracks: readonly Pick<Track, 'id' | 'box'>[];
  readonly wishes: RecognitionWishes;
}

export interface RecognisedFace {
  /** Fractions of the whole picture. */
  readonly box: Box;
  readonly score: number;
  /** The `Track.id` of what it belongs to. */
  readonly track: number;
  /** Name of a person the user named; null for one unknown, or where nobody has been named. */
  readonly person: string | null;
  /** How alike the face is to the person most like it, 0 to 1, named or not; null where nobody has been named. */
  readonly similarity: number | null;
}

export interface RecognisedObject {
  readonly label: ThingLabel;
  /** Fractions of the whole picture. */
  readonly box: Box;
  readonly score: number;
  readonly track: number;
}

export interface Recognition {
  /** The frame's stream time. */
  readonly at: Millis;
  /** One for each face, the surest first. */
  readonly faces: readonly RecognisedFace[];
  /** At most one for each track. */
  readonly objects: readonly RecognisedObject[];
}
