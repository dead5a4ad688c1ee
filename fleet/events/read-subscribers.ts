import { readFile } from 'node:fs/promises';
import { describeOutputs } from '../../device/contract/describe-outputs.ts';
import { ConfigError } from '../../device/core/errors.ts';
import { subscribersSchema, type SubscriberPlan } from './subscriber.ts';

const SETTING = 'TYTO_FLEET_EVENTS';

/**
 * The subscribers in a setting: a JSON list, or the path of a file that holds one; empty for none.
 * @throws {ConfigError} `events.settings` with everything that is wrong; it quotes nothing that may be secret.
 */
export async function readSubscribers(setting: string): Promise<readonly SubscriberPlan[]> {
  const text = setting.trim();
  if (text === '') return [];
  const isList = text.startsWith('[');
  const where = isList ? SETTING : `${SETTING}, file ${text}`;
  const list = parse(isList ? text : await contentOf(text), where);
  const read = subscribersSchema.safeParse(list);
  if (read.success) return read.data;
  throw new ConfigError('events.settings', `${where}: ${describeOutputs('subscriber', read.error, list)}`);
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('events.settings', `${SETTING}: must be a JSON list, or a file that holds one; the file ${file} cannot be read`, { cause });
  }
}

/** The parser's own words are left out: they quote what they stumble over, which may be a password. */
function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError('events.settings', `${where}: must be a list in JSON; a quote, comma or bracket is missing or too many`);
  }
}
