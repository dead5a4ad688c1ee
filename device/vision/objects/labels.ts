/** The few kinds of things that matter to who watches, out of the 80 classes of COCO (arXiv:1405.0312). */
export type ThingLabel = 'person' | 'vehicle' | 'animal';

/** By the place of a class in COCO's list of 80: person, bicycle to boat, bird to giraffe. */
const LABELS: readonly (readonly [from: number, to: number, label: ThingLabel])[] = [
  [0, 0, 'person'], [1, 3, 'vehicle'], [5, 8, 'vehicle'], [14, 23, 'animal'],
];

/** The kind of a class; undefined for one that does not matter here (a bench, a kite, an aeroplane far above). */
export const labelOf = (index: number): ThingLabel | undefined =>
  LABELS.find(([from, to]) => index >= from && index <= to)?.[2];
