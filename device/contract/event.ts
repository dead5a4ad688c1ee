/**
 * What happened in front of a camera: one JSON, the same on the bus, in the catalogue, in the uploaded manifest and in
 * the fleet's index. Field names follow Frigate's `events` where the meaning is the same.
 */
import { z } from 'zod';
import { NAME_PATTERN } from './name-pattern.ts';

/** What may happen: what lists, filters, rules, counts and home automation speak of. */
export const EVENT_KINDS = [
  'motion', 'person', 'vehicle', 'animal', 'face',
  'covered', 'defocused', 'moved', 'blinded', 'frozen', // tamper
  'manual', 'external',
] as const;
/**
 * A piece of what is recorded all the time. It goes up as an event, so that all footage takes one way; nothing happened
 * in it, so whoever does not ask for it never meets it. An event of this kind has no other.
 */
export const CONTINUOUS = 'continuous';
/** Every kind that an event may have on its way to the fleet and there. */
export const STORED_KINDS = [...EVENT_KINDS, CONTINUOUS] as const;
export type EventKind = (typeof STORED_KINDS)[number];

export const isContinuous = ({ kinds }: { readonly kinds: readonly EventKind[] }): boolean =>
  kinds.includes(CONTINUOUS);

const fraction = z.number().min(0).max(1);
const unixSeconds = z.number().min(0).max(253_402_300_799);
/** `[x, y, width, height]` as fractions of the picture, origin top left. */
const box = z.tuple([fraction, fraction, fraction, fraction]).readonly();

const name = z.string().regex(NAME_PATTERN, 'letters, digits and inner hyphens, at most 64');

/** A few words that somebody outside gave: no control characters, and none that turn the direction of a line around. */
export const EVENT_TEXT = z.string().trim().min(1, 'a text').max(64, 'at most 64 characters')
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u, 'a text without control characters');

/** `<unix seconds>.<microseconds>-<6 characters>`: sorts by time as text. */
export const EVENT_ID_PATTERN = /^\d{10}\.\d{6}-[a-z0-9]{6}$/;

const mediaFile = z.strictObject({
  /** File name without folder; see `names.ts`. */
  name: z.string().min(1).max(255).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a plain file name'),
  bytes: z.number().int().positive(),
  /** Lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
  /** Size and hash are those of the encrypted file; absent where it lies in the clear. */
  encrypted: z.literal(true).exactOptional(),
});
export type MediaFile = Readonly<z.infer<typeof mediaFile>>;

const clip = mediaFile.extend({
  /** Unix seconds of its first picture: pre-roll lies before the event's start. */
  start_time: unixSeconds,
  /** Seconds. */
  duration: z.number().nonnegative(),
  codec: z.string().max(64),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type ClipFile = Readonly<z.infer<typeof clip>>;

/** The way of one thing through the event. */
const eventTrack = z.strictObject({
  id: z.number().int().positive(),
  start_time: unixSeconds,
  end_time: unixSeconds,
  /** The way of its foot, fractions of the picture, oldest first. */
  path: z.array(z.tuple([fraction, fraction]).readonly()).max(32).readonly(),
  /** Where its way led as a whole, as the picture shows it; null when it came back or hardly moved. */
  direction: z.enum(['left', 'right', 'up', 'down']).nullable(),
  /** Seconds in each zone that it entered. */
  zones: z.array(z.strictObject({ zone: z.string(), seconds: z.number().nonnegative() })).max(32).readonly(),
});
export type EventTrack = Readonly<z.infer<typeof eventTrack>>;

const crossing = z.strictObject({ line: z.string(), direction: z.enum(['in', 'out']), time: unixSeconds });

/** A face, and whose it is. */
const face = z.strictObject({
  box,
  score: fraction,
  /** Unix seconds of the picture it was seen in. */
  time: unixSeconds,
  /** Name of a person the user named; null for one unknown, or where nobody has been named. */
  person: z.string().nullable(),
  /** How alike the person is, 0 to 1, which is also of a face that somebody named; null without one. */
  similarity: fraction.nullable(),
});
export type EventFace = Readonly<z.infer<typeof face>>;

const thing = z.strictObject({
  label: z.enum(['person', 'vehicle', 'animal']), box, score: fraction, time: unixSeconds,
});
export type EventObject = Readonly<z.infer<typeof thing>>;

export const eventSchema = z.strictObject({
  id: z.string().regex(EVENT_ID_PATTERN, 'an event id such as 1795252530.123456-k3x9ab'),
  device: name,
  camera: name,
  kinds: z.array(z.enum(STORED_KINDS)).min(1).readonly(),
  /** The first of `kinds`, as consumers of Frigate's events expect it. */
  label: z.enum(STORED_KINDS),
  /** What whoever asked for the recording, or told of what happened elsewhere, called it; absent where nobody did. */
  sub_label: z.string().min(1).max(64).exactOptional(),
  /** Who or what that was, in its own words. */
  source: z.string().min(1).max(64).exactOptional(),
  /** Unix seconds, as the device's clock told. */
  start_time: unixSeconds,
  /** Null while the event lasts. */
  end_time: unixSeconds.nullable(),
  /** Unix seconds of the best moment so far; the picture shows it. */
  frame_time: unixSeconds,
  /** 0 to 1: how strongly it moved at `frame_time`, and at most. */
  score: fraction,
  top_score: fraction,
  /**
   * `[left, top, right, bottom]` around everything at the best moment, in pixels of the recorded
   * picture; null when nothing has a place.
   */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly().nullable(),
  /** The single boxes of the best moment, as fractions. */
  boxes: z.array(box).max(256).readonly(),
  current_zones: z.array(z.string()).readonly(),
  entered_zones: z.array(z.string()).readonly(),
  tracks: z.array(eventTrack).max(32).readonly().default([]),
  crossings: z.array(crossing).max(256).readonly().default([]),
  /** The best look at each face. */
  faces: z.array(face).max(64).readonly().default([]),
  /** The best look at each thing that was told apart. */
  objects: z.array(thing).max(64).readonly().default([]),
  has_clip: z.boolean(),
  has_snapshot: z.boolean(),
  /** Whether the device's clock was set by the network when the event began. */
  clock: z.enum(['synced', 'unsynced']),
  /**
   * How often whoever it shows was named, renamed or forgotten since it ended; absent for never. Of two tellings the
   * higher one holds, whichever comes first.
   */
  revision: z.number().int().positive().max(1_000_000).exactOptional(),
  clip: clip.nullable(),
  snapshot: mediaFile.nullable(),
  /** The picture in small, for lists and notifications; absent where there is none. */
  thumbnail: mediaFile.exactOptional(),
  /** A silent MP4 of a few seconds that shows all of the event; absent where there is none. */
  preview: mediaFile.exactOptional(),
});
export type TytoEvent = Readonly<z.infer<typeof eventSchema>>;

/** Of an event that was never changed it is 0. */
export const revisionOf = ({ revision = 0 }: Pick<TytoEvent, 'revision'>): number => revision;
/** An event that ended, and shows somebody by another name now: it takes the place of what was told before. */
export const revised = (event: TytoEvent): TytoEvent => ({ ...event, revision: revisionOf(event) + 1 });

/** What `<prefix>/events` carries: `before` equals `after` for `new`. */
export const eventMessageSchema = z.strictObject({
  type: z.enum(['new', 'update', 'end']),
  before: eventSchema,
  after: eventSchema,
});
export type EventMessage = Readonly<z.infer<typeof eventMessageSchema>>;

/** One line for people that names each field that is wrong, what was expected and (by path) where. */
export const describeIssues = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`).join('; ');
