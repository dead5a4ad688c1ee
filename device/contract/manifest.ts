/** What a device says of the objects it uploaded for one event. The fleet believes none of it before it has checked. */
import { z } from 'zod';
import { eventSchema, type MediaFile, type TytoEvent } from './event.ts';

/**
 * The files of an event, by the field of the event that holds their facts; the small ones first: a
 * picture tells most for its bytes.
 */
export const FILE_ROLES = ['thumbnail', 'snapshot', 'preview', 'clip'] as const;
export type FileRole = (typeof FILE_ROLES)[number];

const heldFile = z.strictObject({ role: z.enum(FILE_ROLES), bytes: z.number().int().positive() });
/** A file that the device has and did not send. */
export type HeldFile = Readonly<z.infer<typeof heldFile>>;

export const MANIFEST_VERSION = 1;
/** A manifest larger than this is not read. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

export const manifestSchema = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  /**
   * Finished: `end_time` is set. Its `thumbnail`, `snapshot`, `preview` and `clip` name the objects beside
   * the manifest, with size and SHA-256.
   */
  event: eventSchema.refine((event) => event.end_time !== null, 'the event has not ended'),
  /** Who wrote it, for people: `tyto 0.1.0`. */
  producer: z.string().max(64),
  /**
   * What of the event the device still has and did not send, or not yet: it comes with a later manifest, by itself or
   * when it is asked for, as the device's rules have it. The event does not name it. Absent where there is none.
   */
  held: z.array(heldFile).max(FILE_ROLES.length).readonly().exactOptional(),
});
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** What of an event is made after it was seen, small ones first: all of its files but the clip. */
export const picturesOf = ({ thumbnail, snapshot, preview }: TytoEvent): readonly MediaFile[] =>
  [thumbnail, snapshot, preview].filter((file) => file !== null && file !== undefined);

/** The objects that belong to the event beside its manifest, small ones first. */
export const manifestFiles = (
  event: TytoEvent,
): readonly MediaFile[] => [...picturesOf(event), ...(event.clip === null ? [] : [event.clip])];
