import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { CONSOLE_ROUTES } from '../console/routes.ts';
import { REASON_CODES } from '../ingest/reason.ts';
import { fleetSettings, type FleetSetting } from './settings.ts';

describe('the guide of the fleet', () => {
  let guide: string;
  before(async () => { guide = await readFile(new URL('../../docs/guide/fleet.md', import.meta.url), 'utf8'); });

  it('lists every setting with its default', () => {
    const rows = (Object.values(fleetSettings) as FleetSetting[]).map(
      ({ env, flag, default: byDefault, doc }) =>
        `| \`${env}\` | ${flag === undefined ? ''
          : `\`--${flag.name}\` `}| ${byDefault === '' ? '' : `\`${byDefault}\` `}| ${doc} |`,
    );
    assert.deepEqual(guide.split('\n').filter((line) => line.startsWith('| `TYTO_FLEET_')), rows);
  });

  it('explains every reason, and none that there is not', () => {
    const section = guide.slice(guide.indexOf('## What is rejected'), guide.indexOf('## Links'));
    const explained = [...section.matchAll(/`((?:manifest|event|file|clip|picture|report)\.[a-z0-9-]+)`/g)].map(
      ([, code = '']) => code,
    );
    assert.deepEqual([...new Set(explained)].sort(), [...REASON_CODES].sort());
  });

  it('lists every route with its role', () => {
    const rows = guide
      .split('\n')
      .flatMap((line) => (/^\| `((?:GET|POST|DELETE) [^`]+)` \| (\w+) \|/.exec(line) ?? []).slice(1).join(' ') || []);
    assert.deepEqual(rows.sort(), CONSOLE_ROUTES.map(({ method, path, role }) => `${method} ${path} ${role}`).sort());
  });
});
