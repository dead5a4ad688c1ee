/**
 * Which dark things are believed although they were elsewhere before. What is brighter than the background must have
 * been there: drops, insects under a lamp, a lamp's light are brighter. By day insects and leaves are darker, as cars
 * are; but they are small, or gone in the next frame, and seldom come nearer from frame to frame.
 */
import type { Blob } from './blobs.ts';

export interface DarkCircumstances {
  /** Pixels that a blob must have to be believed at first sight. */
  readonly large: number;
  /** Pixels: what is larger cannot be what came to nothing of late. */
  readonly clear: number;
  /** Frames in a row, up to this one, in which it grew. */
  readonly grown: number;
  /** Whether it may have come into the picture since the frame before. */
  readonly enters: (blob: Blob) => boolean;
}

/** Times what is large: an insect that is larger is so near that it is gone in the next frame; nearly all are less. */
const [beyondInsects, beyondMost] = [4, 1.5];
/** What comes towards the camera is so many times as large a frame later, in so many frames on end. */
const [growth, growing] = [1.15, 2];

/** Whether a blob grew since the frame before, as what comes nearer does. */
export const hasGrown = (before: Blob, blob: Blob): boolean => blob.pixels >= growth * before.pixels;

/** Whether a blob, if it is dark, is more than an insect or a leaf. */
export function isMoreThanInsect(blob: Blob, { large, clear, grown, enters }: DarkCircumstances): boolean {
  if (blob.pixels >= beyondInsects * large) return true;
  return blob.pixels >= beyondMost * large && (grown >= growing || (blob.pixels >= clear && enters(blob)));
}
