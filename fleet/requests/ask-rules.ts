/** Rules that ask by themselves: the setting `TYTO_FLEET_ASK`. */
import { z } from 'zod';
import { describeOutputs } from '../../device/contract/describe-outputs.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import { eventRuleFields, ruleMatches } from '../../device/contract/event-rule.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { inBraces, name } from '../../device/contract/setting-fields.ts';
import { readListSetting } from '../../device/durable/list-in-setting.ts';

const NAMES = 'must be a list of names of devices';

const rule = z.strictObject({
  name,
  devices: z.array(z.string(NAMES), NAMES).min(1, NAMES).max(10_000, NAMES).readonly().exactOptional(),
  ...eventRuleFields,
}, { error: inBraces });
export type AskRule = Readonly<z.infer<typeof rule>>;

const rulesSchema = z.array(rule, 'must be a list').max(64, 'must have at most 64 entries').readonly();

/**
 * The rules in a setting: a JSON list, or the path of a file that holds one; empty for none.
 * @throws {ConfigError} `requests.settings` with everything that is wrong.
 */
export const readAskRules = (setting: string): Promise<readonly AskRule[]> => readListSetting({
  name: 'TYTO_FLEET_ASK', code: 'requests.settings',
  schema: rulesSchema, describe: (error, list) => describeOutputs('rule', error, list),
}, setting);

/**
 * The first rule that asks for the clip of an event; undefined when none does, or when the device does not hold one.
 */
export const ruleFor = (rules: readonly AskRule[], event: TytoEvent, held: readonly HeldFile[]): AskRule | undefined =>
  (held.some(({ role }) => role === 'clip')
    ? rules.find((one) => (one.devices === undefined || one.devices.includes(event.device)) && ruleMatches(one, event))
    : undefined);
