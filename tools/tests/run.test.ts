import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Report } from './report.js';

const moduleOf = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

describe('a run of several batches', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-run-')); });
  afterEach(() => rm(folder, { recursive: true }));

  /** What batches with these tests come to, one file each. */
  async function reportOf(tests: Readonly<Record<string, string>>): Promise<Report> {
    const batches = await Promise.all(Object.entries(tests).map(async ([name, text]) => {
      const file = path.join(folder, `${name}.test.ts`);
      await writeFile(file, text);
      return { name, files: [file] };
    }));
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', `
      import { sum } from ${moduleOf('report.js')};
      import { runAtOnce } from ${moduleOf('run.js')};
      const report = sum(await runAtOnce(${JSON.stringify(batches)}));
      console.log(JSON.stringify(report));`]);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
  }

  it('counts each test, and each process that ends before its tests as one that failed', async () => {
    const { passed, failed, failures } = await reportOf({
      good: "it('is good', () => {});",
      bad: "it('is bad', () => { throw new Error('no'); });",
      gone: "it('ends all', () => process.exit(0));",
      killed: "it('kills', async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); });",
      broken: "throw new Error('no test at all');",
      late: "it('leaves something behind', () => { setTimeout(() => { throw new Error('late'); }, 50); });",
    });
    assert.deepEqual([passed, failed], [2, 5]);
    const ended = failures.map((failure) => / ended with (\S+) before/.exec(failure)?.[1] ?? failure);
    assert.deepEqual(ended.toSorted(), ['0', '1', '7', 'SIGKILL', 'is bad']);
  });
  it('fails where a test was set to run alone, for that hides all others of its batch', async () => {
    const { failed } = await reportOf({
      alone: "it.only('is good', () => {}); it('is bad', () => { throw new Error('no'); });",
      good: "it('is good', () => {});",
    });
    assert.equal(failed, 1);
  });
});
