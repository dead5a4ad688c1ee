import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { silentLog, type Log, type LogFields } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { systemClock, type Clock } from './clock.ts';
import { keepChild } from './keep-child.ts';
import { execArgvFor, leanEnvironment, leanFlags } from './lean.ts';
import { RestUntil } from './rest-until.ts';

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
    const module = await script('dies', `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(starts)}, process.argv.slice(2).join(' ') + '\\n');
      await runRole((signal) => new Promise((resolve) => { signal.addEventListener('abort', resolve); reportReady(String(process.pid)); setTimeout(() => {}, 1e6); }));`);
    const stop = new AbortController();
    const notices: unknown[] = [];
    const kept = keepChild({ role: 'watch', args: ['more'], module, work: 'serve', vital: true, onReady: (notice) => {
      notices.push(notice);
      if (notices.length === 2) stop.abort();
      else process.kill(Number(notice), 'SIGKILL');
    } }, { log: silentLog, clock: systemClock }, stop.signal);
    await kept;
    assert.equal(new Set(notices).size, 2);
    assert.equal(await readFile(starts, 'utf8'), 'watch more\nwatch more\n');
  });

  it('may be lean without the programs that it starts being so: they get the user\'s own values', async () => {
    const module =
      await script('lean', `import { execFileSync } from 'node:child_process'; import { readFileSync } from 'node:fs';
      const inForce = () => readFileSync('/proc/self/environ', 'latin1').split('\\0').filter((line) => /^MALLOC_(ARENA|TRIM)/.test(line)).sort().join();
      const passedOn = () => execFileSync('env', { encoding: 'utf8' }).split('\\n').filter((line) => line.startsWith('MALLOC')).join();
      await runRole(async () => { reportReady(inForce() + ' ' + passedOn()); await new Promise(() => {}); });`);
    const stop = new AbortController();
    const notices: unknown[] = [];
    const environment = leanEnvironment({ PATH: process.env['PATH'], MALLOC_ARENA_MAX: '7' }, 'serve');
    await keepChild({ role: 'watch', module, work: 'serve', environment, vital: true, onReady: (notice) => {
      notices.push(notice);
      stop.abort();
    } }, { log: silentLog, clock: systemClock }, stop.signal);
    assert.deepEqual(notices, ['MALLOC_ARENA_MAX=7,MALLOC_TRIM_THRESHOLD_=65536 MALLOC_ARENA_MAX=7']);
  });

  it('reads no code that was compiled earlier where it stays for long', () => {
    const given = { NODE_COMPILE_CACHE: '/somewhere', HOME: '/home' };
    assert.equal(leanEnvironment(given, 'compute')['NODE_COMPILE_CACHE'], undefined);
    assert.equal(leanEnvironment(given, 'compute')['HOME'], '/home');
    assert.equal(leanEnvironment(given, 'serve')['NODE_COMPILE_CACHE'], '/somewhere');
  });

  it('is started with what it is for, whatever its parent is for', () => {
    const given = [...leanFlags('serve'), '--import', './own.js', ...leanFlags('compute')];
    for (const work of ['serve', 'compute'] as const)
      assert.deepEqual(execArgvFor(work, given), ['--import', './own.js', ...leanFlags(work)]);
  });

  it('ends one whose event loop hangs, says so, and starts it again', async () => {
    const marker = path.join(folder, 'has-hung');
    const module = await script('hangs', `import { existsSync, writeFileSync } from 'node:fs';
      await runRole((signal) => new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        setTimeout(() => {}, 1e6);
        if (existsSync(${JSON.stringify(marker)})) return reportReady('well');
        writeFileSync(${JSON.stringify(marker)}, '');
        process.send({ type: 'ready', notice: 'about to hang' }, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
      }), 50);`);
    const stop = new AbortController();
    const notices: unknown[] = [];
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (message) => { said.push(message); } };
    await keepChild({ role: 'watch', module, work: 'serve', vital: true, onReady: (notice) => {
      notices.push(notice);
      if (notices.length === 2) stop.abort();
    } }, { log, clock: systemClock, silence: { first: millis(10_000), between: millis(400) } }, stop.signal);
    assert.deepEqual(notices, ['about to hang', 'well']);
    assert.deepEqual(said, ['watch has said nothing for 0.4 s and is ended']);
  });

  it('ends one that hangs before its first word', async () => {
    const module = await script('silent', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);');
    const stop = new AbortController();
    const log: Log = {
      ...silentLog, warn: (_message, fields) => { assert.equal(fields?.['how'], 'SIGKILL'); stop.abort(); },
    };
    await keepChild({ role: 'web', module, work: 'serve', vital: true, onReady: () => {} }, {
      log, clock: systemClock, silence: { first: millis(300), between: millis(1) },
    }, stop.signal);
  });

  it('leaves one alone that has nothing to report but that it lives', async () => {
    const module = await script('lives', `await runRole((signal) => new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        setTimeout(() => reportReady(String(process.pid)), 1500);
      }), 50);`);
    const stop = new AbortController();
    const log: Log = {
      ...silentLog, error: (message) => assert.fail(message), warn: (message) => assert.fail(message),
    };
    await keepChild({ role: 'watch', module, work: 'serve', vital: true, onReady: () => stop.abort() }, {
      log, clock: systemClock, silence: { first: millis(10_000), between: millis(1000) },
    }, stop.signal);
  });

  it('hands on a mistake of the user that keeps a vital one from starting', async () => {
    await assert.rejects(
      keepChild({ role: 'web', module: await refusing(), work: 'serve', vital: true, onReady: () => {} }, {
        log: silentLog, clock: systemClock,
      }, new AbortController().signal),
      { code: 'role.refused', message: 'port 80 is in use; set TYTO_WEB_PORT' },
    );
  });

  it('names such a mistake once, tries again later when the device can do without, and says when it is mended', async () => {
    const attempts = path.join(folder, 'attempts');
    const module = await script('mended', `import { appendFileSync, readFileSync } from 'node:fs';
      const { ConfigError: Real } = await import(${JSON.stringify(new URL('../core/errors.ts', import.meta.url).href)});
      appendFileSync(${JSON.stringify(attempts)}, 'x');
      const attempt = readFileSync(${JSON.stringify(attempts)}).length;
      await runRole((signal) => new Promise((resolve, reject) => {
        if (attempt < 5) return reject(new Real('x.y', attempt < 4 ? 'port 80 is in use; set TYTO_WEB_PORT' : 'web.json is damaged'));
        signal.addEventListener('abort', resolve);
        reportReady();
        setTimeout(() => {}, 1e6);
      }));`);
    const stop = new AbortController();
    const waits: number[] = [];
    const said: unknown[] = [];
    const clock: Clock = { ...systemClock, wait: (duration) => { waits.push(duration); return Promise.resolve(); } };
    const tell = (message: string, fields?: LogFields): void => {
      said.push(fields === undefined ? message : [message, fields]);
    };
    const log: Log = { ...silentLog, error: tell, warn: tell, info: tell };
    await keepChild(
      { role: 'web', module, work: 'serve', vital: false, onReady: () => stop.abort() }, { log, clock }, stop.signal,
    );
    assert.deepEqual(waits, [30_000, 30_000, 30_000, 30_000]);
    assert.deepEqual(said, [
      'web does not start: port 80 is in use; set TYTO_WEB_PORT. The rest goes on; web is tried again every 30 s',
      'web does not start: web.json is damaged. The rest goes on; web is tried again every 30 s',
      'web runs now',
    ]);
  });

  it('lets one end that has nothing to do, and does not start it again for that', async () => {
    const starts = path.join(folder, 'idle-starts');
    const module = await script('idle', `import { appendFileSync } from 'node:fs';
      import { offerRests } from ${JSON.stringify(new URL('./offer-rests.ts', import.meta.url).href)};
      import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)};
      appendFileSync(${JSON.stringify(starts)}, 'x');
      await runRole((signal) => { reportReady(); return offerRests(() => ({ taken: 0 }), systemClock, signal, 10); });`);
    const stop = new AbortController();
    const complain = (message: string): void => assert.fail(message);
    const asked = Promise.withResolvers<void>();
    const demand = new class extends RestUntil {
      override needed(signal: AbortSignal): Promise<void> { asked.resolve(); return super.needed(signal); }
    }(systemClock);
    const kept = keepChild({ role: 'uploader', module, work: 'serve', vital: true, demand, onReady: () => {} }, {
      log: { ...silentLog, warn: complain, error: complain }, clock: systemClock,
    }, stop.signal);
    await asked.promise;
    stop.abort();
    await kept;
    assert.equal(await readFile(starts, 'utf8'), 'x');
  });

  describe('that is a thread', () => {
    const thread = (): Promise<'thread'> => Promise.resolve('thread');

    it('is told to stop, and leaves this process alone when it has failed', async () => {
      const starts = path.join(folder, 'thread-starts');
      const module = await script('thread', `import { appendFileSync, readFileSync } from 'node:fs';
        appendFileSync(${JSON.stringify(starts)}, process.argv.slice(2).join(' ') + '\\n');
        if (readFileSync(${JSON.stringify(starts)}, 'utf8').split('\\n').length === 2) setTimeout(() => { throw new Error('a bug'); });
        await runRole((signal) => new Promise((resolve) => {
          signal.addEventListener('abort', resolve); reportReady(String(process.pid)); setTimeout(() => {}, 1e6);
        }));`);
      const stop = new AbortController();
      const notices: unknown[] = [];
      const said: (LogFields | undefined)[] = [];
      const log: Log = { ...silentLog, warn: (_message, fields) => { said.push(fields); } };
      await keepChild({ role: 'uploader', args: ['more'], module, work: 'serve', vital: false, place: thread,
        onReady: (notice) => {
          notices.push(notice);
          if (notices.length === 2) stop.abort();
        } }, { log, clock: systemClock }, stop.signal);
      assert.deepEqual(notices, [String(process.pid), String(process.pid)]);
      assert.match(String(said[0]?.['reason']), /a bug/);
      assert.equal(await readFile(starts, 'utf8'), 'uploader more\nuploader more\n');
    });

    it('ends alone when it needs more memory than it may', async () => {
      const module = await script('thread-greedy', `await runRole(async () => {
        reportReady(); const all = []; for (;;) all.push(new Array(1e4).fill(all.length)); });`);
      const stop = new AbortController();
      const ends: unknown[] = [];
      const log: Log = {
        ...silentLog, warn: (_message, fields) => { ends.push(fields?.['how']); stop.abort(); },
      };
      await keepChild({ role: 'uploader', module, work: 'serve', vital: false, place: thread, onReady: () => {} }, {
        log, clock: systemClock,
      }, stop.signal);
      assert.match(String(ends[0]), /memory/);
    });

    it('is ended when its event loop hangs', async () => {
      const module = await script('thread-hangs', `await runRole(async () => {
        reportReady(); setTimeout(() => { for (;;); }, 50); await new Promise(() => {}); }, 20);`);
      const stop = new AbortController();
      const said: string[] = [];
      const log: Log = {
        ...silentLog, error: (message) => { said.push(message); }, warn: () => stop.abort(),
      };
      await keepChild({ role: 'uploader', module, work: 'serve', vital: false, place: thread, onReady: () => {} }, {
        log, clock: systemClock, silence: { first: millis(20_000), between: millis(500) },
      }, stop.signal);
      assert.deepEqual(said, ['uploader has said nothing for 0.5 s and is ended']);
    });

    it('rests when it has nothing to do', async () => {
      const module = await script('thread-idle', `
        import { offerRests } from ${JSON.stringify(new URL('./offer-rests.ts', import.meta.url).href)};
        import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)};
        await runRole((signal) => { reportReady(); return offerRests(() => ({ taken: 0 }), systemClock, signal, 10); });`);
      const stop = new AbortController();
      const complain = (message: string): void => assert.fail(message);
      const asked = Promise.withResolvers<void>();
      const demand = new class extends RestUntil {
        override needed(signal: AbortSignal): Promise<void> { asked.resolve(); return super.needed(signal); }
      }(systemClock);
      const kept = keepChild({
        role: 'uploader', module, work: 'serve', vital: false, place: thread, demand, onReady: () => {},
      }, { log: { ...silentLog, warn: complain, error: complain }, clock: systemClock }, stop.signal);
      await asked.promise;
      stop.abort();
      await kept;
    });
  });

  const refusing = (): Promise<URL> =>
    script('refuses', `const { ConfigError: Real } = await import(${JSON.stringify(new URL('../core/errors.ts', import.meta.url).href)});
    await runRole(async () => { throw new Real('x.y', 'port 80 is in use; set TYTO_WEB_PORT'); });`);
});
