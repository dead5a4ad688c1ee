import { ConfigError } from '../../device/core/errors.ts';
import { describeOutputs } from '../../device/contract/describe-outputs.ts';
import { readListSetting } from '../../device/durable/list-in-setting.ts';
import { faultOfNamed } from '../../device/durable/named-file.ts';
import { subscribersSchema, type SubscriberPlan } from './subscriber.ts';

const NAME = 'TYTO_FLEET_EVENTS';
const CODE = 'events.settings';

/**
 * The subscribers in a setting: a JSON list, or the path of a file that holds one; empty for none.
 * @throws {ConfigError} `events.settings` with everything that is wrong, and then with every certificate or key that
 * is not there; it quotes nothing that may be secret.
 */
export async function readSubscribers(setting: string): Promise<readonly SubscriberPlan[]> {
  const plans = await readListSetting({
    name: NAME, code: CODE, schema: subscribersSchema,
    describe: (error, list) => describeOutputs('subscriber', error, list),
  }, setting);
  const faults = (await Promise.all(plans.map(missingFilesOf))).flat();
  if (faults.length > 0) throw new ConfigError(CODE, faults.join('\n  '));
  return plans;
}

async function missingFilesOf(plan: SubscriberPlan): Promise<readonly string[]> {
  const tls = 'tls' in plan && typeof plan.tls === 'object' ? plan.tls : {};
  const faults = await Promise.all(Object.entries(tls).map(async ([role, file]) => {
    const fault = await faultOfNamed(file, 'file', 'hidden');
    return fault === undefined ? []
      : [`${NAME}: subscriber "${plan.name}": tls.${role}: ${fault}; it must be a PEM file`];
  }));
  return faults.flat();
}
