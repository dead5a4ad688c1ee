import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { basicEnvironment } from '../../test/basic-environment.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** Runs `tyto` without any setting; its exit code and what it complained about. */
const tyto = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly [code: unknown, complaint: string]> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { env: { ...basicEnvironment(), TYTO_DATA: tmpdir(), ...env } },
      (error, _output, complaint) => resolve([error?.code ?? 0, complaint]),
    );
  });

describe('the tyto command', () => {

  it('says how it is typed, with exit code 64, to whoever typed it wrong', async () => {
    const wrong: readonly (readonly [args: readonly string[], complaint: RegExp])[] = [
      [['wach'], /^tyto: there is no command "wach".*\n$/],
      [['run', 'now'], /^tyto: tyto run takes no arguments, got "now".*\n$/],
      [['detect'], /^tyto: tyto detect needs one file.*\n$/],
      [['detect', 'a.mp4', '--mask'], /^tyto: Unknown option '--mask'.*--help` lists the options\n$/],
      [['detect', 'a.mp4', '--masks'], /^tyto: Option '--masks <value>' argument missing.*\n$/],
      [['verify'], /^tyto: tyto verify needs a file or a folder.*\n$/],
      [['verify', 'a.mp4', 'b.mp4', '--manifest', 'c.json'], /^tyto: --manifest speaks of one file.*\n$/],
      [['verify', 'a.mp4', '--key', 'abc'], /^tyto: --key: abc is no public key \(43 characters.*\n$/],
      [['health', 'now'], /^tyto: tyto health takes no arguments.*\n$/],
    ];
    await Promise.all(
      wrong.map(async ([args, complaint]) => {
        const [code, said] = await tyto(args);
        assert.equal(code, 64, args.join(' '));
        assert.match(said, complaint);
      }),
    );
  });

  it('ends in peace when whoever reads its output has read enough', async () => {
    const child = spawn(process.execPath, [CLI, 'run', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [[code], complaint] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
    assert.deepEqual([code, complaint], [0, '']);
  });

  it('prints all into a pipe that is read slowly, also where it fails then', async function () {
    this.timeout(20_000);
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-pipe-'));
    const program = path.join(folder, 'long.mjs');
    const room = JSON.stringify(path.resolve(import.meta.dirname, '../runtime'));
    for (const [end, code] of [['', 0], ["throw new Error('damaged');", 70]] as const) {
      await writeFile(program, `const { print } = await import(${room} + '/print.ts');
        const { runRole } = await import(${room} + '/role.ts');
        await runRole(async () => { print('x'.repeat(400_000)); ${end} });`);
      const child = spawn('sh', ['-c', `(node "${program}"; echo $? >&2) | (sleep 1; wc -c)`], { stdio: 'pipe' });
      const [bytes, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
      assert.equal(Number(bytes), 400_000);
      assert.equal(Number(said.trim().split('\n').at(-1)), code);
    }
    await rm(folder, { recursive: true });
  });

  it('does not wait at a SIGTERM for a pipe that nobody reads', async () => {
    const room = JSON.stringify(path.resolve(import.meta.dirname, '../runtime'));
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      const { print } = await import(${room} + '/print.ts');
      const { runRole } = await import(${room} + '/role.ts');
      await runRole(async () => { print('x'.repeat(4_000_000)); console.error('printed'); });`], { stdio: 'pipe' });
    await once(child.stderr, 'data');
    setTimeout(() => child.kill('SIGTERM'), 200);
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });

  it('says so with exit code 69 when its output cannot be written', async function () {
    if (!existsSync('/dev/full')) return this.skip();
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-output-'));
    const clip = path.join(folder, 'clip.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=10:d=3', clip]);
    const cut = path.join(folder, 'cut.mkv');
    execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-c', 'copy', cut]);
    await truncate(cut, (await stat(cut)).size - 50);
    await using full = await open('/dev/full', 'w');
    const commands = [
      ['detect', clip], ['detect', cut], ['verify', clip], ['people'], ['uploads'],
      ['--version'], ['--help'], ['health', '--help'],
    ];
    const ends = await Promise.all(commands.map(async (args) => {
      const env = { ...basicEnvironment(), TYTO_DATA: folder };
      const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', full.fd, 'pipe'], env });
      const said = child.stderr === null ? '' : text(child.stderr);
      const [[code], complaint] = await Promise.all([once(child, 'exit'), said]);
      return { args, code: code as unknown, complaint };
    }));
    await rm(folder, { recursive: true });
    for (const { args, code, complaint } of ends) {
      assert.equal(code, 69, args.join(' '));
      assert.equal(complaint, 'tyto: not all could be written to standard output: the disk is full (ENOSPC)\n', args.join(' '));
    }
  });

  it('says what is wrong with a setting or a file with exit code 78', async () => {
    const [code, said] = await tyto(['health'], { TYTO_WEB_PORT: 'many' });
    assert.equal(code, 78);
    assert.match(said, /TYTO_WEB_PORT/);
    assert.deepEqual(await tyto(['detect', '/nowhere/a.mp4']), [78, 'tyto: there is no file /nowhere/a.mp4\n']);
    assert.deepEqual(await tyto(['people', 'enrol', 'Anna', '/nowhere/a.jpg']), [
      78,
      'tyto: /nowhere/a.jpg: there is no such file; nothing was enrolled\n',
    ]);
  });

  it('says at once that a data folder can never be made, where the system says so in a misleading way', async function () {
    if (process.platform !== 'linux') this.skip();
    const [code, said] = await tyto(['run'], { TYTO_DATA: '/proc/tyto/data' });
    assert.equal(code, 78);
    assert.match(
      said, /^tyto: the data folder \/proc\/tyto\/data cannot be made; set TYTO_DATA to a folder that you may.*\n$/,
    );
  });
});
