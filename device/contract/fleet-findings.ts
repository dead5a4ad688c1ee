/**
 * What the fleet made and found of an event by itself, beside what its device told: neither takes the place of the
 * other.
 */
import type { EventFace, MediaFile, TytoEvent } from './event.ts';

export interface FleetFindings {
  /** Made of the picture, where the device sent none. */
  readonly thumbnail?: MediaFile;
  /** Made of the clip, where the device sent none. */
  readonly preview?: MediaFile;
  /** Found in the picture, where the device told of none; empty when it was looked at and there are none. */
  readonly faces?: readonly EventFace[];
  /**
   * Which of the event's own faces the fleet itself was told to forget, by their place among them: no telling of the
   * device names them again. There, and empty, where only a face that the fleet found was forgotten.
   */
  readonly forgotten?: readonly number[];
  /** What could not be made or looked for, for people; the event was filed all the same. */
  readonly failed?: string;
}

/** The event with the faces of both, for whoever asks whom it shows. */
export const withFoundFaces = (event: TytoEvent, found: readonly EventFace[] | null | undefined): TytoEvent =>
  (found == null || found.length === 0 ? event : { ...event, faces: [...event.faces, ...found] });

/** Where the library holds what the fleet made of an event, below the event's own folder. */
export const FINDINGS_FOLDER = 'fleet/';

/** The files in it. */
export const findingFiles = ({ thumbnail, preview }: FleetFindings): readonly MediaFile[] =>
  [thumbnail, preview].filter((file) => file !== undefined);
