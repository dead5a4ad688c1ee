import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Report } from './report.js';

const moduleOf = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** A file of tests, in which `isFirst` says whether it is run for the first time. */
const atFirst = (what: string): string => `
  import { existsSync, writeFileSync } from 'node:fs';
  const { filename } = import.meta;
  const isFirst = !existsSync(filename + '.run');
  writeFileSync(filename + '.run', '');
  const late = () => { if (isFirst) throw new Error('late'); };
  describe('a file', () => { ${what} });`;

describe('a run of several batches', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-run-')); });
  afterEach(() => rm(folder, { recursive: true }));

  /** What batches with these tests come to, one file each. */
  async function reportOf(tests: Readonly<Record<string, string | readonly string[]>>, { CI = '' } = {}): Promise<{
    readonly passed: number; readonly last: string;
    readonly failures: readonly string[]; readonly again: readonly string[];
  }> {
    const batches = await Promise.all(Object.entries(tests).map(async ([name, texts]) => ({
      name, files: await Promise.all([texts].flat().map(async (text, index) => {
        const file = path.join(folder, `${name}-${index}.test.ts`);
        await writeFile(file, text);
        return path.relative(process.cwd(), file);
      })),
    })));
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', `
      import { failuresIn, printReport, sum } from ${moduleOf('report.js')};
      import { runAtOnce } from ${moduleOf('run.js')};
      const report = sum(await runAtOnce(${JSON.stringify(batches)}));
      console.log('\\n' + JSON.stringify([report, failuresIn(report)]));
      printReport(report);`], { env: { ...process.env, CI } });
    const lines = stdout.trim().split('\n');
    const [{ files, again }, failures] =
      JSON.parse(lines.find((line) => line.startsWith('[{')) ?? '') as [Report, readonly string[]];
    const all = Object.values(files);
    return {
      passed: all.reduce((sum, file) => sum + file.passed, 0), failures,
      again: [...again, ...all.flatMap((file) => file.again)], last: lines.at(-1) ?? '',
    };
  }

  it('counts each test, and each process that ends before its tests as one that failed', async () => {
    const { passed, failures, last } = await reportOf({
      good: "it('is good', () => {});",
      bad: "it('is bad', () => { throw new Error('no'); });",
      gone: "it('ends all', () => process.exit(0));",
      killed: "it('kills', async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); });",
      broken: "throw new Error('no test at all');",
      late: "it('leaves something behind', () => { setTimeout(() => { throw new Error('late'); }, 50); });",
    });
    assert.deepEqual([passed, last], [2, '2 passed, 5 failed']);
    const ended = failures.map((failure) => / ended with (\S+ \S+) its tests/.exec(failure)?.[1] ?? failure);
    assert.deepEqual(ended.toSorted(), ['0 before', '1 before', '7 after', 'SIGKILL before', 'is bad: no']);
  });
  it('runs in CI the files that failed once more, in a new process, and those that were not reached', async () => {
    const good = "it('is good', () => {});";
    const pause = 'await new Promise((resolve) => { setTimeout(resolve, 100); });';
    const { failures, passed, again } = await reportOf({
      hook: [good, atFirst(`before(late); it('has a hook', () => {});`), good],
      timers: [good, atFirst(`
        before(() => { setInterval(late, 20).unref(); });
        it('is hit by timers', async () => { ${pause} });`), good],
      passed: [atFirst(`it('passed', () => {}); after(async () => { setTimeout(late, 20); ${pause} });`), good],
      gone: [good, atFirst(`it('ends all', () => { if (isFirst) process.exit(0); });`), good],
      killed: [good, atFirst(`it('kills', async () => {
        if (isFirst) { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); } });`), good],
      left: [good, atFirst(`it('leaves a thing', () => { setTimeout(late, 50); });`)],
      bad: [good, "it('is bad', () => { throw new Error('no'); });", good],
    }, { CI: 'true' });
    assert.deepEqual([failures, passed], [['is bad: no'], 18]);
    assert.equal(again.filter((line) => /late|ended with|is bad/.test(line)).length, again.length, again.join('\n'));
    for (const what of [
      'before all', 'is hit by timers', 'gone ended with 0', 'killed ended with SIGKILL', 'left ended with 7', 'is bad',
    ]) assert.ok(again.some((line) => line.includes(what)), `${what}: ${again.join('\n')}`);
  });
  it('fails in CI by what fails each time beside a file that fails at first only', async () => {
    const flaky = atFirst("before(late); it('has a hook', () => {});");
    const open = "(await import('node:net')).createServer().listen(0);";
    const { failures, last } = await reportOf({
      timer: [flaky, "it('is late', () => { setTimeout(() => { throw new Error('always'); }, 50); });"],
      code: [flaky, `it('ends badly', () => {
        setTimeout(() => { process.once('exit', () => { process.exitCode = 9; }); }, 50); });`],
      hook: [flaky, "after(() => { throw new Error('always'); }); it('is good', () => {});"],
      open: [flaky, `it('leaves a server', async () => { ${open} });`],
      skipped: [flaky, atFirst("it('skips itself', function () { late(); this.skip(); });")],
      retried: [flaky, `let n = 0;
        it('gives up', function () { if (n++ === 0) throw new Error('no'); this.skip(); });`],
    }, { CI: 'true' });
    for (const what of [
      'timer, once more ended with 7 after', 'code, once more ended with 9 after',
      '"after all" hook for "is good": always',
      'left open: ', 'skips itself: late', 'gives up: failed, and was skipped',
    ]) assert.ok(failures.some((line) => line.includes(what)), `${what}: ${failures.join('\n')}`);
    assert.match(last, /^\d+ passed, 6 failed/);
  });
  it('counts in its last line what passed at the second try only', async () => {
    const { last } = await reportOf({
      hook: [atFirst("before(late); it('has a hook', () => {});")],
      retried: ["let n = 0; it('is good', () => { if (n++ === 0) throw new Error('no'); });"],
      bad: ["it('is bad', () => { throw new Error('no'); });"],
    }, { CI: 'true' });
    assert.equal(last, '2 passed, 1 failed, 2 at the second try');
  });
  it('is not failed by what a test left open that failed at first, and is by any other', async () => {
    const open = "(await import('node:net')).createServer().listen(0);";
    const { failures, again } = await reportOf({
      broken: atFirst(`let times = 0;
        it('breaks off', async () => { if (isFirst && times++ === 0) { ${open} throw new Error('first'); } });`),
    }, { CI: 'true' });
    assert.deepEqual([failures, again.length], [[], 2], again.join('\n'));
    const { failures: [left, ...others] } = await reportOf({ good: `it('is good', async () => { ${open} });` });
    assert.match(left ?? '', /left open: .*TCPServerWrap/);
    assert.deepEqual(others, []);
  });
  it('fails where a test was set to run alone, for that hides all others of its batch', async () => {
    const { failures } = await reportOf({
      alone: "it.only('is good', () => {}); it('is bad', () => { throw new Error('no'); });",
      good: "it('is good', () => {});",
    });
    assert.equal(failures.length, 1);
  });
});
