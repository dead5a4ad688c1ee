/** Rules that ask by themselves: the setting `TYTO_FLEET_ASK`. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { describeOutputs } from '../../device/contract/describe-outputs.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import { eventRuleFields, ruleMatches } from '../../device/contract/event-rule.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { ConfigError } from '../../device/core/errors.ts';

const SETTING = 'TYTO_FLEET_ASK';
const NAME = 'must have letters, digits and inner hyphens, at most 64';
const NAMES = 'must be a list of names of devices';
const OBJECT = 'must be an object in braces';

const rule = z.strictObject({
  name: z.string(NAME).regex(NAME_PATTERN, NAME),
  devices: z.array(z.string(NAMES), NAMES).min(1, NAMES).max(10_000, NAMES).readonly().exactOptional(),
  ...eventRuleFields,
}, { error: ({ code }) => (code === 'invalid_type' ? OBJECT : undefined) });
export type AskRule = Readonly<z.infer<typeof rule>>;

const rulesSchema = z.array(rule, 'must be a list').max(64, 'must have at most 64 entries').readonly();

/**
 * The rules in a setting: a JSON list, or the path of a file that holds one; empty for none.
 * @throws {ConfigError} `requests.settings` with everything that is wrong.
 */
export async function readAskRules(setting: string): Promise<readonly AskRule[]> {
  const text = setting.trim();
  if (text === '') return [];
  const isList = text.startsWith('[');
  const where = isList ? SETTING : `${SETTING}, file ${text}`;
  const list = parse(isList ? text : await contentOf(text), where);
  const read = rulesSchema.safeParse(list);
  if (read.success) return read.data;
  throw new ConfigError('requests.settings', `${where}: ${describeOutputs('rule', read.error, list)}`);
}

/** The first rule that asks for the clip of an event; undefined when none does, or when the device does not hold one. */
export const ruleFor = (rules: readonly AskRule[], event: TytoEvent, held: readonly HeldFile[]): AskRule | undefined =>
  (held.some(({ role }) => role === 'clip')
    ? rules.find((one) => (one.devices === undefined || one.devices.includes(event.device)) && ruleMatches(one, event))
    : undefined);

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('requests.settings', `${SETTING}: must be a JSON list, or a file that holds one; the file ${file} cannot be read`, { cause });
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError('requests.settings', `${where}: must be a list in JSON; a quote, comma or bracket is missing or too many`);
  }
}
