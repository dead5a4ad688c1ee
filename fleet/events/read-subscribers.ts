import { describeOutputs } from '../../device/contract/describe-outputs.ts';
import { readListSetting } from '../../device/durable/list-in-setting.ts';
import { subscribersSchema, type SubscriberPlan } from './subscriber.ts';

/**
 * The subscribers in a setting: a JSON list, or the path of a file that holds one; empty for none.
 * @throws {ConfigError} `events.settings` with everything that is wrong; it quotes nothing that may be secret.
 */
export const readSubscribers = (setting: string): Promise<readonly SubscriberPlan[]> => readListSetting({
  name: 'TYTO_FLEET_EVENTS', code: 'events.settings',
  schema: subscribersSchema, describe: (error, list) => describeOutputs('subscriber', error, list),
}, setting);
