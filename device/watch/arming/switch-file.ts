import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../core/errors.ts';
import { openJsonFile } from '../../durable/json-file.ts';

/** The arm switch: kept on disk, so that a power cut does not change it. A new device is armed. */
export interface ArmSwitch {
  readonly on: boolean;
  /** Resolves once the new position is durable. */
  set(on: boolean): Promise<void>;
}

/** @throws {ConfigError} When `arming.json` in `data` cannot be understood: a guess could leave a house unwatched. */
export async function openArmSwitch(data: string): Promise<ArmSwitch> {
  const file = path.join(data, 'arming.json');
  const stored = await openJsonFile(file, { armed: true }, (raw) => decode(file, raw));
  return {
    get on() { return stored.data.armed; },
    async set(on) {
      if (on === stored.data.armed) return;
      stored.data.armed = on;
      await stored.write();
    },
  };
}

const schema = z.strictObject({ armed: z.boolean() });

function decode(file: string, raw: unknown): { armed: boolean } {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    'arming.broken', `${file} must hold {"armed": true} or {"armed": false}; mend it, or remove it to start armed`,
  );
}
