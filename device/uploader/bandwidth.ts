/** What the line may be used for at present: pure. */
import type { Timetable } from '../contract/timetable.ts';
import { CLASSES, type UploadClass } from './plan.ts';

export interface BandwidthRules {
  /** Bytes a second; 0 for all there are. */
  readonly rate: number;
  /** Only in these times does more than manifests and small pictures go by itself; at any time where there are none. */
  readonly windows: Timetable;
  /** Whether each byte costs: then never. */
  readonly metered: boolean;
}

export interface Bandwidth {
  readonly rate: number;
  /** Why only manifests, small pictures and what was asked for go; undefined when everything may. */
  readonly heldBack: 'window' | 'metered' | undefined;
}

/** @param isWithin - Whether it is one of the windows' times; undefined where there are none. */
export const bandwidthAt = ({ rate, metered }: BandwidthRules, isWithin: boolean | undefined): Bandwidth =>
  ({ rate, heldBack: metered ? 'metered' : isWithin === false ? 'window' : undefined });

export const allBandwidth: Bandwidth = { rate: 0, heldBack: undefined };

const SPARING: readonly UploadClass[] = ['news', 'asked'];
export const classesOf = ({ heldBack }: Bandwidth): readonly UploadClass[] =>
  (heldBack === undefined ? CLASSES : SPARING);
