/**
 * Whom a device tells of its events: the setting `outputs`; and the wires that tell it something: the setting `inputs`.
 */
import { z } from 'zod';
import { seconds } from '../core/units.ts';
import { eventRuleFields } from './event-rule.ts';
import { duration, flag, headers, httpAddress, inBraces, line, name, namedList } from './setting-fields.ts';
import { templateFault } from './template.ts';
import { timetableSchema } from './timetable.ts';

const whole = (low: number, high: number) => {
  const expectation = `must be a whole number from ${low} to ${high}`;
  return z.number(expectation).int(expectation).min(low, expectation).max(high, expectation);
};

const template = z.string('must be a text')
  .min(1, 'must not be empty')
  .max(16_384, 'must have at most 16,384 characters')
  .superRefine((text, context) => {
    const fault = templateFault(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

export const PHASES = ['new', 'end'] as const;
export type Phase = (typeof PHASES)[number];
const PHASE_LIST = 'must be a list of new, end';

const when = z.strictObject({
  ...eventRuleFields,
  /** Only then. */
  windows: timetableSchema.exactOptional(),
  phases: z.array(z.enum(PHASES, PHASE_LIST), PHASE_LIST).min(1, PHASE_LIST).readonly().exactOptional(),
}, { error: inBraces });

const throttle = z.strictObject({ most: whole(1, 10_000), within: duration('1s', '1d') }, { error: inBraces });

/** What all outputs have. `stale`: what happened longer ago is not told any more. */
const common = {
  name,
  when: when.exactOptional(),
  throttle: throttle.exactOptional(),
  /** What begins within is not told, and not later either. */
  quiet: timetableSchema.exactOptional(),
  timeout: duration('100ms', '5m').exactOptional(),
  stale: duration('1s', '30d').exactOptional(),
};

/** What people read, and see. */
const message = {
  title: template.exactOptional(), message: template.exactOptional(), picture: flag.default(true),
};

const strict = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...common, ...shape }, { error: inBraces });

const webhook = strict({
  type: z.literal('webhook'), url: httpAddress, secret: line.exactOptional(),
  headers: headers.exactOptional(),
  body: template.exactOptional(),
  content_type: line.exactOptional(),
});
const COMMAND = 'must be a program\'s absolute path and its arguments, as a list';
const script = strict({
  type: z.literal('script'),
  command: z.array(z.string(COMMAND).regex(/^[^\0]*$/, COMMAND), COMMAND).min(1, COMMAND).max(64, COMMAND).readonly()
    .refine(([program]) => program?.startsWith('/') === true, COMMAND),
});
const tcp = strict({ type: z.literal('tcp'), host: line, port: whole(1, 65_535), body: template.exactOptional() });
const TOPIC = 'must be an MQTT topic without wildcards';
const mqtt = strict({
  type: z.literal('mqtt'), topic: template.refine((text) => !/[#+\0]/.test(text), TOPIC),
  body: template.exactOptional(),
  retain: flag.default(false),
});
const ntfy = strict({
  type: z.literal('ntfy'), server: httpAddress.default('https://ntfy.sh'), topic: line, token: line.exactOptional(),
  priority: whole(1, 5).default(4), ...message,
});
const pushbullet = strict({
  type: z.literal('pushbullet'), server: httpAddress.default('https://api.pushbullet.com'), token: line, ...message,
});
const CHAT = 'must be a chat\'s number or @name, as a text';
const telegram = strict({
  type: z.literal('telegram'), server: httpAddress.default('https://api.telegram.org'), token: line,
  chat: z.string(CHAT).regex(/^(?:-?\d+|@\w+)$/, CHAT), ...message,
});
const MAIL_SERVER = 'must be smtps://host or smtp://host, with :port if need be, without user and password';
const MAIL = 'must be an e-mail address';
const mailAddress = z.string(MAIL).regex(/^[^\s<>@,;]+@[^\s<>@,;]+$/, MAIL);
const email = strict({
  type: z.literal('email'),
  server: z.string(MAIL_SERVER).regex(/^smtps?:\/\/[^\s/@]+$/, MAIL_SERVER),
  user: line.exactOptional(), password: line.exactOptional(), from: mailAddress,
  to: z.array(mailAddress, 'must be a list of e-mail addresses').min(1, 'must be a list of e-mail addresses').max(32)
    .readonly(), ...message,
});

const wire = {
  /** Number of the processor (BCM), not of the plug. */
  pin: whole(0, 63),
  chip: z.string('must be a chip such as gpiochip0').regex(/^gpiochip\d+$/, 'must be a chip such as gpiochip0').default(
    'gpiochip0',
  ),
  active: z.enum(['high', 'low'], 'must be high or low').default('high'),
};
const gpio = strict({
  type: z.literal('gpio'), ...wire,
  mode: z.enum(['level', 'pulse', 'train'], 'must be level, pulse or train').default('level'),
  length: duration('50ms', '1m').default(seconds(0.5)),
  pulses: whole(1, 100).default(3),
});

const TYPES = 'must be one of webhook, script, tcp, mqtt, ntfy, pushbullet, telegram, email, gpio';
const output = z.discriminatedUnion('type', [webhook, script, tcp, mqtt, ntfy, pushbullet, telegram, email, gpio], {
  error: (issue) => inBraces(issue) ?? TYPES,
});
export type OutputPlan = Readonly<z.infer<typeof output>>;
export type OutputType = OutputPlan['type'];
export type PlanOf<T extends OutputType> = Extract<OutputPlan, { readonly type: T }>;

const input = z.strictObject({
  name, ...wire,
  bias: z.enum(['none', 'up', 'down'], 'must be none, up or down').default('none'),
  debounce: duration('1ms', '5s').default(seconds(0.05)),
  /**
   * `trigger`: an event while, and shortly after, it is active. `arm`: active arms, else
   * disarms. `disarm`: the other way round.
   */
  does: z.enum(['trigger', 'arm', 'disarm'], 'must be trigger, arm or disarm').default('trigger'),
}, { error: inBraces });
export type InputPlan = Readonly<z.infer<typeof input>>;

const MOST_OUTPUTS = 32;
export const outputsSchema = namedList(output, MOST_OUTPUTS);
export const inputsSchema = namedList(input, MOST_OUTPUTS);
