/** What was recognised in a colour picture, some time after it was taken. */
import type { EventObject } from '../contract/event.ts';
import type { Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';

export interface SeenFace {
  readonly box: Box;
  /** How sure it is that this is a face, 0 to 1. */
  readonly score: number;
  /** Name of the person it was taken for; null for somebody unknown. */
  readonly person: string | null;
  /** How alike that person, 0 to 1; null without one. */
  readonly similarity: number | null;
}

export interface SeenThing {
  readonly label: EventObject['label'];
  readonly box: Box;
  readonly score: number;
}

export interface Recognition {
  /** What vision had seen at the moment of the picture: its time, its boxes, the tracks that faces and things are given to. */
  readonly seen: Observation;
  readonly faces: readonly SeenFace[];
  readonly things: readonly SeenThing[];
}

/** Whether anything was recognised at all. */
export const foundAnything = ({ faces, things }: Recognition): boolean => faces.length + things.length > 0;
