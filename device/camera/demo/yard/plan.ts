/** The plan of the yard in metres (see `view.ts` for the axes): what stands where, for the walkers and the painters. */
import type { Place } from './view.ts';

/** Two opposite corners. */
export interface Block { readonly low: Place; readonly high: Place }
export interface Ball { readonly centre: Place; readonly radius: number }
/** A spot on the ground. */
export type Spot = readonly [x: number, z: number];

export const house = {
  left: -8.6, right: -0.6, front: 13, back: 18.5, eaves: 2.75, ridge: 4.7, ridgeDepth: 15.6, overhang: 0.28,
} as const;
export const door = { left: -2.75, right: -1.75, height: 2.08 } as const;
export const windows = [
  { left: -7.85, right: -6.65, sill: 0.95, top: 2.15 }, { left: -5.15, right: -3.95, sill: 0.95, top: 2.15 },
] as const;
export const lamp: Place = [-1.28, 2.0, 12.78];

/** The line of fence, gate and hedge behind the lawn. */
export const boundary = { depth: 16.5, fenceLeft: -0.6, gateLeft: 1.05, gateRight: 2.45 } as const;
export const hedge: Block = { low: [2.6, 0, 16.5], high: [15, 2.2, 17.2] };
export const fenceHeight = 1.1;

/** The flagstones from the door to the gate, and further to the lane. */
export const path: readonly Spot[] = [[-2.25, 12.42], [-1.35, 12.1], [0.35, 13.1], [1.5, 15], [1.75, 16.5], [1.75, 19]];
export const pathWidth = 1.05;

/** The gravel on which the car stands. */
export const drive = { left: 4.1, near: 9.5, far: 11.7 } as const;
export const car: Block = { low: [4.75, 0.25, 9.85], high: [9, 1.42, 11.4] };

export const trunk = { x: 5.7, z: 13.6, height: 3.4, radius: 0.2 } as const;
export const crown: readonly Ball[] = [
  { centre: [5.7, 5.1, 13.7], radius: 1.55 }, { centre: [4.5, 4.3, 13.5], radius: 1.15 },
  { centre: [6.9, 4.4, 13.5], radius: 1.2 }, { centre: [5.2, 6.2, 13.8], radius: 1.05 },
  { centre: [6.4, 6, 13.8], radius: 1.05 }, { centre: [5.6, 3.9, 13.2], radius: 1.15 },
  { centre: [3.95, 5, 13.7], radius: 0.85 }, { centre: [7.5, 5.3, 13.7], radius: 0.85 },
];
