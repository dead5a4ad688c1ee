import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lockData } from './data-lock.ts';

const HELD = { code: 'data.locked', message: 'another one works here' };

describe('lock of a data folder', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-lock-')); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one process at a time, and free again once that one was killed', async () => {
    const file = path.join(folder, 'lock');
    const module = JSON.stringify(new URL('./data-lock.ts', import.meta.url).href);
    const script = `const { lockData } = await import(${module});
      lockData(${JSON.stringify(file)}, ${JSON.stringify(HELD)}); console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      assert.throws(() => lockData(file, HELD), { name: 'ConfigError', ...HELD });
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    lockData(file, HELD)[Symbol.dispose]();
  });
});
