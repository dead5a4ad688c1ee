/** What was recognised in a colour picture, some time after it was taken. */
import type { EventObject } from '../contract/event.ts';
import type { Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';

export interface SeenFace {
  readonly box: Box;
  /** How sure it is that this is a face, 0 to 1. */
  readonly score: number;
  /** The number of the thing that vision follows which it belongs to; null where it belongs to none. */
  readonly track: number | null;
  /** Name of the person it was taken for; null for somebody unknown. */
  readonly person: string | null;
  /** How alike that person, or whoever is most like it, 0 to 1; null where nobody has been named. */
  readonly similarity: number | null;
}

export interface SeenThing {
  readonly label: EventObject['label'];
  readonly box: Box;
  readonly score: number;
  /** As of a face. */
  readonly track: number | null;
}

export interface Recognition {
  /** What vision had seen at the moment of the picture. */
  readonly seen: Observation;
  readonly faces: readonly SeenFace[];
  readonly things: readonly SeenThing[];
}

/** Whether anything was recognised at all. */
export const foundAnything = ({ faces, things }: Recognition): boolean => faces.length + things.length > 0;
