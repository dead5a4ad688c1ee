/**
 * Places in a camera's picture that the user draws: what counts, where things are counted, what nobody may see.
 * Whether one can ever do what is meant by it is another matter, of `place-shape.ts`: a device watches all the same.
 */
import { z } from 'zod';
import { LONGEST_PLACE_NAME, PLACE_NAME, PLACE_NAME_RULE } from './place-name.ts';
import { inBraces } from './setting-fields.ts';

// Messages go on after what they speak of: see `describePlaces`.
const FRACTION = 'must be from 0 to 1';
const fraction = z.number(FRACTION).min(0, FRACTION).max(1, FRACTION);
const point = z.tuple([fraction, fraction], 'must be [x, y]').readonly();
/** In one form: names that look the same are the same. */
const name = z.string(PLACE_NAME_RULE).trim().normalize('NFC')
  .max(LONGEST_PLACE_NAME, PLACE_NAME_RULE).regex(PLACE_NAME, PLACE_NAME_RULE);
/** Corners as fractions of the picture, `[x, y]` from the top left; the last joins the first. */
const polygon = z.array(point, 'must be a list of corners')
  .min(3, 'must have at least three corners')
  .max(64, 'must have at most 64 corners')
  .readonly();

const zone = z.strictObject({
  name,
  /** With any `include` zone only what stands in one counts; what stands in an `exclude` zone never does. */
  type: z.enum(['include', 'exclude'], 'must be include or exclude').default('include'),
  polygon,
  /** In place of `motion.sensitivity` there. */
  sensitivity: fraction.optional(),
  /** In place of `motion.minimum_size` there: share of the whole picture. */
  minimum_size: fraction.optional(),
}, { error: inBraces });
export type Zone = Readonly<z.infer<typeof zone>>;

const countingLine = z.strictObject({
  name,
  /** Seen from `from` towards `to`, a step from the left side to the right one is `in`, back is `out`. */
  from: point,
  to: point,
}, { error: inBraces })
  .refine(({ from, to }) => from[0] !== to[0] || from[1] !== to[1], 'from and to are the same point');
export type CountingLine = Readonly<z.infer<typeof countingLine>>;

const privacyMask = z.strictObject({ name, polygon }, { error: inBraces });
export type PrivacyMask = Readonly<z.infer<typeof privacyMask>>;

const named = <T extends z.ZodType<{ readonly name: string }>>(item: T): z.ZodReadonly<z.ZodArray<T>> =>
  z.array(item, 'must be a list').max(32, 'must be at most 32').superRefine((items, context) => {
    const names = items.map((each) => each.name);
    names.forEach((each, index) => {
      if (names.indexOf(each) < index)
        context.addIssue({ code: 'custom', path: [index], message: 'another has the same name; each name only once' });
    });
  }).readonly();

export const zonesSchema = named(zone);
export const countingLinesSchema = named(countingLine);
export const privacyMasksSchema = named(privacyMask);

/** All places of a camera, named as their settings. */
export const placesSchema = z.strictObject({
  zones: zonesSchema, lines: countingLinesSchema, privacy_masks: privacyMasksSchema,
});
export type Places = Readonly<z.infer<typeof placesSchema>>;

/** What counts as motion, and where: all that is changed while a device watches. */
export const seeingSchema = placesSchema.extend({
  /** As `motion.sensitivity`: of the whole picture, but for zones with their own. */
  sensitivity: fraction,
});
export type Seeing = Readonly<z.infer<typeof seeingSchema>>;

/** What of it may change while what is known of the scene stays; what is left out holds on. */
export type MotionRules = Partial<Pick<Seeing, 'sensitivity' | 'zones' | 'lines'>>;
