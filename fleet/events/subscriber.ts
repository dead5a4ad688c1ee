/** Whom a fleet tells of what it takes in: one entry of the setting `TYTO_FLEET_EVENTS`. */
import { z } from 'zod';
import { eventRuleFields } from '../../device/contract/event-rule.ts';
import {
  duration, flag, headers, httpAddress, inBraces, line, name, namedList,
} from '../../device/contract/setting-fields.ts';
import { hours, seconds } from '../../device/core/units.ts';

/** What is told. The names are part of the message. */
const NEWS_TYPES = ['event.accepted', 'event.updated', 'event.rejected', 'device.first_seen'] as const;
export type NewsType = (typeof NEWS_TYPES)[number];

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

const TYPES = `must be a list of ${NEWS_TYPES.join(', ')}`;
const NAMES = 'must be a list of names';
const names = z.array(line, NAMES).min(1, NAMES).max(10_000, NAMES).readonly();

const when = z.strictObject({
  types: z.array(z.enum(NEWS_TYPES, TYPES), TYPES).min(1, TYPES).readonly().exactOptional(),
  devices: names.exactOptional(),
  ...eventRuleFields,
  /** Pieces of continuous recording, too: nothing happened in them, so of these no other condition is asked. */
  continuous: flag.default(false),
}, { error: inBraces });
export type SubscriberRule = Readonly<z.infer<typeof when>>;

const links = z.strictObject({
  /** Where receivers reach the fleet's page: what links are relative to. */
  base: httpAddress,
  lasts: duration('10s', '7d').default(seconds(100)),
}, { error: inBraces });

/** What all have. */
const common = {
  name,
  when: when.exactOptional(),
  format: oneOf(['tyto', 'kerberos']).default('tyto'),
  /** Messages carry links to the media. */
  links: links.exactOptional(),
  /** For one attempt. */
  timeout: duration('100ms', '5m').default(seconds(20)),
  /** What could not be told for longer is put aside. */
  keep: duration('1m', '90d').default(hours(7 * 24)),
};

/** Files hold PEM. */
const tls = z.union(
  [z.boolean(), z.strictObject({ ca: line.exactOptional(), cert: line.exactOptional(), key: line.exactOptional() })],
  'must be true, false, or an object with the files ca, cert, key',
);

const strict = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...common, ...shape }, { error: inBraces });

const BROKERS = 'must be a list of host:port';
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const kafka = strict({
  type: z.literal('kafka'),
  brokers: z.array(z.string(BROKERS).regex(/^[^\s:/@]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, BROKERS), BROKERS)
    .min(1, BROKERS)
    .max(64, BROKERS)
    .readonly(),
  topic: z.string('must be a topic\'s name').regex(
    /^[A-Za-z0-9._-]{1,249}$/, 'must be a topic\'s name: letters, digits, . _ -',
  ),
  client_id: line.default('tyto-fleet'),
  tls: tls.default(false),
  sasl: z.strictObject({ mechanism: oneOf(MECHANISMS), username: line, password: line }, { error: inBraces })
    .exactOptional(),
});

const sqs = strict({
  type: z.literal('sqs'),
  /** A name that ends with `.fifo` keeps the order of each device. */
  queue: z.url({
    protocol: /^https?$/, error: 'must be the address of a queue: https://sqs.<region>.amazonaws.com/<account>/<name>',
  }),
  region: z.string('must be a region such as eu-central-1').regex(
    /^[a-z0-9-]+$/, 'must be a region such as eu-central-1',
  ),
  /** Both or none: without, the machine's own credentials. */
  access_key_id: line.exactOptional(),
  secret_access_key: line.exactOptional(),
});

const TOPIC = 'must be an MQTT topic without wildcards; {device} and {type} are filled in';
const mqtt = strict({
  type: z.literal('mqtt'),
  url: z.url({ protocol: /^mqtts?$/, error: 'must be mqtt://host:port or mqtts://host:port' }),
  topic: z.string(TOPIC).min(1, TOPIC).max(512, TOPIC).regex(/^(?:[^#+\0{}]|\{device\}|\{type\})+$/, TOPIC).default(
    'tyto/fleet/{device}/{type}',
  ),
  client_id: line.exactOptional(),
  username: line.exactOptional(),
  password: line.exactOptional(),
  tls: z.strictObject(
    { ca: line.exactOptional(), cert: line.exactOptional(), key: line.exactOptional() }, { error: inBraces },
  )
    .exactOptional(),
  retain: flag.default(false),
});

const webhook = strict({
  type: z.literal('webhook'), url: httpAddress, secret: line.exactOptional(),
  headers: headers.exactOptional(),
});

const subscriber = z.discriminatedUnion('type', [kafka, sqs, mqtt, webhook], {
  error: (issue) => inBraces(issue) ?? 'must be one of kafka, sqs, mqtt, webhook',
}).superRefine((plan, context) => {
  const issue = (field: string, message: string): void => context.addIssue({ code: 'custom', path: [field], message });
  if (plan.type === 'sqs' && (plan.access_key_id === undefined) !== (plan.secret_access_key === undefined)) {
    issue('secret_access_key', 'and access_key_id go together, one of them is missing');
  }
  if (plan.type === 'mqtt' && plan.tls !== undefined && !plan.url.startsWith('mqtts:'))
    issue('tls', 'goes with mqtts:// only');
  if ('url' in plan && /^[a-z]+:\/\/[^/]*@/.test(plan.url))
    issue('url', 'must hold no user name and password: they have settings of their own');
});
export type SubscriberPlan = Readonly<z.infer<typeof subscriber>>;
export type SubscriberOf<T extends SubscriberPlan['type']> = Extract<SubscriberPlan, { readonly type: T }>;

const MOST = 32;
export const subscribersSchema = namedList(subscriber, MOST, `must have at most ${MOST} entries`);
