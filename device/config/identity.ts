import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { describeIssues } from '../contract/event.ts';
import { NAME_PATTERN } from '../contract/name-pattern.ts';
import { ConfigError } from '../core/errors.ts';
import { openJsonFile } from '../durable/json-file.ts';
import type { Environment } from './load-settings.ts';

/**
 * This device's name in topics, file names and storage: the setting, else balena's UUID, else one made at first start
 * and kept in `device.json`.
 */
export async function deviceId(data: string, setting: string, env: Environment = process.env): Promise<string> {
  if (setting !== '') return setting;
  const balena = env['BALENA_DEVICE_UUID'];
  if (balena !== undefined && NAME_PATTERN.test(balena)) return balena;
  const file = path.join(data, 'device.json');
  const identity = await openJsonFile(file, { id: '' }, (raw) => decode(file, raw));
  if (identity.data.id === '') {
    identity.data.id = `tyto-${randomBytes(4).toString('hex')}`;
    await identity.write();
  }
  return identity.data.id;
}

const schema = z.object({ id: z.string().regex(NAME_PATTERN, 'must be letters, digits and inner hyphens') });

function decode(file: string, raw: unknown): { id: string } {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    'device.broken', `${file}: ${describeIssues(parsed.error)}; mend it, or move it away to get a new identity`,
  );
}
