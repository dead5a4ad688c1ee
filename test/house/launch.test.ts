import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import {
  cpSync, mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('the commands', () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tyto-launch-')));
  const launcher = path.join(folder, 'bin', 'tyto.js');
  const runner = path.join(folder, 'runner.mjs');
  /** A program in the place of Tyto's: says what it was started with, and ends with 7 when told to. */
  const program = `
    if (process.argv[2] === 'stay') {
      const stay = setInterval(() => {}, 1000);
      process.on('SIGTERM', () => { clearInterval(stay); process.exitCode = 7; });
    }
    process.stdout.write(JSON.stringify(process.argv.slice(2)) + '\\n');`;

  before(() => {
    cpSync('bin', path.join(folder, 'bin'), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      runner, `import { runNode } from './bin/run-node.js';\nawait runNode(process.execPath, process.argv.slice(2));`,
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  it('say what to type when nothing is built', async () => {
    await assert.rejects(run(process.execPath, [launcher]), {
      code: 1,
      stderr: `tyto: Tyto is not built yet. Where \`npm start\` is at it, wait until it names the page; else type:  cd ${folder}/ && npm ci\n`,
    });
  });

  describe('once built', () => {
    before(() => {
      mkdirSync(path.join(folder, 'dist', 'device'), { recursive: true });
      writeFileSync(path.join(folder, 'dist', 'device', 'cli.js'), program);
    });

    it('run the program with the arguments, also through a link', async () => {
      const link = path.join(folder, 'tyto');
      symlinkSync(launcher, link);
      assert.equal((await run(process.execPath, [link, 'detect', 'a b'])).stdout, '["detect","a b"]\n');
    });
    it('run on the pinned Node.js, in the place of the shell, when they are run as a command', async () => {
      const pinned = path.join(folder, 'node_modules', '.bin', 'node');
      mkdirSync(path.dirname(pinned), { recursive: true });
      symlinkSync(process.execPath, pinned);
      const link = path.join(folder, 'command');
      symlinkSync(launcher, link);
      assert.equal((await run(link, ['detect', 'a b', '$HOME'])).stdout, '["detect","a b","$HOME"]\n');
      const command = spawn(link, ['stay'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(command.stdout, 'data');
      assert.equal(readlinkSync(`/proc/${command.pid}/exe`), realpathSync(process.execPath));
      command.kill('SIGTERM');
      assert.deepEqual(await once(command, 'exit'), [7, null]);
    });
    it('pass a signal on, once, and the exit code back, from a process in between', async () => {
      const between = spawn(process.execPath, [runner, path.join(folder, 'dist', 'device', 'cli.js'), 'stay'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(between.stdout, 'data');
      between.kill('SIGTERM');
      assert.deepEqual(await once(between, 'exit'), [7, null]);
    });
    it('end by the signal that the program ended by', async () => {
      const between = spawn(
        process.execPath, [runner, '-e', `process.kill(process.pid, 'SIGKILL')`], { stdio: 'ignore' },
      );
      assert.deepEqual(await once(between, 'exit'), [null, 'SIGKILL']);
    });
  });
});
