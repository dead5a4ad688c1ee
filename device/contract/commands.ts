/**
 * What may be asked of a camera over the bus besides its switches: to record now, and to take note of something that
 * happened elsewhere. `<prefix>/<camera>/record/set` and `…/trigger` take it, `…/record/answer` and
 * `…/trigger/answer` tell what came of it.
 */
import { z } from 'zod';
import { EVENT_TEXT } from './event.ts';
import { parseSwitch } from './topics.ts';

/** Longer payloads are refused unread. */
export const MAX_COMMAND_BYTES = 1024;
/** Longest recording, or note of a trigger, that may be asked for at once; asking again prolongs it. Seconds. */
const MAX_COMMAND_SECONDS = 3600;

const length = z.number().min(1, 'at least 1 second').max(
  MAX_COMMAND_SECONDS, `at most ${MAX_COMMAND_SECONDS} seconds`,
);
/** Comes back in the answer, so that who asked knows it for its own. */
const request = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'letters, digits and hyphens, at most 64');

const asked = {
  length: length.optional(), label: EVENT_TEXT.optional(), source: EVENT_TEXT.optional(), request: request.optional(),
};

/**
 * `…/record/set` as JSON. Without `length` for `recording.manual_length`; `record` false stops
 * what is being recorded on demand.
 */
export const recordCommandSchema = z.strictObject({ record: z.boolean().default(true), ...asked });
export type RecordCommand = Readonly<z.infer<typeof recordCommandSchema>>;

/** `…/trigger` as JSON. Without `length` for `recording.trigger_length`. */
export const triggerCommandSchema = z.strictObject(asked);
export type TriggerCommand = Readonly<z.infer<typeof triggerCommandSchema>>;

/** `…/record/answer` and `…/trigger/answer`, never retained. */
export const commandAnswerSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true), request: z.string().nullable(),
    /** The event that it is part of; null when there was nothing to stop. */
    event: z.string().nullable(),
    /** Unix seconds until when it lasts unless it is prolonged or stopped; null when it was stopped. */
    until: z.number().nullable(),
  }),
  z.object({
    ok: z.literal(false), request: z.string().nullable(),
    /**
     * `command.malformed`, `command.too-large`, `command.retained`, `command.too-many`,
     * `command.offline`, `command.disarmed`.
     */
    code: z.string(),
    /** For people: what was expected, and what to do. */
    message: z.string(),
  }),
]);
export type CommandAnswer = Readonly<z.infer<typeof commandAnswerSchema>>;

/** Why a payload is no command, for people; `request` where at least that could be read. */
export interface CommandFault { readonly fault: string; readonly request: string | null }

/** `ON`, `OFF`, or JSON. */
export function parseRecordCommand(payload: string): RecordCommand | CommandFault {
  const position = parseSwitch(payload);
  return position === undefined ? parse(recordCommandSchema, payload, RECORD_TAKES) : { record: position === 'ON' };
}

/** JSON, or any other text: that is then its label. Nothing at all will do. */
export function parseTriggerCommand(payload: string): TriggerCommand | CommandFault {
  const text = payload.trim();
  if (text === '') return {};
  if (text.startsWith('{')) return parse(triggerCommandSchema, text, TRIGGER_TAKES);
  const label = EVENT_TEXT.safeParse(text);
  return label.success ? { label: label.data }
    : { fault: `${TRIGGER_TAKES}; got a text that is no label: ${messages(label.error)}`, request: null };
}

const RECORD_TAKES = 'takes ON, OFF or JSON such as {"length":30,"label":"doorbell"}';
const TRIGGER_TAKES = 'takes a label, or JSON such as {"label":"doorbell","source":"zigbee","length":20}';

function parse<T>(schema: z.ZodType<T>, payload: string, takes: string): T | CommandFault {
  let raw: unknown;
  try {
    raw = JSON.parse(payload);
  } catch {
    return { fault: takes, request: null };
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const named = z.object({ request }).safeParse(raw);
  return { fault: `${takes}; ${messages(parsed.error)}`, request: named.success ? named.data.request : null };
}

const messages = (error: z.ZodError): string =>
  error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`).join('; ').slice(
    0, 300,
  );
