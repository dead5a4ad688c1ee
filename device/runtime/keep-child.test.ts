import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { silentLog } from '../core/log.ts';
import { systemClock } from './clock.ts';
import { keepChild } from './keep-child.ts';

const roleModule = JSON.stringify(new URL('./role.ts', import.meta.url).href);

describe('keeping a child process', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-child-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  const script = async (name: string, body: string): Promise<URL> => {
    const file = path.join(folder, `${name}.mjs`);
    await writeFile(file, `import { reportReady, runRole } from ${roleModule};\n${body}`);
    return pathToFileURL(file);
  };

  it('starts it again when it dies, and stops it when told to', async () => {
    const starts = path.join(folder, 'starts');
    const module = await script('dies', `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(starts)}, process.argv[2] + '\\n');
      await runRole((signal) => new Promise((resolve) => { signal.addEventListener('abort', resolve); reportReady('here'); setTimeout(() => {}, 1e6); }));`);
    const stop = new AbortController();
    const notices: unknown[] = [];
    const kept = keepChild({ role: 'watch', module, onReady: (notice) => {
      notices.push(notice);
      if (notices.length === 2) stop.abort();
      else void readFile('/proc/self/task/' + process.pid + '/children', 'utf8').then((pids) => process.kill(Number(pids.trim().split(' ').at(-1)), 'SIGKILL'));
    } }, { log: silentLog, clock: systemClock }, stop.signal);
    await kept;
    assert.deepEqual(notices, ['here', 'here']);
    assert.equal(await readFile(starts, 'utf8'), 'watch\nwatch\n');
  });

  it('hands on a mistake in the settings that keeps it from starting', async () => {
    const module = await script('refuses', `const { ConfigError: Real } = await import(${JSON.stringify(new URL('../core/errors.ts', import.meta.url).href)});
      await runRole(async () => { throw new Real('x.y', 'port 80 is in use; set TYTO_WEB_PORT'); });`);
    await assert.rejects(
      keepChild({ role: 'web', module, onReady: () => {} }, { log: silentLog, clock: systemClock }, new AbortController().signal),
      { code: 'role.refused', message: 'port 80 is in use; set TYTO_WEB_PORT' },
    );
  });
});
