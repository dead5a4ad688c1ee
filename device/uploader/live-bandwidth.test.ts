import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { ConfigError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { LiveBandwidth, type LiveRules } from './live-bandwidth.ts';

describe('what uploads may take of the line', () => {
  it('follows the windows, and the settings as soon as their file changes; wrong ones change nothing', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-bandwidth-'));
    try {
      const file = path.join(folder, 'config.json');
      const clock = new VirtualClock(millis(1000));
      const windows = [{ days: ['daily' as const], from: '22:00', to: '06:00' }];
      let rules: LiveRules = { rate: 100, windows, metered: false, isWithin: (now) => now < 2000 };
      let broken = false;
      const said: string[] = [];
      const log = { ...silentLog, info: (message: string) => { said.push(message); } };
      const load = (): Promise<LiveRules> =>
        (broken ? Promise.reject(new ConfigError('settings.invalid', 'no rate')) : Promise.resolve(rules));
      const bandwidth = await LiveBandwidth.open({ file, load, clock, log });
      assert.deepEqual(bandwidth.now(), { rate: 100, heldBack: undefined });
      await clock.advance(seconds(2));
      assert.deepEqual(bandwidth.now(), { rate: 100, heldBack: 'window' });

      rules = { rate: 200, windows: [], metered: true, isWithin: undefined };
      await writeFile(file, '{}');
      await clock.advance(seconds(5));
      await eventually('the change is felt', () => bandwidth.now().rate === 200);
      assert.deepEqual(bandwidth.now(), { rate: 200, heldBack: 'metered' });

      rules = { ...rules };
      await writeFile(file, '{"zones": []}');
      await clock.advance(seconds(5));
      bandwidth.now();

      broken = true;
      await writeFile(file, '{"upload": {"rate": "much"}}');
      await clock.advance(seconds(5));
      bandwidth.now();
      await clock.advance(seconds(5));
      assert.deepEqual(bandwidth.now(), { rate: 200, heldBack: 'metered' });
      assert.deepEqual(said, ['the settings were changed: uploads may take 200 bytes a second of the line; '
        + 'each byte of the line costs: only small things go; uploads go at any time'], 'once: a zone is none of it');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
